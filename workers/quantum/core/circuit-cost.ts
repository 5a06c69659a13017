/** What a circuit costs: its operations, its depth, and the memory of its state. */
import { bodiesOf, type Circuit, type GateOperation, type Operation } from "./circuit.ts";
import { standardGates } from "./gates/standard-gates.ts";
import { definitionDepthMax } from "./limits.ts";
import { CircuitError } from "./primitive.ts";

export interface CircuitCost {
  readonly qubits: number;
  readonly bits: number;
  /** Without barriers and without phases of everything, which take no time. */
  readonly operations: number;
  /** Gates by their name, a `c` for each control (c5x from the fifth on); others by their kind. */
  readonly byName: Readonly<Record<string, number>>;
  /** Unitary operations on two qubits, controls included, and on more. */
  readonly twoQubit: number;
  readonly manyQubit: number;
  /** T, its inverse, and turns of one qubit by other odd multiples of pi / 4. */
  readonly tCount: number;
  /**
   * Moments, every operation as early as its qubits and bits allow. Noise takes none; loops, branches
   * and defined gates hold all of their qubits from their beginning to their end.
   */
  readonly depth: number;
  /** Bytes; null where a number of them is too large to be one. */
  readonly memory: {
    readonly stateVectorFloat64: number | null;
    readonly stateVectorFloat32: number | null;
    readonly densityMatrixFloat64: number | null;
  };
}

interface Tally {
  operations: number;
  twoQubit: number;
  manyQubit: number;
  tCount: number;
  depth: number;
  readonly byName: Map<string, number>;
}

/**
 * Of a loop, its body so many times; of a branch, the one with the most operations; of a loop that
 * measurements end, one turn.
 * @throws CircuitError for a gate that there is not
 */
export function circuitCost(circuit: Circuit): CircuitCost {
  const { operations, twoQubit, manyQubit, tCount, depth, byName } = new Counter(circuit).tally(
    circuit.operations,
  );
  const { qubits, bits } = circuit;
  return {
    qubits,
    bits,
    operations,
    byName: Object.fromEntries([...byName].toSorted(([a], [b]) => (a < b ? -1 : 1))),
    twoQubit,
    manyQubit,
    tCount,
    depth,
    memory: {
      stateVectorFloat64: bytes(16, qubits),
      stateVectorFloat32: bytes(8, qubits),
      densityMatrixFloat64: bytes(16, 2 * qubits),
    },
  };
}

function bytes(ofEach: number, doublings: number): number | null {
  const total = ofEach * 2 ** doublings;
  return Number.isFinite(total) ? total : null;
}

const empty = (): Tally => ({
  operations: 0,
  twoQubit: 0,
  manyQubit: 0,
  tCount: 0,
  depth: 0,
  byName: new Map(),
});

class Counter {
  readonly #circuit: Circuit;
  readonly #definitions: ReadonlyMap<string, Circuit["definitions"][number]>;
  /** Of a definition under so many controls. */
  readonly #known = new Map<string, Tally>();

  constructor(circuit: Circuit) {
    this.#circuit = circuit;
    this.#definitions = new Map(circuit.definitions.map((each) => [each.name, each]));
  }

  /** @param controls that everything is under, beside its own */
  tally(operations: readonly Operation[], controls = 0, nesting = 0): Tally {
    const sum = empty();
    /** The first free moment of each qubit, and of each bit by -1 - its number. */
    const free = new Map<number, number>();
    for (const operation of operations) {
      const own = this.#tallyOf(operation, controls, nesting);
      add(sum, own, 1);
      const lines = this.#linesOf(operation);
      const end = lines.reduce((most, line) => Math.max(most, free.get(line) ?? 0), 0) + own.depth;
      for (const line of lines) free.set(line, end);
      sum.depth = Math.max(sum.depth, end);
    }
    return sum;
  }

  #tallyOf(operation: Operation, controls: number, nesting: number): Tally {
    const inner = (body: readonly Operation[]) => this.tally(body, controls, nesting);
    switch (operation.kind) {
      case "barrier":
        return empty();
      case "noise":
      case "assign":
        return { ...single(operation.kind), depth: 0 };
      case "if":
        return costliest([inner(operation.whenTrue), inner(operation.whenFalse)]);
      case "while":
        return inner(operation.body);
      case "repeat":
        return times(inner(operation.body), operation.count);
      case "switch":
        return costliest([
          inner(operation.otherwise),
          ...operation.cases.map(({ body }) => inner(body)),
        ]);
      case "gate":
        return this.#tallyOfGate(operation, controls, nesting);
      case "global-phase": {
        const all = controls + (operation.controls?.length ?? 0);
        return all === 0 ? empty() : unitary(`${prefix(all)}phase`, all);
      }
      case "unitary":
      case "diagonal":
      case "permutation": {
        const all = controls + (operation.controls?.length ?? 0);
        return unitary(`${prefix(all)}${operation.kind}`, all + operation.qubits.length);
      }
      default:
        return single(operation.kind);
    }
  }

  #tallyOfGate(gate: GateOperation, outer: number, nesting: number): Tally {
    const { name, qubits, power = 1 } = gate;
    const controls = outer + (gate.controls?.length ?? 0);
    if (standardGates.has(name)) {
      const tally = unitary(`${prefix(controls)}${name}`, controls + qubits.length);
      return { ...tally, tCount: controls === 0 && isOddEighth(gate) ? 1 : 0 };
    }
    if (!Number.isInteger(power)) return unitary(name, controls + qubits.length);
    const key = `${controls} ${name}`;
    const known = this.#known.get(key) ?? this.#tallyOfDefinition(name, controls, nesting);
    this.#known.set(key, known);
    return times(known, Math.abs(power));
  }

  #tallyOfDefinition(name: string, controls: number, nesting: number): Tally {
    const definition = this.#definitions.get(name);
    if (definition === undefined) throw new CircuitError(`there is no gate ${name}`);
    if (nesting >= definitionDepthMax) {
      throw new CircuitError(`definitions nest deeper than ${definitionDepthMax}`);
    }
    return this.tally(definition.body, controls, nesting + 1);
  }

  #linesOf(operation: Operation): readonly number[] {
    switch (operation.kind) {
      case "measure":
        return [operation.qubit, -1 - operation.bit];
      case "reset":
        return [operation.qubit];
      case "assign":
        return [-1 - operation.bit];
      case "if":
      case "while":
      case "repeat":
      case "switch": {
        // Which bits a condition reads is left open: all of them.
        const bits = operation.kind === "repeat" ? [] : this.#allBits();
        return [...bits, ...bodiesOf(operation).flatMap((body) => this.#linesOfAll(body))];
      }
      case "global-phase":
        return (operation.controls ?? []).map(({ qubit }) => qubit);
      case "noise":
      case "initialise":
      case "barrier":
        return operation.qubits;
      default:
        return [...operation.qubits, ...(operation.controls ?? []).map(({ qubit }) => qubit)];
    }
  }

  #linesOfAll(operations: readonly Operation[]): readonly number[] {
    return [...new Set(operations.flatMap((operation) => this.#linesOf(operation)))];
  }

  #allBits(): readonly number[] {
    return Array.from({ length: this.#circuit.bits }, (_, bit) => -1 - bit);
  }
}

function prefix(controls: number): string {
  return controls > 4 ? `c${controls}` : "c".repeat(controls);
}

function single(name: string): Tally {
  return { ...empty(), operations: 1, depth: 1, byName: new Map([[name, 1]]) };
}

function unitary(name: string, qubits: number): Tally {
  const [twoQubit, manyQubit] = [qubits === 2 ? 1 : 0, qubits > 2 ? 1 : 0];
  return { ...single(name), twoQubit, manyQubit };
}

function add(sum: Tally, part: Tally, count: number): void {
  sum.operations += count * part.operations;
  sum.twoQubit += count * part.twoQubit;
  sum.manyQubit += count * part.manyQubit;
  sum.tCount += count * part.tCount;
  for (const [name, each] of part.byName) {
    sum.byName.set(name, (sum.byName.get(name) ?? 0) + count * each);
  }
}

function times(tally: Tally, count: number): Tally {
  const product = { ...empty(), depth: count * tally.depth };
  if (count > 0) add(product, tally, count);
  return product;
}

function costliest(tallies: readonly Tally[]): Tally {
  return tallies.reduce((most, each) => (each.operations > most.operations ? each : most));
}

const turns = new Set(["p", "rx", "ry", "rz"]);

function isOddEighth({ name, parameters, power = 1 }: GateOperation): boolean {
  if (power !== 1) return false;
  if (name === "t" || name === "tdg") return true;
  if (!turns.has(name)) return false;
  const eighths = (parameters[0] ?? Number.NaN) / (Math.PI / 4);
  const whole = Math.round(eighths);
  return Math.abs(eighths - whole) < 1e-9 && Math.abs(whole) % 2 === 1;
}
