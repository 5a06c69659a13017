/** A circuit that neither measures nor resets, as the primitives it comes to, loops unrolled. */
import type { Circuit, Operation } from "./circuit.ts";
import { holds, numberOf, setBit } from "./classical-bits.ts";
import { unrolledPrimitivesMax } from "./limits.ts";
import { CircuitError, isUnitaryOperation, type Primitive, primitivesOf } from "./primitive.ts";

/**
 * Conditions are decided at once: bits are 0 until they are assigned something.
 * @throws CircuitError for a circuit that is no unitary, or comes to more than `unrolledPrimitivesMax`
 */
export function unitaryPrimitives(circuit: Circuit): readonly Primitive[] {
  const definitions = new Map(circuit.definitions.map((each) => [each.name, each]));
  const bits = new Uint8Array(circuit.bits);
  const primitives: Primitive[] = [];
  const add = (operations: readonly Operation[]): void => {
    for (const operation of operations) {
      if (isUnitaryOperation(operation)) {
        for (const primitive of primitivesOf(operation, definitions)) {
          const touched = [...primitive.qubits, ...primitive.controls.map(({ qubit }) => qubit)];
          requireQubits(touched, circuit.qubits);
          primitives.push(primitive);
        }
      } else {
        addOther(operation);
      }
      if (primitives.length > unrolledPrimitivesMax) {
        throw new CircuitError(
          `the circuit comes to more than ${unrolledPrimitivesMax} operations`,
        );
      }
    }
  };
  const addOther = (operation: Operation): void => {
    switch (operation.kind) {
      case "barrier":
        return;
      case "repeat":
        for (let turn = 0; turn < operation.count && operation.body.length > 0; turn++) {
          add(operation.body);
        }
        return;
      case "if":
        add(holds(operation.condition, bits) ? operation.whenTrue : operation.whenFalse);
        return;
      case "switch": {
        const value = numberOf(bits, operation.bits);
        const match = operation.cases.find(({ values }) => values.includes(value));
        add(match?.body ?? operation.otherwise);
        return;
      }
      case "assign": {
        const { bit, value } = operation;
        setBit(bits, bit, typeof value === "number" ? value : holds(value, bits) ? 1 : 0);
        return;
      }
      case "while":
        if (!holds(operation.condition, bits)) return;
        throw new CircuitError("a while loop never ends: nothing sets its bits");
      default:
        throw new CircuitError(`a circuit with ${operation.kind} is no unitary`);
    }
  };
  add(circuit.operations);
  return primitives;
}

/** @throws CircuitError for a qubit that there is not: kernels have no bounds of their own */
export function requireQubits(touched: Iterable<number>, qubits: number): void {
  for (const qubit of touched) {
    if (Number.isInteger(qubit) && qubit >= 0 && qubit < qubits) continue;
    throw new CircuitError(`qubit ${qubit} is not among the ${qubits}`);
  }
}
