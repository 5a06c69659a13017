/** Documents and commands by chance, for properties. */
import type { Random } from "../../cluster/random.ts";
import { circuitOf } from "../core/circuit.ts";
import { randomOperation } from "../core/random-primitives.ts";
import type { Command } from "./commands.ts";
import type { CircuitDocument, DisplayKind, Item } from "./document.ts";
import { documentOfCircuit, itemOf } from "./from-circuit.ts";

export function randomDocument(random: Random, wires: number, length: number): CircuitDocument {
  const operations = Array.from({ length }, () => randomOperation(random, wires));
  return { ...documentOfCircuit(circuitOf(wires, operations, wires), "by chance"), bits: wires };
}

export function randomItem(random: Random, wires: number): Item {
  const wire = random.below(wires);
  switch (random.below(6)) {
    case 0:
      return { kind: "measure", qubit: wire, bit: random.below(wires) };
    case 1:
      return { kind: "reset", qubit: wire };
    case 2: {
      const display: DisplayKind = random.below(2) === 0 ? "bloch" : "chance";
      return { kind: "display", display, qubits: [wire] };
    }
    default: {
      const operation = randomOperation(random, wires);
      return itemOf(operation);
    }
  }
}

export function randomCommand(random: Random, { wires, columns }: CircuitDocument): Command {
  const column = random.below(columns.length + 2);
  const area = {
    fromColumn: column,
    toColumn: column + random.below(3),
    fromWire: random.below(wires),
    toWire: wires - 1,
  };
  switch (random.below(12)) {
    case 0:
      return {
        kind: "control",
        column,
        qubit: random.below(wires),
        value: random.below(2) as 0 | 1,
      };
    case 1:
      return { kind: "remove", area };
    case 2:
      return { kind: "insert-column", column };
    case 3: {
      const condition = { kind: "compare", bits: [0], operator: "==", value: 1 } as const;
      const head = random.below(2) === 0 ? ({ kind: "if", condition } as const) : null;
      const { toColumn: to } = area;
      return { kind: "wrap", from: column, to, head: head ?? { kind: "repeat", count: 2 } };
    }
    case 4:
      return { kind: "tidy" };
    case 5:
      return { kind: "breakpoint", column };
    case 6:
      return {
        kind: "move",
        area,
        column: random.below(columns.length + 1),
        wire: 0,
        copies: true,
      };
    case 7:
      return { kind: "noise", noise: "depolarising", level: random.below(2) / 4 };
    default:
      return { kind: "place", column, item: randomItem(random, wires) };
  }
}
