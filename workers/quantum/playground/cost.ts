/** What a circuit costs, whoever carries it out. */
import type { Circuit, GateDefinition, Operation } from "../core/circuit.ts";
import { standardGates } from "../core/gates/standard-gates.ts";

export interface Cost {
  readonly qubits: number;
  /** Gates, measurements and resets, loops counted with all their turns, while loops with one. */
  readonly operations: number;
  readonly onTwoOrMore: number;
  readonly measurements: number;
  /** T, T dagger and phases of an odd multiple of pi / 4. */
  readonly tGates: number;
  /** The longest chain of operations that share qubits or bits. */
  readonly depth: number;
}

interface Counting {
  operations: number;
  onTwoOrMore: number;
  measurements: number;
  tGates: number;
  readonly level: number[];
  readonly definitions: ReadonlyMap<string, GateDefinition>;
}

export function costOf(circuit: Circuit): Cost {
  const { qubits, definitions, operations } = circuit;
  const counting: Counting = {
    operations: 0,
    onTwoOrMore: 0,
    measurements: 0,
    tGates: 0,
    level: Array.from({ length: qubits + circuit.bits }, () => 0),
    definitions: new Map(definitions.map((each) => [each.name, each])),
  };
  countAll(operations, counting, qubits);
  const { level, definitions: _, ...counts } = counting;
  return { qubits, ...counts, depth: Math.max(0, ...level) };
}

function countAll(operations: readonly Operation[], counting: Counting, qubits: number): void {
  for (const operation of operations) {
    switch (operation.kind) {
      case "barrier":
      case "noise":
      case "global-phase":
      case "assign":
        break;
      case "if":
        countAll([...operation.whenTrue, ...operation.whenFalse], counting, qubits);
        break;
      case "while":
        countAll(operation.body, counting, qubits);
        break;
      case "repeat":
        countRepeated(operation, counting, qubits);
        break;
      case "switch":
        countAll(
          [...operation.cases.flatMap(({ body }) => body), ...operation.otherwise],
          counting,
          qubits,
        );
        break;
      default:
        countOne(operation, counting, qubits);
    }
  }
}

/** Depth grows by the same for each turn but the first, so two turns tell it. */
function countRepeated(
  { count, body }: Extract<Operation, { kind: "repeat" }>,
  counting: Counting,
  qubits: number,
): void {
  if (count === 0) return;
  countAll(body, counting, qubits);
  if (count === 1) return;
  const before = { ...counting, level: [...counting.level] };
  countAll(body, counting, qubits);
  const more = count - 2;
  for (const name of ["operations", "onTwoOrMore", "measurements", "tGates"] as const) {
    counting[name] += more * (counting[name] - before[name]);
  }
  const grown = Math.max(0, ...counting.level) - Math.max(0, ...before.level);
  for (const [at, level] of counting.level.entries()) {
    if (level > before.level[at]!) counting.level[at] = level + more * grown;
  }
}

type Counted = Exclude<
  Operation,
  { kind: "barrier" | "noise" | "global-phase" | "assign" | "if" | "while" | "repeat" | "switch" }
>;

function countOne(operation: Counted, counting: Counting, qubits: number): void {
  const places = placesOf(operation, qubits);
  counting.operations += 1;
  if (operation.kind === "measure") counting.measurements += 1;
  else if (places.length > 1) counting.onTwoOrMore += 1;
  counting.tGates += tGatesOf(operation, counting.definitions, 0);
  const level = 1 + Math.max(0, ...places.map((place) => counting.level[place] ?? 0));
  for (const place of places) counting.level[place] = level;
}

function placesOf(operation: Counted, qubits: number): readonly number[] {
  switch (operation.kind) {
    case "measure":
      return [operation.qubit, qubits + operation.bit];
    case "reset":
      return [operation.qubit];
    case "initialise":
      return operation.qubits;
    default:
      return [...operation.qubits, ...(operation.controls ?? []).map(({ qubit }) => qubit)];
  }
}

const nestingMax = 32;

function tGatesOf(
  operation: Operation,
  definitions: ReadonlyMap<string, GateDefinition>,
  depth: number,
): number {
  if (operation.kind !== "gate" || depth > nestingMax) return 0;
  const { name, parameters, controls = [], power = 1 } = operation;
  if (controls.length > 0) return 0;
  if (name === "t" || name === "tdg") return Math.abs(power) % 2 === 1 ? 1 : 0;
  if (name === "p" || name === "rz") return isOddEighth(parameters[0]! * power) ? 1 : 0;
  if (standardGates.has(name)) return 0;
  const body = definitions.get(name)?.body ?? [];
  return (
    body.reduce((sum, each) => sum + tGatesOf(each, definitions, depth + 1), 0) * Math.abs(power)
  );
}

function isOddEighth(angle: number): boolean {
  const eighths = (angle * 4) / Math.PI;
  return Math.abs(eighths - Math.round(eighths)) < 1e-9 && Math.abs(Math.round(eighths)) % 2 === 1;
}
