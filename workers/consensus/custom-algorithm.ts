/** An algorithm that somebody wrote: a class that extends ConsensusManager, and what can be said of it. */
import type { NodeId } from "../cluster/process.ts";
import type { Algorithm } from "./algorithms.ts";
import type { ConsensusManager } from "./consensus-manager.ts";
import { majoritySize } from "./quorum/quorum.ts";

type CustomClass = new (
  id: NodeId,
  members: readonly NodeId[],
) => ConsensusManager<unknown, unknown>;

const methods = ["onStart", "onMessage", "onTimer", "onSynced", "propose", "status", "membership"];

/** Describes the default export of a module; throws a TypeError that says what is missing. */
export function customAlgorithm(exported: unknown): Algorithm {
  if (typeof exported !== "function") {
    throw new TypeError("the file must export a class as its default: export default class ...");
  }
  const prototype: unknown = exported.prototype;
  const missing = methods.filter(
    (name) => typeof Reflect.get(Object(prototype), name) !== "function",
  );
  if (missing.length > 0) {
    throw new TypeError(
      `${exported.name || "the class"} must extend ConsensusManager; it lacks ${missing.join(", ")}`,
    );
  }
  const Custom = exported as CustomClass;
  return {
    id: "custom",
    title: exported.name || "Custom algorithm",
    summary: "An algorithm of your own.",
    paper: "none",
    faultModel: "crash",
    nodes: { min: 1, max: 15, default: 3 },
    tolerates: (nodes) => nodes - majoritySize(nodes),
    create: (id, members) => new Custom(id, members),
    describe: (message) => describeUnknown(message),
    kindOf: (message) => kindOfUnknown(message),
    byzantine: {},
  };
}

const describedLengthMax = 200;

function describeUnknown(message: unknown): string {
  return (JSON.stringify(message) ?? String(message)).slice(0, describedLengthMax);
}

/** The field that tells messages apart in most code. */
function kindOfUnknown(message: unknown): string {
  for (const field of ["kind", "type"]) {
    const value: unknown = Reflect.get(Object(message), field);
    if (typeof value === "string") return value;
  }
  return typeof message;
}
