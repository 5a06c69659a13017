/** A circuit as a LaTeX drawing (the quantikz package, version 1.0 and later). */
import type { Circuit, Control, Operation } from "../circuit.ts";
import { CircuitError } from "../primitive.ts";
import { baseGate } from "./base-gate.ts";

const symbols: Readonly<Record<string, string>> = {
  sdg: "S^\\dagger",
  tdg: "T^\\dagger",
  sx: "\\sqrt{X}",
  sxdg: "\\sqrt{X}^\\dagger",
  p: "P",
  rx: "R_x",
  ry: "R_y",
  rz: "R_z",
  id: "I",
  iswap: "i\\mathrm{SWAP}",
};

/** Cells by wire, all other wires between the first and the last being crossed. */
type Column = ReadonlyMap<number, string>;

/** @throws CircuitError for classical control, which one row of wires does not show, and noise */
export function toQuantikz(circuit: Circuit): string {
  const columns: Map<number, string>[] = [];
  /** Of each wire, the first column that is free. */
  const free = Array.from({ length: circuit.qubits }, () => 0);
  for (const operation of circuit.operations) {
    const cells = cellsOf(operation);
    if (cells.size === 0) continue;
    const low = Math.min(...cells.keys());
    const high = Math.max(...cells.keys());
    const span = Array.from({ length: high - low + 1 }, (_, at) => low + at);
    const at = Math.max(...span.map((wire) => free[wire] ?? 0));
    const column = (columns[at] ??= new Map());
    for (const [wire, cell] of cells) column.set(wire, cell);
    for (const wire of span) free[wire] = at + 1;
  }
  const names = circuit.quantumRegisters.flatMap(({ name, size }) =>
    Array.from({ length: size }, (_, at) => `${name.replaceAll("_", "\\_")}_{${at}}`),
  );
  const rows = Array.from({ length: circuit.qubits }, (_, wire) =>
    [
      `\\lstick{$${names[wire] ?? wire}$}`,
      ...columns.map((cells) => cells.get(wire) ?? "\\qw"),
      "\\qw",
    ].join(" & "),
  );
  return `\\begin{quantikz}\n${rows.join(" \\\\\n")}\n\\end{quantikz}\n`;
}

function cellsOf(operation: Operation): Column {
  switch (operation.kind) {
    case "gate": {
      const base = baseGate(operation);
      const { qubits, controls = [], power = 1 } = operation;
      if (base === undefined) return boxed(raised(operation.name, power), qubits, controls);
      if (base.name === "swap" && power === 1) return swapped(base.targets, base.controls);
      if (base.name === "x" && power === 1 && base.controls.length > 0) {
        return linked(new Map([[base.targets[0]!, "\\targ{}"]]), base.controls);
      }
      const label = labelOf(base.name, operation.parameters);
      return boxed(raised(label, power), base.targets, base.controls);
    }
    case "global-phase": {
      const [first, ...rest] = operation.controls ?? [];
      if (first === undefined) return new Map();
      return boxed(`e^{i ${rounded(operation.angle)}}`, [first.qubit], rest, first.value === 0);
    }
    case "unitary":
    case "diagonal":
    case "permutation":
      return boxed(operation.label, operation.qubits, operation.controls ?? []);
    case "initialise":
      return boxed("\\ket{\\psi}", operation.qubits, []);
    case "measure":
      return new Map([[operation.qubit, "\\meter{}"]]);
    case "reset":
      return new Map([[operation.qubit, "\\gate{\\ket{0}}"]]);
    case "barrier":
      return new Map();
    default:
      throw new CircuitError(`quantikz cannot draw ${operation.kind} on one row of wires`);
  }
}

const rounded = (angle: number): string => String(Number(angle.toPrecision(4)));

function labelOf(name: string, parameters: readonly number[]): string {
  const symbol =
    symbols[name] ??
    (name.length === 1 ? name.toUpperCase() : `\\mathrm{${name.replaceAll("_", "\\_")}}`);
  return parameters.length === 0 ? symbol : `${symbol}(${parameters.map(rounded).join(", ")})`;
}

const raised = (label: string, power: number): string =>
  power === 1 ? label : `{${label}}^{${rounded(power)}}`;

/** Boxes on wires side by side are one; others bear the number of their qubit. */
function boxed(
  label: string,
  targets: readonly number[],
  controls: readonly Control[],
  isNegated = false,
): Column {
  const text = isNegated ? `\\bar{${label}}` : label;
  const [first, ...rest] = targets;
  if (first === undefined) return linked(new Map(), controls);
  const isRow = rest.every((wire, at) => wire === first + at + 1);
  if (targets.length > 1 && isRow) {
    const cells = new Map([[first, `\\gate[${targets.length}]{${text}}`]]);
    for (const wire of rest) cells.set(wire, "");
    return linked(cells, controls);
  }
  const cells = targets.map((wire, at): [number, string] => [
    wire,
    `\\gate{${targets.length === 1 ? text : `${text}_{${at}}`}}`,
  ]);
  return linked(new Map(cells), controls);
}

function swapped([one, other]: readonly number[], controls: readonly Control[]): Column {
  const cells = new Map([
    [one!, `\\swap{${other! - one!}}`],
    [other!, "\\targX{}"],
  ]);
  return linked(cells, controls);
}

/** Each control is joined to the nearest target. */
function linked(cells: ReadonlyMap<number, string>, controls: readonly Control[]): Column {
  const all = new Map(cells);
  const targets = [...cells.keys()];
  for (const { qubit, value } of controls) {
    const nearest =
      targets.toSorted((a, b) => Math.abs(a - qubit) - Math.abs(b - qubit))[0] ?? qubit;
    all.set(qubit, `${value === 1 ? "\\ctrl" : "\\octrl"}{${nearest - qubit}}`);
  }
  return all;
}
