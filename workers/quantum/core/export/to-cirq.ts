/** A circuit as Python for Cirq, whose gates take their most significant qubit first. */
import type {
  Channel,
  Circuit,
  Condition,
  Control,
  GateDefinition,
  Operation,
} from "../circuit.ts";
import { decomposed } from "../decompose.ts";
import type { Matrix } from "../matrix.ts";
import { CircuitError, isUnitaryOperation } from "../primitive.ts";
import { placed, raised } from "../qasm/modifiers.ts";
import { printAngle } from "../qasm/print-number.ts";
import { baseGate } from "./base-gate.ts";

const plain: Readonly<Record<string, string>> = {
  id: "cirq.I",
  x: "cirq.X",
  y: "cirq.Y",
  z: "cirq.Z",
  h: "cirq.H",
  s: "cirq.S",
  sdg: "cirq.S**-1",
  t: "cirq.T",
  tdg: "cirq.T**-1",
  sx: "cirq.X**0.5",
  sxdg: "cirq.X**-0.5",
  swap: "cirq.SWAP",
  iswap: "cirq.ISWAP",
};

/** @throws CircuitError for while, switch, else, initialise and loss, and for conditions but that bits are 1 */
export function toCirq(circuit: Circuit): string {
  if (circuit.readout !== undefined) throw new CircuitError("Cirq circuits hold no readout error");
  const definitions = new Map(circuit.definitions.map((each) => [each.name, each]));
  const operations = circuit.operations.flatMap((operation) => linesOf(operation, definitions));
  return [
    "from math import pi",
    "import cirq",
    "import numpy as np",
    "",
    `q = cirq.LineQubit.range(${circuit.qubits})`,
    "circuit = cirq.Circuit()",
    ...operations.map((line) => `circuit.append(${line})`),
    "",
  ].join("\n");
}

function linesOf(
  operation: Operation,
  definitions: ReadonlyMap<string, GateDefinition>,
): readonly string[] {
  switch (operation.kind) {
    case "gate": {
      const base = baseGate(operation);
      if (base === undefined) return definedLines(operation, definitions);
      const { name, parameters, targets, controls, power, matrix } = base;
      const known = power === 1 ? plain[name] : undefined;
      const [angle] = parameters;
      const rotation =
        power === 1 && /^r[xyz]$/.test(name) ? `cirq.${name}(${printAngle(angle!)})` : undefined;
      const gate = known ?? rotation ?? matrixGate(matrix);
      return [applied(gate, targets, controls)];
    }
    case "global-phase": {
      const { angle, controls = [] } = operation;
      return [`cirq.global_phase_operation(np.exp(1j * ${printAngle(angle)}))${under(controls)}`];
    }
    case "unitary":
    case "diagonal":
    case "permutation":
      return decomposed(operation).flatMap((part) => linesOf(part, definitions));
    case "measure":
      return [`cirq.measure(q[${operation.qubit}], key="bit ${operation.bit}")`];
    case "reset":
      return [`cirq.reset(q[${operation.qubit}])`];
    case "barrier":
      return [];
    case "noise":
      return [
        `${channel(operation.channel, operation.qubits.length)}(${qubits(operation.qubits)})`,
      ];
    case "if": {
      if (operation.whenFalse.length > 0) throw new CircuitError("Cirq has no else");
      const keys = keysOf(operation.condition).map((bit) => `"bit ${bit}"`);
      return operation.whenTrue
        .flatMap((inner) => linesOf(inner, definitions))
        .map((line) => `(${line}).with_classical_controls(${keys.join(", ")})`);
    }
    case "repeat": {
      const body = operation.body.flatMap((inner) => linesOf(inner, definitions));
      return Array.from({ length: operation.count }, () => body).flat();
    }
    default:
      throw new CircuitError(`Cirq circuits hold no ${operation.kind}`);
  }
}

function definedLines(
  { name, qubits: operands, controls = [], power = 1 }: Operation & { kind: "gate" },
  definitions: ReadonlyMap<string, GateDefinition>,
): readonly string[] {
  const definition = definitions.get(name);
  if (definition === undefined) throw new CircuitError(`there is no gate ${name}`);
  const body = raised(definition.body.filter(isUnitaryOperation), power);
  if (body === undefined) throw new CircuitError(`Cirq holds no fractional power of ${name}`);
  return body.flatMap((inner) => linesOf(placed(inner, operands, controls), definitions));
}

const qubits = (list: readonly number[]): string => list.map((qubit) => `q[${qubit}]`).join(", ");

function under(controls: readonly Control[]): string {
  if (controls.length === 0) return "";
  const values = controls.map(({ value }) => value).join(", ");
  return `.controlled_by(${qubits(controls.map(({ qubit }) => qubit))}, control_values=[${values}])`;
}

function applied(gate: string, targets: readonly number[], controls: readonly Control[]): string {
  return `(${gate})(${qubits(targets.toReversed())})${under(controls)}`;
}

function matrixGate(matrix: Matrix): string {
  const rows = Array.from({ length: matrix.size }, (_, row) => {
    const elements = Array.from(
      { length: matrix.size },
      (__, column) => `complex(${matrix.re(row, column)}, ${matrix.im(row, column)})`,
    );
    return `[${elements.join(", ")}]`;
  });
  return `cirq.MatrixGate(np.array([${rows.join(", ")}]))`;
}

function channel(noise: Channel, size: number): string {
  switch (noise.kind) {
    case "pauli":
      return `cirq.asymmetric_depolarize(${noise.x}, ${noise.y}, ${noise.z})`;
    case "depolarising":
      return `cirq.depolarize(${noise.probability}, n_qubits=${size})`;
    case "amplitude-damping":
      return `cirq.amplitude_damp(${noise.probability})`;
    case "phase-damping":
      return `cirq.phase_damp(${noise.probability})`;
    default:
      throw new CircuitError("Cirq has no channel for loss");
  }
}

/** Bits that must all be 1: what Cirq's classical controls say. */
function keysOf(condition: Condition): readonly number[] {
  if (condition.kind === "all") return condition.of.flatMap(keysOf);
  if (condition.kind === "compare" && condition.operator === "==") {
    if (condition.value === 2 ** condition.bits.length - 1) return condition.bits;
  }
  throw new CircuitError("Cirq's classical controls say that bits are 1, and nothing else here");
}
