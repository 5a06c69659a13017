/** Columns with their angles worked out, remembered for as long as nothing about them changes. */
import type { Channel, Operation } from "../core/circuit.ts";
import type { CircuitDocument, Column, Item, NoiseKind } from "./document.ts";
import { operationOf } from "./compile.ts";
import { valueOf } from "./expression.ts";

export type DisplayItem = Extract<Item, { kind: "display" }>;

export interface PlacedDisplay {
  readonly item: DisplayItem;
  /** Its place among the column's items. */
  readonly place: number;
}

export interface Resolved {
  readonly column: Column;
  /** Differs whenever the operations do, for the same column. */
  readonly angles: string;
  readonly operations: readonly Operation[];
  readonly displays: readonly PlacedDisplay[];
}

const known = new WeakMap<Column, Resolved>();

/** @throws ExpressionError */
export function resolved(column: Column, values: ReadonlyMap<string, number>): Resolved {
  const before = known.get(column);
  const angles = anglesOf(column, values);
  if (before !== undefined && before.angles === angles) return before;
  const items = column.kind === "items" ? column.items : [];
  const fresh: Resolved = {
    column,
    angles,
    operations: items.flatMap((item) => operationOf(item, values) ?? []),
    displays: items.flatMap((item, place) => (item.kind === "display" ? [{ item, place }] : [])),
  };
  known.set(column, fresh);
  return fresh;
}

/** The values of the angles that are written as text. */
function anglesOf(column: Column, values: ReadonlyMap<string, number>): string {
  if (column.kind !== "items") return "";
  const found: number[] = [];
  for (const item of column.items) {
    if (item.kind !== "gate") continue;
    for (const angle of item.angles) {
      if (typeof angle === "string") found.push(valueOf(angle, values));
    }
  }
  return found.join(" ");
}

/** The noise slider's channel on one qubit; null when it is at 0. */
export function channelOf({ noise }: CircuitDocument): Channel | null {
  const { kind, level } = noise;
  if (level === 0) return null;
  const channels: Record<NoiseKind, Channel> = {
    depolarising: { kind: "depolarising", probability: level },
    "amplitude-damping": { kind: "amplitude-damping", probability: level },
    "phase-damping": { kind: "phase-damping", probability: level },
    "bit-flip": { kind: "pauli", x: level, y: 0, z: 0 },
  };
  return channels[kind];
}

/** The qubits that an operation acts on, each of which the noise may disturb afterwards. */
export function disturbedBy(operation: Operation): readonly number[] {
  switch (operation.kind) {
    case "gate":
    case "unitary":
    case "diagonal":
    case "permutation":
      return [...operation.qubits, ...(operation.controls ?? []).map(({ qubit }) => qubit)];
    default:
      return [];
  }
}

export function hasNoise(document: CircuitDocument): boolean {
  if (document.noise.level > 0) return true;
  return document.columns.some(
    (column) => column.kind === "items" && column.items.some(({ kind }) => kind === "noise"),
  );
}
