/** A whole table through a model: chosen or pasted, followed as a job, and saved as CSV. */
import { Button, NativeSelect, Progress, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { JobRecord } from "../../../workers/analytics/contract.ts";
import { downloadText } from "../../components/download.ts";
import { number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { client, orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import classes from "./flows.module.css";

/** What is predicted: one of the kept tables, or text. */
export type GivenTable = { readonly dataset: string } | { readonly rows: string };

interface TablePredictionProps {
  readonly title: string;
  /** The table that is chosen first. */
  readonly table?: string;
  /** Whether columns of numbers can be named, for models that know no names. */
  readonly asksColumns?: boolean;
  readonly start: (given: GivenTable, columns: readonly string[]) => Promise<JobRecord>;
}

const pasted = "pasted";

export function TablePrediction(props: TablePredictionProps) {
  const { title, table = pasted, asksColumns = false, start } = props;
  const [chosen, setChosen] = useState(table);
  const [text, setText] = useState("");
  const [columns, setColumns] = useState("");
  const mayAsk = useMay("operator");
  const tables = useQuery(orpc.analytics.datasets.list.queryOptions({ input: {} }));
  const begin = useMutation({
    mutationFn: () =>
      start(
        chosen === pasted ? { rows: text } : { dataset: chosen },
        columns
          .split(",")
          .map((name) => name.trim())
          .filter((name) => name !== ""),
      ),
  });
  return (
    <Panel title={title} id="predict-table">
      <form
        className={classes.padded}
        onSubmit={(event) => {
          event.preventDefault();
          begin.mutate();
        }}
      >
        <div className={classes.row}>
          <NativeSelect
            label="Table to predict"
            value={chosen}
            onChange={(event) => setChosen(event.currentTarget.value)}
            data={[
              ...(tables.data?.datasets ?? []).map(({ id, name, rows }) => ({
                value: id,
                label: `${name} (${number(rows)} rows)`,
              })),
              { value: pasted, label: "Rows that are pasted here" },
            ]}
          />
          <Button
            type="submit"
            loading={begin.isPending}
            disabled={!mayAsk || (chosen === pasted && text.trim() === "")}
          >
            Predict the table
          </Button>
        </div>
        {chosen === pasted ? (
          <Textarea
            label="Rows as CSV"
            description="With the names of the columns in the first line"
            rows={4}
            spellCheck={false}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        ) : (
          asksColumns && (
            <TextInput
              label="Columns, separated by commas"
              description="Those that the model takes, in its order; all when empty"
              value={columns}
              onChange={(event) => setColumns(event.currentTarget.value)}
            />
          )
        )}
        {begin.error && <ProblemView error={begin.error} />}
        {begin.data && <Following key={begin.data.id} job={begin.data} mayAct={mayAsk} />}
      </form>
    </Panel>
  );
}

function Following({ job, mayAct }: { readonly job: JobRecord; readonly mayAct: boolean }) {
  const live = useQuery(
    orpc.analytics.jobs.watch.experimental_liveOptions({ input: { id: job.id }, retry: false }),
  );
  const cancel = useMutation({
    mutationFn: () => client.analytics.jobs.cancel({ id: job.id }),
  });
  const now = live.data ?? job;
  const isOpen = now.state === "queued" || now.state === "running";
  return (
    <>
      <div className={classes.row}>
        <p role="status" aria-label="Prediction">
          {now.state}: {now.message}
        </p>
        {isOpen && (
          <Button
            variant="default"
            size="compact-sm"
            disabled={!mayAct}
            onClick={() => cancel.mutate()}
          >
            Cancel the prediction
          </Button>
        )}
        {now.state === "done" && (
          <Button variant="default" size="compact-sm" onClick={() => void saveAnswers(job.id)}>
            Save the answers as CSV
          </Button>
        )}
      </div>
      {isOpen && <Progress value={100 * now.fraction} aria-label="Share of the rows" />}
      {(live.error ?? cancel.error) && <ProblemView error={live.error ?? cancel.error} />}
    </>
  );
}

/** Of a job that predicted a table. */
export async function saveAnswers(id: string): Promise<void> {
  const { result } = await client.analytics.jobs.get({ id });
  const { csv } = result as { readonly csv: string };
  downloadText(`${id.slice(0, 12)}-answers.csv`, csv, "text/csv");
}
