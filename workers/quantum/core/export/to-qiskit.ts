/** A circuit as Python for Qiskit 1.0 and later. */
import type { Circuit, Condition, Control, Operation } from "../circuit.ts";
import { decomposed } from "../decompose.ts";
import { CircuitError } from "../primitive.ts";
import { namesFor, type Names } from "../qasm/print-names.ts";
import { printAngle, printNumber } from "../qasm/print-number.ts";

/** Classes of qiskit.circuit.library by the name of the gate. */
const classes: Readonly<Record<string, string>> = {
  id: "IGate",
  x: "XGate",
  y: "YGate",
  z: "ZGate",
  h: "HGate",
  s: "SGate",
  sdg: "SdgGate",
  t: "TGate",
  tdg: "TdgGate",
  sx: "SXGate",
  sxdg: "SXdgGate",
  p: "PhaseGate",
  rx: "RXGate",
  ry: "RYGate",
  rz: "RZGate",
  u: "UGate",
  swap: "SwapGate",
  iswap: "iSwapGate",
  ecr: "ECRGate",
  rxx: "RXXGate",
  ryy: "RYYGate",
  rzz: "RZZGate",
  rzx: "RZXGate",
  xx_minus_yy: "XXMinusYYGate",
  xx_plus_yy: "XXPlusYYGate",
  cx: "CXGate",
  cy: "CYGate",
  cz: "CZGate",
  ch: "CHGate",
  cs: "CSGate",
  csdg: "CSdgGate",
  csx: "CSXGate",
  cp: "CPhaseGate",
  crx: "CRXGate",
  cry: "CRYGate",
  crz: "CRZGate",
  cu: "CUGate",
  cswap: "CSwapGate",
  ccx: "CCXGate",
  ccz: "CCZGate",
};

const functions = {
  "==": "equal",
  "!=": "not_equal",
  "<": "less",
  "<=": "less_equal",
  ">": "greater",
  ">=": "greater_equal",
} as const;

/** @throws CircuitError for noise, and for conditions on parts of a register */
export function toQiskit(circuit: Circuit): string {
  if (circuit.readout !== undefined)
    throw new CircuitError("Qiskit circuits hold no readout error");
  const names = namesFor(circuit, "3.0");
  const definitions = names.definitions.flatMap(({ name, qubits, body }) => [
    `${names.gate(name)} = QuantumCircuit(${qubits}, name=${JSON.stringify(name)})`,
    ...lines(body, names, names.gate(name), ""),
  ]);
  const registers = [
    ...names.quantumRegisters.map(
      ({ name, size }) => `${name} = QuantumRegister(${size}, "${name}")`,
    ),
    ...names.classicalRegisters.map(
      ({ name, size }) => `${name} = ClassicalRegister(${size}, "${name}")`,
    ),
  ];
  const all = [...names.quantumRegisters, ...names.classicalRegisters].map(({ name }) => name);
  return [
    "from math import pi",
    "from qiskit import ClassicalRegister, QuantumCircuit, QuantumRegister",
    "from qiskit.circuit.classical import expr",
    "from qiskit.circuit.library import *",
    "",
    ...definitions,
    ...registers,
    `circuit = QuantumCircuit(${all.join(", ")})`,
    ...lines(circuit.operations, names, "circuit", ""),
    "",
  ].join("\n");
}

function lines(
  operations: readonly Operation[],
  names: Names,
  target: string,
  indent: string,
): readonly string[] {
  const found = operations.flatMap((operation) => linesOf(operation, names, target, indent));
  return found.length === 0 && indent !== "" ? [`${indent}pass`] : found;
}

function linesOf(
  operation: Operation,
  names: Names,
  target: string,
  indent: string,
): readonly string[] {
  const call = (text: string) => [`${indent}${target}.${text}`];
  const append = (gate: string, controls: readonly Control[], qubits: readonly number[]) =>
    call(
      `append(${gate}${controlled(controls)}, [${[...controls.map(({ qubit }) => qubit), ...qubits].join(", ")}])`,
    );
  const inner = (body: readonly Operation[], more = "    ") =>
    lines(body, names, target, indent + more);
  switch (operation.kind) {
    case "gate": {
      const { name, parameters, qubits, controls = [], power = 1 } = operation;
      const list = parameters.map((each) => printAngle(each)).join(", ");
      const known = classes[name];
      const root = name === "sqrtswap" ? "SwapGate().power(0.5)" : `${names.gate(name)}.to_gate()`;
      const base = known === undefined ? root : `${known}(${list})`;
      const raised = power === 1 ? base : `${base}.power(${printNumber(power)})`;
      return append(raised, controls, qubits);
    }
    case "global-phase":
      return append(
        `GlobalPhaseGate(${printAngle(operation.angle)})`,
        operation.controls ?? [],
        [],
      );
    case "unitary": {
      const { elements, qubits, controls = [] } = operation;
      return append(`UnitaryGate(${matrix(elements, 2 ** qubits.length)})`, controls, qubits);
    }
    case "diagonal":
    case "permutation":
      return decomposed(operation).flatMap((part) => linesOf(part, names, target, indent));
    case "initialise": {
      const { amplitudes, qubits } = operation;
      return call(`initialize(${complexList(amplitudes)}, [${qubits.join(", ")}])`);
    }
    case "measure":
      return call(`measure(${operation.qubit}, ${operation.bit})`);
    case "assign": {
      const { value } = operation;
      const text =
        typeof value === "number"
          ? `expr.lift(${value === 1 ? "True" : "False"})`
          : test(value, names);
      return call(`store(${target}.clbits[${operation.bit}], ${text})`);
    }
    case "reset":
      return call(`reset(${operation.qubit})`);
    case "barrier":
      return call(`barrier([${operation.qubits.join(", ")}])`);
    case "if": {
      const head = `${indent}with ${target}.if_test(${test(operation.condition, names)}) as otherwise:`;
      const rest =
        operation.whenFalse.length === 0
          ? []
          : [`${indent}with otherwise:`, ...inner(operation.whenFalse)];
      return [head, ...inner(operation.whenTrue), ...rest];
    }
    case "while":
      return [
        `${indent}with ${target}.while_loop(${test(operation.condition, names)}):`,
        ...inner(operation.body),
      ];
    case "repeat":
      return [
        `${indent}with ${target}.for_loop(range(${operation.count})):`,
        ...inner(operation.body),
      ];
    case "switch": {
      const arm = (values: string, body: readonly Operation[]) => [
        `${indent}    with case(${values}):`,
        ...inner(body, "        "),
      ];
      return [
        `${indent}with ${target}.switch(${whole(operation.bits, names)}) as case:`,
        ...operation.cases.flatMap(({ values, body }) => arm(values.join(", "), body)),
        ...arm("case.DEFAULT", operation.otherwise),
      ];
    }
    default:
      throw new CircuitError(
        `Qiskit circuits hold no ${operation.kind}: it belongs to the backend`,
      );
  }
}

/** Qiskit writes the state of the controls with the last one first. */
function controlled(controls: readonly Control[]): string {
  if (controls.length === 0) return "";
  const state = controls
    .map(({ value }) => value)
    .toReversed()
    .join("");
  return state.includes("0")
    ? `.control(${controls.length}, ctrl_state="${state}")`
    : `.control(${controls.length})`;
}

const complex = (re: number, im: number): string => `complex(${re}, ${im})`;

function complexList(values: readonly number[]): string {
  const pairs = Array.from({ length: values.length / 2 }, (_, at) =>
    complex(values[2 * at]!, values[2 * at + 1]!),
  );
  return `[${pairs.join(", ")}]`;
}

function matrix(elements: readonly number[], size: number): string {
  const rows = Array.from({ length: size }, (_, row) =>
    complexList(elements.slice(2 * row * size, 2 * (row + 1) * size)),
  );
  return `[${rows.join(", ")}]`;
}

/** A register, or a single bit, by its name. */
function whole(bits: readonly number[], names: Names): string {
  const text = names.bits(bits);
  if (!text.includes("++")) return text;
  throw new CircuitError("Qiskit compares whole registers or single bits, not parts of registers");
}

function test(condition: Condition, names: Names): string {
  switch (condition.kind) {
    case "compare": {
      const { bits, operator, value } = condition;
      const text = whole(bits, names);
      if (bits.length > 1) return `expr.${functions[operator]}(${text}, ${value})`;
      const isOne = operator === "==" ? value === 1 : operator === "!=" ? value === 0 : undefined;
      if (isOne === undefined || value < 0 || value > 1) {
        throw new CircuitError("Qiskit tests a single bit for 0 or 1");
      }
      return isOne ? `expr.lift(${text})` : `expr.logic_not(${text})`;
    }
    case "not":
      return `expr.logic_not(${test(condition.of, names)})`;
    default: {
      const name = condition.kind === "all" ? "expr.logic_and" : "expr.logic_or";
      if (condition.of.length === 0)
        return `expr.lift(${condition.kind === "all" ? "True" : "False"})`;
      return condition.of
        .map((part) => test(part, names))
        .reduce((left, right) => `${name}(${left}, ${right})`);
    }
  }
}
