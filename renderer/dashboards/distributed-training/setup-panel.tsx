import { Button, NativeSelect, TextInput } from "@mantine/core";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import classes from "./distributed-training.module.css";
import { type FieldName, fieldNames, fieldsOf, type RunForm, withMode } from "./run-form.ts";

const modes = [
  { value: "threads", label: "Real worker threads" },
  { value: "simulation", label: "Simulated cluster" },
];
const strategies = [
  { value: "tree", label: "All-reduce, fixed tree" },
  { value: "ring", label: "All-reduce, ring" },
  { value: "parameter-server", label: "Parameter server" },
  { value: "asynchronous", label: "Asynchronous server" },
  { value: "federated", label: "Federated averaging at the edge" },
];
const dataSets = [
  { value: "spirals", label: "Spirals, made here" },
  { value: "digits", label: "Handwritten digits" },
];

interface SetupPanelProps {
  readonly form: RunForm;
  readonly onChange: (form: RunForm) => void;
  readonly mayRun: boolean;
  /** What is being asked for, if anything. */
  readonly busy: "start" | "scaling" | null;
  readonly wrong: string | null;
  readonly error: unknown;
  readonly onStart: () => void;
  readonly onMeasure: () => void;
}

export function SetupPanel(props: SetupPanelProps) {
  const { form, onChange, mayRun, busy, wrong, error, onStart, onMeasure } = props;
  const set = (change: Partial<RunForm>) => onChange({ ...form, ...change });
  return (
    <Panel title="New run" id="setup">
      <form
        className={classes.content}
        onSubmit={(event) => {
          event.preventDefault();
          onStart();
        }}
      >
        <NativeSelect
          label="Where"
          data={modes}
          value={form.mode}
          onChange={(event) =>
            onChange(withMode(form, event.currentTarget.value as RunForm["mode"]))
          }
        />
        <NativeSelect
          label="Exchange of gradients"
          data={form.mode === "threads" ? strategies.slice(0, 1) : strategies}
          value={form.strategy}
          onChange={(event) => set(chosen(event.currentTarget.value as RunForm["strategy"], form))}
        />
        <NativeSelect
          label="Data"
          data={dataSets}
          value={form.dataSet}
          onChange={(event) => set({ dataSet: event.currentTarget.value as RunForm["dataSet"] })}
        />
        <div className={classes.fields}>
          {fieldsOf(form).map((name) => (
            <TextInput
              key={name}
              label={labelOf(name, form)}
              value={form[name]}
              onChange={(event) => set({ [name]: event.currentTarget.value })}
            />
          ))}
        </div>
        {wrong !== null && <p role="alert">{wrong}</p>}
        {error !== null && <ProblemView error={error} />}
        <div className={classes.buttons}>
          <Button type="submit" disabled={!mayRun} loading={busy === "start"}>
            Train
          </Button>
          <Button
            variant="default"
            disabled={!mayRun}
            loading={busy === "scaling"}
            onClick={onMeasure}
          >
            Measure scaling
          </Button>
        </div>
      </form>
    </Panel>
  );
}

/** Plain gradient descent of clients needs a larger rate. */
function chosen(strategy: RunForm["strategy"], before: RunForm): Partial<RunForm> {
  if (strategy === "federated") return { strategy, learningRate: "0.2", workers: "8" };
  return before.strategy === "federated" ? { strategy, learningRate: "0.005" } : { strategy };
}

function labelOf(name: FieldName, { strategy }: RunForm): string {
  if (strategy !== "federated") return fieldNames[name];
  return { ...fieldNames, workers: "Clients", epochs: "Rounds" }[name];
}
