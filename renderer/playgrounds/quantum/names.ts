/** What items are called, on the screen and aloud. */
import type { Angle, BlockHead, Column, GateItem, Item } from "./kernel.worker.ts";

/** Controls that stand in a gate's name. */
const ownControls: Readonly<Record<string, number>> = {
  cx: 1,
  cy: 1,
  cz: 1,
  ch: 1,
  cs: 1,
  csdg: 1,
  csx: 1,
  cp: 1,
  crx: 1,
  cry: 1,
  crz: 1,
  cswap: 1,
  cu: 1,
  ccx: 2,
  ccz: 2,
};

export interface GateParts {
  /** The name without its controls. */
  readonly base: string;
  readonly targets: readonly number[];
  readonly controls: GateItem["controls"];
}

export function partsOfGate({ name, qubits, controls }: GateItem): GateParts {
  const count = ownControls[name] ?? 0;
  return {
    base: count === 0 ? name : name.slice(count),
    targets: qubits.slice(count),
    controls: [
      ...qubits.slice(0, count).map((qubit) => ({ qubit, value: 1 as const })),
      ...controls,
    ],
  };
}

const labels: Readonly<Record<string, string>> = {
  id: "I",
  sdg: "S†",
  tdg: "T†",
  sx: "√X",
  sxdg: "√X†",
  rx: "Rx",
  ry: "Ry",
  rz: "Rz",
  sqrtswap: "√SW",
  iswap: "iSW",
  xx_minus_yy: "XX−YY",
  xx_plus_yy: "XX+YY",
};

export function gateLabel(base: string): string {
  return labels[base] ?? (base.length <= 3 ? base.toUpperCase() : base);
}

export function angleText(angle: Angle): string {
  if (typeof angle === "string") return angle.replaceAll("pi", "π").replaceAll(" ", "");
  const parts = [1, 2, 3, 4, 6, 8, 16, 32, 64];
  for (const part of parts) {
    const times = (angle * part) / Math.PI;
    if (Math.abs(times - Math.round(times)) > 1e-9 || Math.abs(times) > 16) continue;
    const whole = Math.round(times);
    if (whole === 0) return "0";
    const sign = whole < 0 ? "−" : "";
    const head = Math.abs(whole) === 1 ? "π" : `${Math.abs(whole)}π`;
    return `${sign}${head}${part === 1 ? "" : `/${part}`}`;
  }
  return angle.toFixed(3).replace("-", "−");
}

/** An angle as it is typed: exact, and readable again. */
export function angleSource(angle: Angle): string {
  if (typeof angle === "string") return angle;
  const short = angleText(angle).replaceAll("π", "pi").replaceAll("−", "-");
  return short.includes("pi") || short === "0" ? short.replace(/(\d)pi/, "$1*pi") : String(angle);
}

const displayNames = {
  chance: "probability display",
  amplitude: "amplitude display",
  bloch: "Bloch display",
  density: "density matrix display",
  sample: "sampled counts display",
} as const;

const wireList = (wires: readonly number[]): string => wires.map((wire) => `q${wire}`).join(", ");

export function itemName(item: Item): string {
  switch (item.kind) {
    case "gate": {
      const { base, targets, controls } = partsOfGate(item);
      const angles = item.angles.length === 0 ? "" : `(${item.angles.map(angleText).join(", ")})`;
      const power = item.power === 1 ? "" : ` to the power ${item.power}`;
      const on = targets.length === 0 ? "" : ` on ${wireList(targets)}`;
      return `${gateLabel(base)}${angles}${power}${on}${controlled(controls)}`;
    }
    case "box": {
      const { operation } = item;
      const label = "label" in operation ? operation.label : operation.kind;
      const on = "qubits" in operation ? ` on ${wireList(operation.qubits)}` : "";
      const controls = "controls" in operation ? (operation.controls ?? []) : [];
      return `${label}${on}${controlled(controls)}`;
    }
    case "measure":
      return `measure q${item.qubit} into c${item.bit}`;
    case "reset":
      return `reset q${item.qubit}`;
    case "barrier":
      return `barrier on ${wireList(item.qubits)}`;
    case "noise":
      return `${item.channel.kind} noise on ${wireList(item.qubits)}`;
    default:
      return `${displayNames[item.display]} of ${wireList(item.qubits)}`;
  }
}

function controlled(controls: GateItem["controls"]): string {
  if (controls.length === 0) return "";
  const parts = controls.map(({ qubit, value }) => `q${qubit} is ${value}`);
  return `, where ${parts.join(" and ")}`;
}

export function headName(head: BlockHead): string {
  return head.kind === "repeat"
    ? `repeat ${head.count}×`
    : `${head.kind} ${conditionName(head.condition)}`;
}

type Condition = Extract<BlockHead, { kind: "if" }>["condition"];

export function conditionName(condition: Condition): string {
  switch (condition.kind) {
    case "compare": {
      const { bits, operator, value } = condition;
      const isRun = bits.every((bit, at) => bit === bits[0]! + at);
      const name =
        bits.length === 1
          ? `c${bits[0]}`
          : isRun
            ? `c${bits.at(-1)}…c${bits[0]}`
            : bits.map((bit) => `c${bit}`).join("");
      return `${name} ${operator} ${value}`;
    }
    case "not":
      return `not (${conditionName(condition.of)})`;
    default:
      return condition.of.map(conditionName).join(condition.kind === "all" ? " and " : " or ");
  }
}

export function columnName(column: Column): string {
  switch (column.kind) {
    case "begin":
      return headName(column.head);
    case "else":
    case "end":
      return column.kind;
    default:
      return column.items.length === 0 ? "empty" : column.items.map(itemName).join("; ");
  }
}

/** Each with its place, which is what it is known by where several may be the same. */
export function numbered<T>(
  all: readonly T[],
): readonly { readonly value: T; readonly at: number }[] {
  return all.map((value, at) => ({ value, at }));
}
