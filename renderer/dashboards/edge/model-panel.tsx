import type { Model } from "../../../workers/edge/contract.ts";
import { bytes, duration, number, text } from "../../components/format.ts";
import classes from "./edge.module.css";
import { Detail } from "./request-result.tsx";

export function ModelDetails({ model }: { readonly model: Model }) {
  const { training, latency } = model;
  const measured = latency
    ? [latency.p50, latency.p90, latency.p99].map((ms) => text(duration(ms))).join(" · ")
    : "none measured yet";
  const rows = [
    ["Model", model.name],
    ["Network", model.architecture],
    ["Parameters", `${number(model.parameters)}, ${text(bytes(model.weightsBytes))}`],
    [
      "Accuracy on held-back digits",
      `${(training.heldBackAccuracy * 100).toFixed(2)} % of ${number(training.heldBackSamples)}`,
    ],
    [
      "Trained",
      `${training.date}, ${number(training.trainingSamples)} digits, ${training.epochs} epochs, seed ${training.seed}`,
    ],
    ["Data", training.source],
    ["Inferences since the start", number(model.inferences)],
    ["Inference p50 · p90 · p99", measured],
  ] as const;
  return (
    <>
      <dl className={classes.details}>
        {rows.map(([name, value]) => (
          <Detail key={name} name={name} value={value} />
        ))}
      </dl>
      <Confusion model={model} />
    </>
  );
}

function Confusion({ model: { labels, training } }: { readonly model: Model }) {
  return (
    <table className={classes.confusion}>
      <caption>Held-back digits: rows are the truth, columns the answer</caption>
      <thead>
        <tr>
          <th scope="col">
            <span className="visually-hidden">Truth</span>
          </th>
          {labels.map((label) => (
            <th key={label} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {training.confusion.map((row, truth) => (
          <tr key={labels[truth]}>
            <th scope="row">{labels[truth]}</th>
            {row.map((count, answer) => (
              <td
                key={labels[answer]}
                data-kind={truth === answer ? "right" : count > 0 ? "wrong" : undefined}
              >
                {count === 0 ? "" : count}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
