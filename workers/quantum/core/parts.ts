/** Operations in parts: stretches of unitary ones as a backend's steps, and single others. */
import type { Backend } from "./backend.ts";
import type { Circuit, Operation } from "./circuit.ts";
import { CircuitError, isUnitaryOperation, type Primitive, primitivesOf } from "./primitive.ts";

type Unitary = Parameters<typeof primitivesOf>[0];

export type Part =
  | { readonly kind: "unitary"; readonly steps: readonly Primitive[] }
  | { readonly kind: "other"; readonly operation: Exclude<Operation, Unitary> };

interface Known {
  readonly parts: readonly Part[];
  readonly definitions: Circuit["definitions"];
  readonly qubits: number;
  readonly backend: Backend;
}

/** Loops and shots come to the same operations again. */
const known = new WeakMap<readonly Operation[], Known>();

/** @throws CircuitError for an operation that makes no sense */
export function partsOf(
  operations: readonly Operation[],
  { definitions, qubits }: Circuit,
  backend: Backend,
): readonly Part[] {
  const before = known.get(operations);
  const isSame =
    before?.definitions === definitions && before.qubits === qubits && before.backend === backend;
  if (before !== undefined && isSame) return before.parts;
  const parts = newParts(operations, { definitions, qubits }, backend);
  known.set(operations, { parts, definitions, qubits, backend });
  return parts;
}

function newParts(
  operations: readonly Operation[],
  { definitions, qubits }: Pick<Circuit, "definitions" | "qubits">,
  backend: Backend,
): readonly Part[] {
  const named = new Map(definitions.map((each) => [each.name, each]));
  const parts: Part[] = [];
  let stretch: Primitive[] = [];
  const close = () => {
    if (stretch.length > 0) {
      parts.push({ kind: "unitary", steps: backend.prepare(stretch, qubits) });
    }
    stretch = [];
  };
  for (const operation of operations) {
    if (isUnitaryOperation(operation)) {
      for (const primitive of primitivesOf(operation, named)) {
        requireQubits(primitive, qubits);
        stretch.push(primitive);
      }
    } else if (operation.kind !== "barrier") {
      close();
      parts.push({ kind: "other", operation });
    }
  }
  close();
  return parts;
}

/** Kernels have no bounds of their own. */
function requireQubits(primitive: Primitive, qubits: number): void {
  for (const qubit of [...primitive.qubits, ...primitive.controls.map((each) => each.qubit)]) {
    if (!Number.isInteger(qubit) || qubit < 0 || qubit >= qubits) {
      throw new CircuitError(`qubit ${qubit} is not among the ${qubits}`);
    }
  }
}
