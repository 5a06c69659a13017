/** Swaps left out: what follows them acts on the other qubit instead. */
import type { Control, Operation } from "../circuit.ts";

export interface Relabelled {
  readonly operations: readonly Operation[];
  /** Qubit q of the circuit as it was is qubit layout[q] of this one in the end. */
  readonly layout: readonly number[];
}

/** Swaps within loops and branches stay: how often they happen is open. */
export function withoutSwaps(operations: readonly Operation[], qubits: number): Relabelled {
  const layout = Array.from({ length: qubits }, (_, qubit) => qubit);
  const at = (qubit: number): number => layout[qubit] ?? qubit;
  const result: Operation[] = [];
  for (const operation of operations) {
    if (isSwap(operation)) {
      const [a, b] = operation.qubits as readonly [number, number];
      [layout[a], layout[b]] = [at(b), at(a)];
    } else {
      result.push(renamed(operation, at));
    }
  }
  return { operations: result, layout };
}

function isSwap(operation: Operation): operation is Extract<Operation, { kind: "gate" }> {
  if (operation.kind !== "gate" || operation.name !== "swap") return false;
  return (operation.controls ?? []).length === 0 && (operation.power ?? 1) === 1;
}

function renamed(operation: Operation, at: (qubit: number) => number): Operation {
  const all = (body: readonly Operation[]) => body.map((each) => renamed(each, at));
  const controlsAt = (controls: readonly Control[]) =>
    controls.map(({ qubit, value }) => ({ qubit: at(qubit), value }));
  switch (operation.kind) {
    case "measure":
    case "reset":
      return { ...operation, qubit: at(operation.qubit) };
    case "assign":
      return operation;
    case "barrier":
    case "noise":
    case "initialise":
      return { ...operation, qubits: operation.qubits.map(at) };
    case "global-phase": {
      const { controls } = operation;
      return controls === undefined ? operation : { ...operation, controls: controlsAt(controls) };
    }
    case "if":
      return {
        ...operation,
        whenTrue: all(operation.whenTrue),
        whenFalse: all(operation.whenFalse),
      };
    case "while":
    case "repeat":
      return { ...operation, body: all(operation.body) };
    case "switch":
      return {
        ...operation,
        cases: operation.cases.map(({ values, body }) => ({ values, body: all(body) })),
        otherwise: all(operation.otherwise),
      };
    default: {
      const { controls } = operation;
      const qubits = operation.qubits.map(at);
      return controls === undefined
        ? { ...operation, qubits }
        : { ...operation, qubits, controls: controlsAt(controls) };
    }
  }
}
