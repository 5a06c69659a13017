/**
 * Primitives gathered into fewer passes over the state: gates on the same one or two qubits become one
 * matrix where that costs less, runs of diagonals one diagonal, runs of permutations one permutation.
 */
import { classified, type Primitive } from "./primitive.ts";
import { smallProduct } from "./small-product.ts";
import { composeDiagonals, composePermutations } from "./compose.ts";

export interface FusionLimits {
  /** Qubits of a fused matrix, 1 or 2: from there on a pass costs more arithmetic than memory. */
  readonly dense: number;
  /** The table of 2^n factors stays in the first-level cache. */
  readonly diagonal: number;
  readonly permutation: number;
}

export const fusionLimits: FusionLimits = { dense: 2, diagonal: 10, permutation: 6 };

/** Primitives that are carried out together, at the place of the first one in the order of blocks. */
interface Block {
  readonly order: number;
  members: Primitive[];
  qubits: Set<number>;
  kind: Primitive["kind"];
}

export function fuse(
  primitives: readonly Primitive[],
  limits: FusionLimits = fusionLimits,
): readonly Primitive[] {
  const fusion = new Fusion(limits);
  for (const primitive of primitives) fusion.add(primitive);
  return fusion.steps();
}

class Fusion {
  readonly #limits: FusionLimits;
  readonly #blocks: Block[] = [];
  /** The latest block on each qubit. */
  readonly #last = new Map<number, Block>();
  /** The order of the latest block on each qubit that is no diagonal. */
  readonly #lastMixed = new Map<number, number>();
  #openDiagonal: Block | null = null;

  constructor(limits: FusionLimits) {
    this.#limits = limits;
  }

  add(primitive: Primitive): void {
    const qubits = qubitsOf(primitive);
    const host = this.#hostOf(primitive, qubits) ?? this.#newBlock(primitive.kind);
    this.#absorbLone(host, qubits);
    host.kind = host.members.length === 0 ? primitive.kind : kindOf(host.kind, primitive.kind);
    host.members.push(primitive);
    for (const qubit of qubits) {
      host.qubits.add(qubit);
      const last = this.#last.get(qubit);
      // A diagonal may have joined a block before others that it commutes with.
      if (last === undefined || last.order < host.order) this.#last.set(qubit, host);
    }
    if (host.kind === "diagonal") return;
    for (const qubit of host.qubits) {
      const last = this.#lastMixed.get(qubit) ?? -1;
      this.#lastMixed.set(qubit, Math.max(last, host.order));
    }
  }

  steps(): readonly Primitive[] {
    return this.#blocks.flatMap((block) => stepsOf(block, this.#limits));
  }

  /** A block that may take the primitive: everything on its qubits so far comes before or is in it. */
  #hostOf(primitive: Primitive, qubits: readonly number[]): Block | null {
    const latest = this.#latestOn(qubits);
    if (latest !== null && this.#fits(latest, primitive.kind, qubits)) return latest;
    const open = this.#openDiagonal;
    const joins =
      open !== null &&
      primitive.kind === "diagonal" &&
      open.kind === "diagonal" &&
      this.#fits(open, "diagonal", qubits) &&
      qubits.every((qubit) => this.#isDiagonalSince(open, qubit));
    return joins ? open : null;
  }

  #latestOn(qubits: readonly number[]): Block | null {
    let latest: Block | null = null;
    for (const qubit of qubits) {
      const last = this.#last.get(qubit);
      if (last !== undefined && (latest === null || last.order > latest.order)) latest = last;
    }
    return latest;
  }

  #fits(block: Block, kind: Primitive["kind"], qubits: readonly number[]): boolean {
    const union = new Set([...block.qubits, ...qubits]).size;
    return union <= this.#limits[kindOf(block.kind, kind)];
  }

  /** Whether nothing but diagonals has come to the qubit after the block was begun. */
  #isDiagonalSince(block: Block, qubit: number): boolean {
    return (this.#lastMixed.get(qubit) ?? -1) <= block.order;
  }

  #newBlock(kind: Primitive["kind"]): Block {
    const block: Block = { order: this.#blocks.length, members: [], qubits: new Set(), kind };
    this.#blocks.push(block);
    if (kind === "diagonal") this.#openDiagonal = block;
    return block;
  }

  /** Gates on one qubit that nothing followed yet move into a block of small matrices. */
  #absorbLone(host: Block, qubits: readonly number[]): void {
    if (new Set([...host.qubits, ...qubits]).size > this.#limits.dense) return;
    for (const qubit of qubits) {
      const lone = this.#last.get(qubit);
      if (lone === undefined || lone === host || lone.qubits.size > 1) continue;
      host.kind = host.members.length === 0 ? lone.kind : kindOf(host.kind, lone.kind);
      host.members = [...lone.members, ...host.members];
      host.qubits.add(qubit);
      lone.members = [];
      lone.qubits = new Set();
    }
  }
}

function qubitsOf({ qubits, controls }: Primitive): readonly number[] {
  return [...qubits, ...controls.map(({ qubit }) => qubit)];
}

function kindOf(first: Primitive["kind"], second: Primitive["kind"]): Primitive["kind"] {
  return first === second ? first : "dense";
}

function stepsOf({ members, qubits, kind }: Block, limits: FusionLimits): readonly Primitive[] {
  if (members.length <= 1) return members;
  const places = [...qubits].toSorted((a, b) => a - b);
  if (kind === "diagonal") return [composeDiagonals(members, places)];
  if (kind === "permutation") return [composePermutations(members, places)];
  if (places.length === 1) return [classified(smallProduct(members, places), places, [])];
  const parts = fuse(members, { ...limits, dense: 1, diagonal: 2, permutation: 2 });
  const whole = classified(smallProduct(members, places), places, []);
  return costOf([whole]) <= costOf(parts) ? [whole] : parts;
}

/** Multiply-adds of an amplitude, and as much again as going through the memory takes. */
function costOf(steps: readonly Primitive[]): number {
  const passCost = 2;
  return steps.reduce((sum, { kind, qubits, controls }) => {
    const share = 2 ** -controls.length;
    if (kind === "dense") return sum + passCost + 4 * 2 ** qubits.length * share;
    return sum + (passCost + (kind === "diagonal" ? 2 : 0)) * share;
  }, 0);
}
