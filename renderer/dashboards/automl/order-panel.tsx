import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { client, orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import classes from "./automl.module.css";

const splits = ["", "stratified", "k-fold", "grouped", "time-ordered"] as const;
type Split = (typeof splits)[number];

/** What to predict and how long to look; signs of leakage before anything is started. */
export function OrderPanel(props: {
  readonly table: string;
  readonly target: string | undefined;
  readonly onTarget: (target: string) => void;
  readonly onStarted: (job: string) => void;
}) {
  const { table, onTarget, onStarted } = props;
  const [budget, setBudget] = useState("20");
  const [split, setSplit] = useState<Split>("");
  const mayOperate = useMay("operator");
  const details = useQuery(orpc.analytics.datasets.get.queryOptions({ input: { id: table } }));
  const names = details.data?.statistics.map(({ name }) => name) ?? [];
  const target = props.target ?? details.data?.suggestedTarget ?? names.at(-1) ?? "";
  const budgetSeconds = Number(budget);
  const isBudget = budgetSeconds >= 1 && budgetSeconds <= 3_600;
  const order = { dataset: table, target, ...(split !== "" && { split }) };
  const check = useQuery({
    ...orpc.analytics.automl.check.queryOptions({ input: order }),
    enabled: names.includes(target) && mayOperate,
  });
  const start = useMutation({
    mutationFn: () => client.analytics.automl.start({ ...order, budgetSeconds }),
    onSuccess: ({ id }) => onStarted(id),
  });
  const error = start.error ?? check.error;
  return (
    <Panel title="What to predict" id="order">
      <form
        className={classes.padded}
        onSubmit={(event) => {
          event.preventDefault();
          start.mutate();
        }}
      >
        <div className={classes.row}>
          <NativeSelect
            label="Target"
            value={target}
            onChange={(event) => onTarget(event.currentTarget.value)}
            data={names}
          />
          <TextInput
            label="Budget, seconds"
            inputMode="numeric"
            value={budget}
            error={isBudget ? undefined : "1 to 3,600"}
            onChange={(event) => setBudget(event.currentTarget.value)}
          />
          <NativeSelect
            label="Split"
            value={split}
            onChange={(event) =>
              setSplit(splits.find((each) => each === event.currentTarget.value) ?? "")
            }
            data={splits.map((value) => ({ value, label: value === "" ? "as fits" : value }))}
          />
          <Button
            type="submit"
            loading={start.isPending}
            disabled={!mayOperate || !isBudget || !check.data}
          >
            Search
          </Button>
        </div>
        {!mayOperate && <p className="soft">Searching needs the role operator.</p>}
        {error && <ProblemView error={error} />}
        {check.data && (
          <p role="status" aria-label="Task">
            {check.data.task === "classification"
              ? `Classification of ${check.data.rows} rows into ${check.data.classes.join(", ")}`
              : `Regression over ${check.data.rows} rows`}
            , judged by {check.data.metric} over {check.data.folds} {check.data.split} folds.
          </p>
        )}
        {check.data && check.data.leaks.length > 0 && (
          <ul className={classes.notes} aria-label="Signs of leakage">
            {check.data.leaks.map(({ kind, column, severity, message }) => (
              <li key={`${kind} ${column}`} data-severity={severity}>
                {message}
              </li>
            ))}
          </ul>
        )}
      </form>
    </Panel>
  );
}
