/**
 * Cache blocking: steps that mix amplitudes of few high qubits are gathered into sweeps, each of which
 * takes the state block by block and does all its steps to a block while that is in the cache.
 */
import { type KernelStep, laneQubits, type Precision } from "./kernel-step.ts";

export interface Sweep {
  readonly steps: readonly KernelStep[];
  /** Bit q is set when a block holds both values of qubit q; the others tell blocks apart. */
  readonly inside: number;
}

interface Blocking {
  /** log2 of the amplitudes of a block. */
  readonly blockQubits: number;
  /** How many of a block's qubits may be any; the others are the lowest. */
  readonly anyQubits: number;
}

/** 512 KiB in both precisions, a quarter of the second-level cache measured on. */
const blockings: Readonly<Record<Precision, Blocking>> = {
  f64: { blockQubits: 15, anyQubits: 3 },
  f32: { blockQubits: 16, anyQubits: 3 },
};

/**
 * Steps may change places when they share no qubit. `parts` threads want at least as many blocks.
 */
export function sweepsOf(
  steps: readonly KernelStep[],
  qubits: number,
  precision: Precision,
  parts: number,
): readonly Sweep[] {
  const { blockQubits, anyQubits } = blockings[precision];
  const inside = Math.max(
    laneQubits(precision),
    Math.min(blockQubits, qubits - Math.ceil(Math.log2(parts))),
  );
  const low = Math.min(qubits, Math.max(laneQubits(precision), inside - anyQubits));
  const sweeps: Sweep[] = [];
  for (let open = steps; open.length > 0;) {
    const { taken, left, block } = takeSweep(open, low, inside);
    sweeps.push({ steps: taken, inside: filled(block, inside, qubits) });
    open = left;
  }
  return sweeps;
}

function takeSweep(steps: readonly KernelStep[], low: number, inside: number) {
  const taken: KernelStep[] = [];
  const left: KernelStep[] = [];
  let block = 2 ** low - 1;
  let blocked = 0;
  for (const step of steps) {
    const needed = block | mixedBy(step);
    // The first step is taken whatever it needs, so that there is an end.
    const fits = taken.length === 0 ? left.length === 0 : bitCount(needed) <= inside;
    if (fits && (blocked & touchedBy(step)) === 0) {
      taken.push(step);
      block = needed;
    } else {
      left.push(step);
      blocked |= touchedBy(step);
    }
  }
  return { taken, left, block };
}

/** A block that has room left takes the lowest qubits that it has not. */
function filled(block: number, inside: number, qubits: number): number {
  let whole = block;
  for (let qubit = 0; qubit < qubits && bitCount(whole) < inside; qubit++) whole |= 1 << qubit;
  return whole;
}

/** Qubits of whose two values the step mixes amplitudes: they must lie in one block. */
function mixedBy(step: KernelStep): number {
  return step.kind === "diagonal" ? 0 : maskOf(step.qubits);
}

function touchedBy({ qubits, controls }: KernelStep): number {
  return maskOf(qubits) | maskOf(controls.map(({ qubit }) => qubit));
}

function maskOf(qubits: readonly number[]): number {
  return qubits.reduce((mask, qubit) => mask | (1 << qubit), 0);
}

export function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
