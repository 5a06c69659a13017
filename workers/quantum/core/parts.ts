/** Operations in parts: stretches that leave nothing to chance, prepared for a machine, and others. */
import type { Circuit, Operation } from "./circuit.ts";
import type { Preparer } from "./machines/machine.ts";

export type Part<Steps> =
  | { readonly kind: "stretch"; readonly steps: Steps }
  | { readonly kind: "other"; readonly operation: Operation };

interface Known {
  readonly parts: readonly Part<unknown>[];
  readonly definitions: Circuit["definitions"];
  readonly qubits: number;
  readonly preparer: Preparer<unknown>;
}

/** Loops and shots come to the same operations again. */
const known = new WeakMap<readonly Operation[], Known>();

/** @throws CircuitError for an operation that makes no sense */
export function partsOf<Steps>(
  operations: readonly Operation[],
  { definitions, qubits }: Circuit,
  preparer: Preparer<Steps>,
): readonly Part<Steps>[] {
  const before = known.get(operations);
  const isSame =
    before?.definitions === definitions && before.qubits === qubits && before.preparer === preparer;
  // What this preparer made is what it understands.
  if (before !== undefined && isSame) return before.parts as readonly Part<Steps>[];
  const parts: Part<Steps>[] = [];
  let stretch: Operation[] = [];
  const close = () => {
    if (stretch.length > 0) {
      parts.push({ kind: "stretch", steps: preparer.prepare(stretch, { definitions, qubits }) });
    }
    stretch = [];
  };
  for (const operation of operations) {
    if (preparer.takes(operation)) {
      stretch.push(operation);
    } else if (operation.kind !== "barrier") {
      close();
      parts.push({ kind: "other", operation });
    }
  }
  close();
  known.set(operations, { parts, definitions, qubits, preparer });
  return parts;
}
