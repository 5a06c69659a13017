/** A stretch of unitary operations as primitives, each on qubits that there are. */
import type { Circuit, Operation } from "./circuit.ts";
import { CircuitError, isUnitaryOperation, type Primitive, primitivesOf } from "./primitive.ts";

/** @throws CircuitError for an operation that makes no sense */
export function primitivesWithin(
  operations: readonly Operation[],
  { definitions, qubits }: Pick<Circuit, "definitions" | "qubits">,
): readonly Primitive[] {
  const named = new Map(definitions.map((each) => [each.name, each]));
  return operations.flatMap((operation) => {
    if (!isUnitaryOperation(operation)) throw new Error(`${operation.kind} is not unitary`);
    const primitives = primitivesOf(operation, named);
    for (const primitive of primitives) requireQubits(primitive, qubits);
    return primitives;
  });
}

/** Kernels have no bounds of their own. */
function requireQubits(primitive: Primitive, qubits: number): void {
  for (const qubit of [...primitive.qubits, ...primitive.controls.map((each) => each.qubit)]) {
    requireQubit(qubit, qubits);
  }
}

export function requireQubit(qubit: number, qubits: number): void {
  if (Number.isInteger(qubit) && qubit >= 0 && qubit < qubits) return;
  throw new CircuitError(`qubit ${qubit} is not among the ${qubits}`);
}
