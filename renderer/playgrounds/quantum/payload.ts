/** What can be put into the circuit, and the command that puts it there. */
import type { Area, BlockHead, Command, DisplayKind, Item } from "./kernel.worker.ts";
import { gateLabel, headName } from "./names.ts";

export type Payload =
  | {
      readonly kind: "gate";
      readonly name: string;
      readonly qubits: number;
      readonly angles: number;
    }
  | { readonly kind: "control"; readonly value: 0 | 1 }
  | { readonly kind: "measure" | "reset" | "barrier" | "noise" }
  | { readonly kind: "display"; readonly display: DisplayKind }
  | { readonly kind: "block"; readonly head: BlockHead }
  | {
      readonly kind: "area";
      readonly area: Area;
      readonly copies: boolean;
      readonly label: string;
    };

export function payloadLabel(payload: Payload): string {
  switch (payload.kind) {
    case "gate":
      return gateLabel(payload.name);
    case "control":
      return payload.value === 1 ? "● control" : "○ anti-control";
    case "display":
      return payload.display;
    case "block":
      return headName(payload.head);
    case "area":
      return payload.label;
    default:
      return payload.kind;
  }
}

/** A right angle, so that a new rotation does something. */
const firstAngle = Math.PI / 2;

/** Onto the wires of the selection where it has several, from the first one on otherwise. */
export function commandsOf(payload: Payload, area: Area, wires: number): readonly Command[] {
  const { fromColumn: column, fromWire, toWire } = area;
  const chosen = Array.from({ length: toWire - fromWire + 1 }, (_, at) => fromWire + at);
  const place = (item: Item): Command => ({ kind: "place", column, item });
  switch (payload.kind) {
    case "gate": {
      const { name, qubits: count } = payload;
      const angles = Array.from({ length: payload.angles }, (_, at) => (at === 0 ? firstAngle : 0));
      const gate = (qubits: readonly number[]) =>
        place({ kind: "gate", name, qubits, controls: [], angles, power: 1 });
      if (count === 1) return chosen.map((wire) => gate([wire]));
      const first = Math.max(0, Math.min(fromWire, wires - count));
      return [gate(Array.from({ length: count }, (_, at) => first + at))];
    }
    case "control":
      return chosen.map((qubit) => ({ kind: "control", column, qubit, value: payload.value }));
    case "measure":
      return chosen.map((wire) => place({ kind: "measure", qubit: wire, bit: wire }));
    case "reset":
      return chosen.map((wire) => place({ kind: "reset", qubit: wire }));
    case "barrier":
      return [place({ kind: "barrier", qubits: chosen })];
    case "noise":
      return chosen.map((wire) =>
        place({
          kind: "noise",
          channel: { kind: "depolarising", probability: 0.05 },
          qubits: [wire],
        }),
      );
    case "display": {
      const { display } = payload;
      if (display === "bloch") {
        return chosen.map((wire) => place({ kind: "display", display, qubits: [wire] }));
      }
      return [place({ kind: "display", display, qubits: chosen })];
    }
    case "block":
      return [{ kind: "wrap", from: column, to: area.toColumn, head: payload.head }];
    default:
      return [{ kind: "move", area: payload.area, column, wire: fromWire, copies: payload.copies }];
  }
}

const bitIsOne = {
  kind: "compare",
  bits: [0],
  operator: "==",
  value: 1,
} as const;

export const blocks: Readonly<Record<"if" | "while" | "repeat", BlockHead>> = {
  if: { kind: "if", condition: bitIsOne },
  while: { kind: "while", condition: bitIsOne },
  repeat: { kind: "repeat", count: 2 },
};
