import { Button, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type {
  ModelVersion,
  Prediction,
  TensorDescription,
} from "../../../workers/analytics/contract.ts";
import { duration, text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { OfflineOr } from "../../components/query-boundary.tsx";
import { client } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import { DrawPad } from "../edge/draw-pad.tsx";
import { refreshModels } from "./model-files.ts";
import classes from "./models.module.css";
import { isDigit, type ReadTensor, readTensor, sampleText } from "./try-input.ts";

interface TryFormProps {
  readonly version: ModelVersion;
  /** What was sent, for the lines that do the same. */
  readonly onSent: (tensors: readonly ReadTensor[]) => void;
}

export function TryForm({ version, onSent }: TryFormProps) {
  const { inputs } = version;
  const [texts, setTexts] = useState(() => inputs.map(sampleText));
  const [problems, setProblems] = useState<readonly (string | null)[]>([]);
  const may = useMay("operator");
  const predict = useMutation({
    mutationFn: (tensors: readonly ReadTensor[]) =>
      client.analytics.registry.predict({
        name: version.model,
        version: String(version.version),
        inputs: [...tensors],
      }),
    onSettled: refreshModels,
  });
  const send = (given: readonly string[]) => {
    const read = inputs.map((input, at) => readTensor(input, given[at]!));
    setProblems(read.map((each) => ("problem" in each ? each.problem : null)));
    const tensors = read.flatMap((each) => ("tensor" in each ? [each.tensor] : []));
    if (tensors.length < inputs.length) return;
    onSent(tensors);
    predict.mutate(tensors);
  };
  const change = (at: number, value: string) => {
    const changed = texts.with(at, value);
    setTexts(changed);
    return changed;
  };
  return (
    <Panel title={`Try version ${version.version}`} id="try">
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          send(texts);
        }}
      >
        {inputs.map((input, at) => (
          <div key={input.name}>
            {isDigit(input) && (
              <DrawPad
                onDrawn={(pixels) => {
                  const changed = change(at, pixels === null ? "" : JSON.stringify(pixels));
                  if (may && pixels !== null) send(changed);
                }}
              />
            )}
            <Textarea
              label={`Input ${input.name}`}
              description={wordsFor(input)}
              rows={3}
              spellCheck={false}
              value={texts[at] ?? ""}
              error={problems[at]}
              onChange={(event) => change(at, event.currentTarget.value)}
            />
          </div>
        ))}
        <Button type="submit" loading={predict.isPending} disabled={!may}>
          Predict
        </Button>
        {!may && <p className="soft">Predicting needs the role operator.</p>}
        {predict.error && (
          <OfflineOr thread="analytics">
            <ProblemView error={predict.error} />
          </OfflineOr>
        )}
      </form>
      {predict.data && <Answer prediction={predict.data} labels={version.labels} />}
    </Panel>
  );
}

function wordsFor({ datatype, shape }: TensorDescription): string {
  const sizes = shape.map((size) => (size === -1 ? "any" : size)).join(" x ");
  return `${datatype}, ${sizes || "any shape"}; a JSON list or numbers between commas`;
}

const valuesShownMax = 100;

function Answer(props: { readonly prediction: Prediction; readonly labels: readonly string[] }) {
  const { prediction, labels } = props;
  const { totalMs, queueMs, runMs, loadMs, batchRows } = prediction;
  const times = [
    `answered in ${text(duration(totalMs))}`,
    `${text(duration(queueMs))} waiting`,
    `${text(duration(runMs))} in the graph of ${batchRows} ${batchRows === 1 ? "row" : "rows"}`,
    ...(loadMs > 1 ? [`${text(duration(loadMs))} to read the file first`] : []),
  ];
  return (
    <div role="status" aria-label="Answer">
      <p className={classes.note}>
        Version {prediction.version} {times.join(", ")}.
      </p>
      {prediction.outputs.map((output) => (
        <Output key={output.name} output={output} labels={labels} />
      ))}
    </div>
  );
}

function Output(props: {
  readonly output: Prediction["outputs"][number];
  readonly labels: readonly string[];
}) {
  const { output, labels } = props;
  const width = output.shape.length < 2 ? 1 : output.shape.slice(1).reduce((a, b) => a * b, 1);
  const row = output.data.slice(0, Math.min(width, valuesShownMax));
  const isWide = width > 1;
  const shown = isWide ? row : output.data.slice(0, valuesShownMax);
  const values = shown.map((value) => value ?? 0);
  const best = values.indexOf(Math.max(...values));
  const isShare = isWide && values.every((value) => value >= 0 && value <= 1);
  return (
    <div className={classes.scroll}>
      <table className={classes.table}>
        <caption>
          {output.name}, {output.datatype}, {output.shape.join(" x ")}
          {isWide && output.data.length > width && ": the first row"}
          {shown.length < (isWide ? width : output.data.length) &&
            `: the first ${valuesShownMax} values`}
        </caption>
        <thead>
          <tr>
            <th scope="col">{isWide ? "Class or column" : "Row"}</th>
            <th scope="col" data-numeric>
              Value
            </th>
            {isShare && <th scope="col">Share</th>}
          </tr>
        </thead>
        <tbody>
          {shown.map((value, at) => (
            // The places are what the values are told apart by.
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={at}>
              <th scope="row">
                {isWide ? (labels[at] ?? at) : at}
                {isWide && at === best && " (largest)"}
              </th>
              <td data-numeric>
                {value === null ? "not a number" : Number(value.toPrecision(6))}
                {!isWide && value !== null && labels[value] !== undefined && ` (${labels[value]})`}
              </td>
              {isShare && (
                <td aria-label={`${Math.round((value ?? 0) * 100)} %`}>
                  <span className={classes.bar} style={{ width: `${(value ?? 0) * 100}%` }} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
