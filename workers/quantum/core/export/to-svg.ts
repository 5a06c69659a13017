/** A circuit as a picture: SVG 1.1 of its own size, black on white, with no script and no outside font. */
import type { Circuit, Condition, Control, Operation } from "../circuit.ts";
import { standardGates } from "../gates/standard-gates.ts";
import { printAngle } from "../qasm/print-number.ts";

const rowHeight = 44;
const boxHeight = 30;
const boxWidthMin = 30;
const gap = 14;
const left = 56;
const characterWidth = 7.4;

/** What stands in a column: a stretch of wires, and how wide and what it is when it is drawn. */
interface Mark {
  readonly low: number;
  readonly high: number;
  readonly width: number;
  readonly draw: (x: number) => string;
}

export function toSvg(circuit: Circuit): string {
  const drawing = new Drawing(circuit);
  drawing.add(circuit.operations);
  return drawing.svg();
}

class Drawing {
  readonly #circuit: Circuit;
  readonly #columns: Mark[][] = [];
  #free: number[];
  #floor = 0;

  constructor(circuit: Circuit) {
    this.#circuit = circuit;
    this.#free = Array.from({ length: circuit.qubits }, () => 0);
  }

  add(operations: readonly Operation[]): void {
    for (const operation of operations) this.#addOne(operation);
  }

  #addOne(operation: Operation): void {
    switch (operation.kind) {
      case "if":
        this.#bracket(`if ${conditionText(operation.condition)}`);
        this.add(operation.whenTrue);
        if (operation.whenFalse.length > 0) {
          this.#bracket("else");
          this.add(operation.whenFalse);
        }
        this.#bracket("end");
        return;
      case "while":
        this.#bracket(`while ${conditionText(operation.condition)}`);
        this.add(operation.body);
        this.#bracket("end");
        return;
      case "repeat":
        this.#bracket(`${operation.count} times`);
        this.add(operation.body);
        this.#bracket("end");
        return;
      case "switch":
        for (const { values, body } of operation.cases) {
          this.#bracket(`case ${values.join(", ")}`);
          this.add(body);
        }
        if (operation.otherwise.length > 0) {
          this.#bracket("default");
          this.add(operation.otherwise);
        }
        this.#bracket("end");
        return;
      default:
        this.#place(markOf(operation, this.#circuit.qubits));
    }
  }

  #bracket(text: string): void {
    const last = this.#circuit.qubits - 1;
    const width = text.length * characterWidth + 8;
    this.#columns.push([{ low: 0, high: last, width, draw: (x) => bracket(x, width, last, text) }]);
    this.#floor = this.#columns.length;
  }

  #place(mark: Mark): void {
    let at = this.#floor;
    for (let wire = mark.low; wire <= mark.high; wire++) at = Math.max(at, this.#free[wire] ?? 0);
    (this.#columns[at] ??= []).push(mark);
    for (let wire = mark.low; wire <= mark.high; wire++) this.#free[wire] = at + 1;
  }

  svg(): string {
    const { qubits } = this.#circuit;
    const shapes: string[] = [];
    let x = left;
    for (const marks of this.#columns) {
      const width = Math.max(...marks.map((mark) => mark.width));
      for (const mark of marks) shapes.push(mark.draw(x + width / 2));
      x += width + gap;
    }
    const width = Math.ceil(x + 10);
    const height = Math.max(1, qubits) * rowHeight + 24;
    const wires = Array.from({ length: qubits }, (_, wire) => {
      const y = yOf(wire);
      return (
        `<path d="M${left - gap} ${y}H${width - 8}"/>` +
        `<text x="${left - gap - 6}" y="${y + 4}" text-anchor="end">q${wire}</text>`
      );
    });
    return [
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
      "<style>text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#000;stroke:none}path,rect,circle{stroke:#000;fill:none}.box{fill:#fff}.dot{fill:#000}</style>",
      `<rect width="${width}" height="${height}" style="fill:#fff;stroke:none"/>`,
      ...wires,
      ...shapes,
      "</svg>",
      "",
    ].join("\n");
  }
}

const yOf = (wire: number): number => 24 + wire * rowHeight;

type Drawn = Exclude<Operation, { kind: "if" | "while" | "repeat" | "switch" }>;

function markOf(operation: Drawn, qubits: number): Mark {
  switch (operation.kind) {
    case "measure":
      return box([operation.qubit], [], `M ${operation.bit}`, qubits);
    case "reset":
      return box([operation.qubit], [], "|0⟩", qubits);
    case "assign":
      return box([], [], `c${operation.bit} set`, qubits);
    case "barrier":
      return barrier(operation.qubits);
    case "noise":
      return box(operation.qubits, [], operation.channel.kind, qubits);
    case "initialise":
      return box(operation.qubits, [], "init", qubits);
    case "global-phase":
      return box([], operation.controls ?? [], `phase ${printAngle(operation.angle, "π")}`, qubits);
    case "gate":
      return gateMark(operation, qubits);
    default:
      return box(operation.qubits, operation.controls ?? [], operation.label, qubits);
  }
}

function gateMark(operation: Extract<Drawn, { kind: "gate" }>, qubits: number): Mark {
  const { name, qubits: own, parameters, controls = [], power = 1 } = operation;
  const standard = standardGates.get(name);
  const inner = standard?.controls ?? 0;
  const all = [...own.slice(0, inner).map((qubit): Control => ({ qubit, value: 1 })), ...controls];
  const targets = own.slice(inner);
  const base = inner === 0 ? name : name.replace(/^c+/, "");
  if (base === "x" && all.length > 0 && power === 1) return notMark(targets[0]!, all);
  if (base === "swap" && power === 1) return swapMark(targets, all);
  const angles = parameters.map((angle) => printAngle(angle, "π").replaceAll(" ", "")).join(", ");
  const label = standard === undefined ? name : base.replace(/dg$/, "†").toUpperCase();
  const raised = power === 1 ? "" : `^${power}`;
  return box(targets, all, `${label}${raised}${angles === "" ? "" : `(${angles})`}`, qubits);
}

function spread(targets: readonly number[], controls: readonly Control[]) {
  const wires = [...targets, ...controls.map(({ qubit }) => qubit)];
  return { low: Math.min(...wires), high: Math.max(...wires) };
}

function dots(x: number, controls: readonly Control[]): string {
  return controls
    .map(({ qubit, value }) => {
      return `<circle cx="${x}" cy="${yOf(qubit)}" r="4" class="${value === 1 ? "dot" : "box"}"/>`;
    })
    .join("");
}

const line = (x: number, { low, high }: { low: number; high: number }): string =>
  low === high ? "" : `<path d="M${x} ${yOf(low)}V${yOf(high)}"/>`;

/** No target is the whole circuit. */
function box(
  targets: readonly number[],
  controls: readonly Control[],
  text: string,
  qubits: number,
): Mark {
  const own = targets.length > 0 || controls.length > 0 ? targets : [0, qubits - 1];
  const width = Math.max(boxWidthMin, text.length * characterWidth + 12);
  const range = spread(own, controls);
  const body = own.length > 0 ? own : [controls[0]!.qubit];
  const [top, bottom] = [Math.min(...body), Math.max(...body)];
  const height = (bottom - top) * rowHeight + boxHeight;
  const y = yOf(top) - boxHeight / 2;
  return {
    ...range,
    width,
    draw: (x) =>
      line(x, range) +
      `<rect x="${x - width / 2}" y="${y}" width="${width}" height="${height}" class="box"/>` +
      `<text x="${x}" y="${y + height / 2 + 4}" text-anchor="middle">${escaped(text)}</text>` +
      dots(x, controls),
  };
}

function notMark(target: number, controls: readonly Control[]): Mark {
  const range = spread([target], controls);
  const y = yOf(target);
  return {
    ...range,
    width: boxWidthMin,
    draw: (x) =>
      line(x, range) +
      `<circle cx="${x}" cy="${y}" r="11" class="box"/><path d="M${x - 11} ${y}h22M${x} ${y - 11}v22"/>` +
      dots(x, controls),
  };
}

function swapMark(targets: readonly number[], controls: readonly Control[]): Mark {
  const range = spread(targets, controls);
  const cross = (x: number, wire: number) =>
    `<path d="M${x - 6} ${yOf(wire) - 6}l12 12m0 -12l-12 12"/>`;
  return {
    ...range,
    width: boxWidthMin,
    draw: (x) =>
      line(x, range) + targets.map((wire) => cross(x, wire)).join("") + dots(x, controls),
  };
}

function barrier(qubits: readonly number[]): Mark {
  const range = spread(qubits.length === 0 ? [0] : qubits, []);
  const bars = (x: number) =>
    qubits.map((qubit) => `M${x} ${yOf(qubit) - rowHeight / 2}v${rowHeight}`).join("");
  return { ...range, width: 6, draw: (x) => `<path stroke-dasharray="3 3" d="${bars(x)}"/>` };
}

function bracket(x: number, width: number, last: number, text: string): string {
  const [top, bottom] = [yOf(0) - rowHeight / 2 + 6, yOf(last) + rowHeight / 2 - 6];
  return (
    `<rect x="${x - width / 2}" y="${top}" width="${width}" height="${bottom - top}" rx="4" class="box"/>` +
    `<text x="${x}" y="${(top + bottom) / 2 + 4}" text-anchor="middle">${escaped(text)}</text>`
  );
}

function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case "compare": {
      const bits = condition.bits.map((bit) => `c${bit}`).join(" ");
      return `${bits} ${condition.operator} ${condition.value}`;
    }
    case "not":
      return `not (${conditionText(condition.of)})`;
    default:
      return condition.of.map(conditionText).join(condition.kind === "all" ? " and " : " or ");
  }
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
