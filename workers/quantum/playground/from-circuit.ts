/** A circuit laid out in columns: each operation as far left as its wires and bits allow. */
import type { Circuit, Operation } from "../core/circuit.ts";
import { CircuitError } from "../core/primitive.ts";
import {
  type CircuitDocument,
  type Column,
  emptyDocument,
  type Item,
  spanOf,
  wiresOf,
} from "./document.ts";
import { bitsMax, columnsMax, customGatesMax, wiresMax } from "./limits.ts";

/** @throws CircuitError for one that is too large to be edited here */
export function documentOfCircuit(circuit: Circuit, title: string): CircuitDocument {
  const { qubits, bits, definitions, operations } = circuit;
  if (qubits > wiresMax) {
    throw new CircuitError(
      `this circuit has ${qubits} qubits and the playground shows up to ${wiresMax}: simulate it with the API instead`,
    );
  }
  if (bits > bitsMax) {
    throw new CircuitError(`this circuit has ${bits} bits and the playground has up to ${bitsMax}`);
  }
  if (definitions.length > customGatesMax) {
    throw new CircuitError(
      `this circuit defines ${definitions.length} gates and the playground keeps up to ${customGatesMax}`,
    );
  }
  const columns = columnsOf(operations, qubits);
  if (columns.length > columnsMax) {
    throw new CircuitError(
      `this circuit needs ${columns.length} columns and the playground has up to ${columnsMax}`,
    );
  }
  return {
    ...emptyDocument,
    title,
    wires: Math.max(1, qubits),
    bits,
    columns,
    gates: definitions,
  };
}

/** The inverse of operationsOf, up to what may change places without a difference. */
export function columnsOf(operations: readonly Operation[], wires: number): readonly Column[] {
  const layout = new Layout(wires);
  const end = 1 + operations.findLastIndex(({ kind }) => kind !== "measure" && kind !== "barrier");
  for (const operation of operations.slice(0, end)) layout.add(operation);
  // What ends the circuit stands at its end, so that the moment before it can be looked at.
  layout.raiseFloor();
  for (const operation of operations.slice(end)) layout.add(operation);
  return layout.columns;
}

export function itemOf(
  operation: Exclude<Operation, { kind: "if" | "while" | "repeat" | "switch" }>,
): Item {
  switch (operation.kind) {
    case "gate": {
      const { name, qubits, controls = [], parameters, power = 1 } = operation;
      return { kind: "gate", name, qubits, controls, angles: parameters, power };
    }
    case "measure":
    case "reset":
    case "barrier":
    case "noise":
      return operation;
    case "assign":
      throw new CircuitError(
        "the playground cannot draw a bit that is set without a measurement: run this source over the API",
      );
    default:
      return { kind: "box", operation };
  }
}

class Layout {
  readonly columns: Column[] = [];
  readonly #wires: number;
  /** The first column that each wire, and each bit, has free. */
  #free: number[];
  #freeBits = new Map<number, number>();
  /** Nothing goes before the last block. */
  #floor = 0;

  constructor(wires: number) {
    this.#wires = wires;
    this.#free = Array.from({ length: wires }, () => 0);
  }

  add(operation: Operation): void {
    switch (operation.kind) {
      case "if": {
        const { condition, whenTrue, whenFalse } = operation;
        this.#bracket({ kind: "begin", head: { kind: "if", condition } });
        this.#inner(whenTrue);
        if (whenFalse.length > 0) {
          this.#bracket({ kind: "else" });
          this.#inner(whenFalse);
        }
        this.#bracket({ kind: "end" });
        return;
      }
      case "while": {
        const { condition, body } = operation;
        this.#bracket({ kind: "begin", head: { kind: "while", condition } });
        this.#inner(body);
        this.#bracket({ kind: "end" });
        return;
      }
      case "repeat": {
        const { count, body } = operation;
        this.#bracket({ kind: "begin", head: { kind: "repeat", count } });
        this.#inner(body);
        this.#bracket({ kind: "end" });
        return;
      }
      case "switch":
        for (const each of ifsOf(operation)) this.add(each);
        return;
      default:
        this.#place(itemOf(operation));
    }
  }

  /** Nothing more goes into the columns so far. */
  raiseFloor(): void {
    this.#floor = this.columns.length;
  }

  #inner(operations: readonly Operation[]): void {
    for (const operation of operations) this.add(operation);
  }

  #bracket(column: Column): void {
    this.columns.push(column);
    this.raiseFloor();
  }

  #place(item: Item): void {
    const [low, high] = spanOf(item, this.#wires);
    let at = this.#floor;
    for (let wire = low; wire <= high; wire++) at = Math.max(at, this.#free[wire] ?? 0);
    const bits = bitsOf(item);
    for (const bit of bits) at = Math.max(at, this.#freeBits.get(bit) ?? 0);
    const before = this.columns[at];
    if (before === undefined) this.columns[at] = { kind: "items", items: [item] };
    else if (before.kind === "items") {
      this.columns[at] = { kind: "items", items: sorted([...before.items, item], this.#wires) };
    } else throw new Error("a bracket lies behind the floor");
    for (let wire = low; wire <= high; wire++) this.#free[wire] = at + 1;
    for (const bit of bits) this.#freeBits.set(bit, at + 1);
  }
}

function bitsOf(item: Item): readonly number[] {
  return item.kind === "measure" ? [item.bit] : [];
}

/** A switch as the ifs that it stands for, which is what blocks can show. */
function ifsOf({
  bits,
  cases,
  otherwise,
}: Extract<Operation, { kind: "switch" }>): readonly Operation[] {
  return cases.reduceRight<readonly Operation[]>((whenFalse, { values, body }) => {
    const of = values.map((value) => ({ kind: "compare", bits, operator: "==", value }) as const);
    const condition = of.length === 1 ? of[0]! : ({ kind: "any", of } as const);
    return [{ kind: "if", condition, whenTrue: body, whenFalse }];
  }, otherwise);
}

export function sorted(items: readonly Item[], wires: number): readonly Item[] {
  return items.toSorted((a, b) => spanOf(a, wires)[0] - spanOf(b, wires)[0]);
}

/** Whether the items of one column leave each other's stretch alone. */
export function areApart(items: readonly Item[], wires: number): boolean {
  let next = 0;
  for (const item of sorted(items, wires)) {
    const [low, high] = spanOf(item, wires);
    if (low < next || wiresOf(item).some((wire) => wire < 0 || wire >= wires)) return false;
    next = high + 1;
  }
  return true;
}
