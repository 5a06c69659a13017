/** What the registry is told of a network of the lab. */
import type { Experiment } from "../contract-training.ts";
import type { NewVersion } from "../models/registry-rules.ts";
import { checkedPlan } from "./checked-plan.ts";
import type { PublishedNetwork } from "./published-network.ts";

const noteLengthMax = 500;

export function versionOf(
  { id, name, specification, result, parameterHash }: Experiment,
  onnx: Uint8Array,
  { reference, dataHash }: Pick<PublishedNetwork, "reference" | "dataHash">,
): Omit<NewVersion, "name"> {
  const { classes, inputs } = checkedPlan(specification);
  const { data } = specification;
  return {
    bytes: onnx,
    labels: classes,
    reference,
    lineage: {
      kind: "training",
      job: id,
      dataset: `${data.kind}, seed ${specification.seed}`,
      datasetHash: dataHash,
      note: [
        name,
        inputs.length === 0 ? "" : `takes ${inputs.join(", ")}`,
        parameterHash === null ? "" : `parameters ${parameterHash.slice(0, 12)}`,
      ]
        .filter((part) => part !== "")
        .join("; ")
        .slice(0, noteLengthMax),
      metric: metricOf(result),
      columns:
        data.kind === "table"
          ? inputs.map((input) => ({ name: input, kind: "number", levels: [] }))
          : [],
    },
  };
}

function metricOf(result: Experiment["result"]) {
  if (result === null) return null;
  const { validationAccuracy, validationLoss } = result;
  if (validationAccuracy !== null)
    return { name: "validation accuracy", value: validationAccuracy };
  return validationLoss === null ? null : { name: "validation loss", value: validationLoss };
}
