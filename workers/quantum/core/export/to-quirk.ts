/** A circuit as the JSON behind the # of a Quirk address (github.com/Strilanc/Quirk, CircuitDefinition). */
import type { Circuit, Control, GateDefinition, Operation } from "../circuit.ts";
import { decomposed, ofUnitary } from "../decompose.ts";
import type { Matrix } from "../matrix.ts";
import { CircuitError, isUnitaryOperation } from "../primitive.ts";
import { placed, raised } from "../qasm/modifiers.ts";
import { baseGate } from "./base-gate.ts";

type Cell = string | number | { readonly id: string; readonly arg: string };

interface QuirkCircuit {
  readonly cols: readonly (readonly Cell[])[];
  readonly gates?: readonly {
    readonly id: string;
    readonly name: string;
    readonly matrix: string;
  }[];
}

/** Quirk's own bound. */
const wiresMax = 16;

const plain: Readonly<Record<string, string>> = {
  id: "…",
  x: "X",
  y: "Y",
  z: "Z",
  h: "H",
  s: "Z^½",
  sdg: "Z^-½",
  t: "Z^¼",
  tdg: "Z^-¼",
  sx: "X^½",
  sxdg: "X^-½",
};
const turning: Readonly<Record<string, string>> = { rx: "Rxft", ry: "Ryft", rz: "Rzft" };

/** @throws CircuitError for more than 16 qubits, resets, classical control and noise */
export function toQuirk(circuit: Circuit): QuirkCircuit {
  if (circuit.qubits > wiresMax) {
    throw new CircuitError(
      `Quirk has ${wiresMax} wires, and the circuit has ${circuit.qubits} qubits`,
    );
  }
  const writer = new Writer(circuit.definitions);
  for (const operation of circuit.operations) writer.write(operation);
  const { cols, gates } = writer;
  return gates.length === 0 ? { cols } : { cols, gates };
}

class Writer {
  readonly cols: (readonly Cell[])[] = [];
  readonly gates: { id: string; name: string; matrix: string }[] = [];
  readonly #definitions: ReadonlyMap<string, GateDefinition>;
  readonly #measured = new Set<number>();

  constructor(definitions: readonly GateDefinition[]) {
    this.#definitions = new Map(definitions.map((each) => [each.name, each]));
  }

  write(operation: Operation): void {
    switch (operation.kind) {
      case "gate":
        this.#gate(operation);
        return;
      case "global-phase":
        this.#phase(operation.angle, operation.controls ?? []);
        return;
      case "unitary":
      case "diagonal":
      case "permutation":
        for (const part of decomposed(operation)) this.write(part);
        return;
      case "measure":
        this.#column(new Map([[operation.qubit, "Measure"]]), []);
        this.#measured.add(operation.qubit);
        return;
      case "barrier":
        return;
      default:
        throw new CircuitError(`Quirk cannot hold ${operation.kind}`);
    }
  }

  #gate(operation: Operation & { kind: "gate" }): void {
    const base = baseGate(operation);
    if (base === undefined) {
      this.#definition(operation);
      return;
    }
    const { name, parameters, targets, controls, power, matrix } = base;
    const [first, second] = targets;
    for (const target of targets) {
      if (this.#measured.has(target) && !(name === "x" && power === 1)) {
        throw new CircuitError(`Quirk cannot turn qubit ${target} after its measurement`);
      }
    }
    if (name === "swap" && power === 1) {
      this.#column(
        new Map([
          [first!, "Swap"],
          [second!, "Swap"],
        ]),
        controls,
      );
      return;
    }
    if (targets.length > 1) {
      for (const part of ofUnitary(matrix, targets, controls)) this.write(part);
      return;
    }
    const known = power === 1 ? plain[name] : undefined;
    const turn = power === 1 ? turning[name] : undefined;
    const cell: Cell =
      known ??
      (turn === undefined ? this.#custom(name, matrix) : { id: turn, arg: String(parameters[0]) });
    this.#column(new Map([[first!, cell]]), controls);
  }

  #definition({ name, qubits, controls = [], power = 1 }: Operation & { kind: "gate" }): void {
    const definition = this.#definitions.get(name);
    if (definition === undefined) throw new CircuitError(`there is no gate ${name}`);
    const body = raised(definition.body.filter(isUnitaryOperation), power);
    if (body === undefined)
      throw new CircuitError(`Quirk cannot hold a fractional power of ${name}`);
    for (const inner of body) this.write(placed(inner, qubits, controls));
  }

  /** A phase under controls is one of the last control's own values. */
  #phase(angle: number, controls: readonly Control[]): void {
    const last = controls.at(-1);
    if (last === undefined) return;
    const arg = String(angle / Math.PI);
    const flip = new Map([[last.qubit, "X"]]);
    if (last.value === 0) this.#column(flip, []);
    this.#column(new Map([[last.qubit, { id: "Z^ft", arg }]]), controls.slice(0, -1));
    if (last.value === 0) this.#column(flip, []);
  }

  #column(cells: ReadonlyMap<number, Cell>, controls: readonly Control[]): void {
    const all = new Map<number, Cell>([
      ...controls.map(({ qubit, value }) => [qubit, value === 1 ? "•" : "◦"] as const),
      ...cells,
    ]);
    const height = Math.max(...all.keys()) + 1;
    this.cols.push(Array.from({ length: height }, (_, wire) => all.get(wire) ?? 1));
  }

  #custom(name: string, matrix: Matrix): string {
    const element = (row: number, column: number) => {
      const im = matrix.im(row, column);
      return `${matrix.re(row, column)}${im < 0 ? "-" : "+"}${Math.abs(im)}i`;
    };
    const rows = [0, 1].map((row) => `{${element(row, 0)},${element(row, 1)}}`);
    const text = `{${rows.join(",")}}`;
    const known = this.gates.find((gate) => gate.matrix === text);
    if (known !== undefined) return known.id;
    const id = `~g${this.gates.length}`;
    this.gates.push({ id, name, matrix: text });
    return id;
  }
}
