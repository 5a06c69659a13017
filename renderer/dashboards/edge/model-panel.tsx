import type { Model } from "../../../workers/edge/contract.ts";
import { ConfusionTable } from "../../components/confusion-table.tsx";
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
      <ConfusionTable
        counts={training.confusion}
        labels={model.labels}
        caption="Held-back digits: rows are the truth, columns the answer"
      />
    </>
  );
}
