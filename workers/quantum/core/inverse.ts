/** Operations undone: each by its inverse, the last first, their names kept where the table has one. */
import type { GateOperation, Operation } from "./circuit.ts";
import { standardGates } from "./gates/standard-gates.ts";
import { CircuitError } from "./primitive.ts";

/** @throws CircuitError for what has no inverse: measurements, resets, noise, branches */
export function inverseOperations(operations: readonly Operation[]): readonly Operation[] {
  return operations.toReversed().map(inverseOperation);
}

function inverseOperation(operation: Operation): Operation {
  switch (operation.kind) {
    case "gate":
      return inverseGate(operation);
    case "global-phase":
      return { ...operation, angle: -operation.angle };
    case "diagonal":
      return { ...operation, angles: operation.angles.map((angle) => -angle) };
    case "permutation": {
      const images = [...operation.images];
      for (const [from, to] of operation.images.entries()) images[to] = from;
      return { ...operation, images };
    }
    case "unitary": {
      const { elements } = operation;
      const size = 2 ** operation.qubits.length;
      const adjoint = elements.map((_, at) => {
        const [row, column] = [Math.floor(at / 2 / size), Math.floor(at / 2) % size];
        const value = elements[2 * (column * size + row) + (at % 2)]!;
        return at % 2 === 0 ? value : -value;
      });
      return { ...operation, elements: adjoint };
    }
    case "barrier":
      return operation;
    case "repeat":
      return { ...operation, body: inverseOperations(operation.body) };
    default:
      throw new CircuitError(`${operation.kind} has no inverse: leave it out, or place it behind`);
  }
}

function inverseGate(operation: GateOperation): GateOperation {
  const { name, parameters, power = 1 } = operation;
  const known = standardGates.get(name);
  if (power === 1 && known?.inverse !== undefined) return { ...operation, name: known.inverse };
  if (power === 1 && known?.negates === true) {
    return { ...operation, parameters: parameters.map((angle) => -angle) };
  }
  return { ...operation, power: -power };
}
