/**
 * The kernels' entry. A program is a list of sweeps; a sweep takes the state block by block, small
 * enough for the cache, and applies all its operations to each. Blocks are shared out among threads,
 * which meet after each sweep. Every kernel is exported, which keeps the compiler from melting them
 * into one function: the engine optimises a function from its second call on.
 */
import { dense1High, dense1Lane, dense2High, dense2Mixed, denseMany } from "./dense";
import { next, opcodeAt, skipMaskAt, skipValueAt } from "./lanes";
import { diagonal, permutation } from "./sparse";
import { pairSums, squares, sumSquares } from "./sums";

export function dense1High64(op: usize, base: u32): void { dense1High<f64>(op, base); }
export function dense1High32(op: usize, base: u32): void { dense1High<f32>(op, base); }
export function dense1Lane64(op: usize, base: u32): void { dense1Lane<f64>(op, base); }
export function dense1Lane32(op: usize, base: u32): void { dense1Lane<f32>(op, base); }
export function dense2High64(op: usize, base: u32): void { dense2High<f64>(op, base); }
export function dense2High32(op: usize, base: u32): void { dense2High<f32>(op, base); }
export function dense2Mixed64(op: usize, base: u32): void { dense2Mixed<f64>(op, base); }
export function dense2Mixed32(op: usize, base: u32): void { dense2Mixed<f32>(op, base); }
export function denseMany64(op: usize, base: u32, part: u32): void { denseMany<f64>(op, base, part); }
export function denseMany32(op: usize, base: u32, part: u32): void { denseMany<f32>(op, base, part); }
export function diagonal64(op: usize, base: u32): void { diagonal<f64>(op, base); }
export function diagonal32(op: usize, base: u32): void { diagonal<f32>(op, base); }
export function permuteVectors(op: usize, base: u32): void { permutation<v128>(op, base); }
export function permute64(op: usize, base: u32): void { permutation<u64>(op, base); }
export function permute32(op: usize, base: u32): void { permutation<u32>(op, base); }

export function sumSquares64(r: usize, i: usize, w: usize, mask: u32, fixed: u32, n: u32): f64 {
  return sumSquares<f64>(r, i, w, mask, fixed, n);
}
export function sumSquares32(r: usize, i: usize, w: usize, mask: u32, fixed: u32, n: u32): f64 {
  return sumSquares<f32>(r, i, w, mask, fixed, n);
}
export function squares64(r: usize, i: usize, to: usize, n: u32): void { squares<f64>(r, i, to, n); }
export function squares32(r: usize, i: usize, to: usize, n: u32): void { squares<f32>(r, i, to, n); }
export function pairSums64(
  r: usize, i: usize, w: usize, stride: usize, mask: u32, n: u32, to: usize,
): void {
  pairSums<f64>(r, i, w, stride, mask, n, to);
}
export function pairSums32(
  r: usize, i: usize, w: usize, stride: usize, mask: u32, n: u32, to: usize,
): void {
  pairSums<f32>(r, i, w, stride, mask, n, to);
}

function perform(op: usize, base: u32, part: u32): void {
  switch (load<u32>(op, opcodeAt)) {
    case 0: dense1High64(op, base); break;
    case 1: dense1High32(op, base); break;
    case 2: dense1Lane64(op, base); break;
    case 3: dense1Lane32(op, base); break;
    case 4: dense2High64(op, base); break;
    case 5: dense2High32(op, base); break;
    case 6: dense2Mixed64(op, base); break;
    case 7: dense2Mixed32(op, base); break;
    case 8: denseMany64(op, base, part); break;
    case 9: denseMany32(op, base, part); break;
    case 10: diagonal64(op, base); break;
    case 11: diagonal32(op, base); break;
    case 12: permuteVectors(op, base); break;
    case 14: permute64(op, base); break;
    case 15: permute32(op, base); break;
    default: unreachable();
  }
}

/** The bits of a number, put one by one where the mask has zeros. */
function deposit(value: u32, mask: u32): u32 {
  let index: u32 = 0;
  for (let places = ~mask; value != 0 && places != 0; places &= places - 1, value >>= 1) {
    if ((value & 1) != 0) index |= places & (0 - places);
  }
  return index;
}

/** All operations on one block. */
export function block(ops: usize, count: u32, base: u32, part: u32): void {
  for (let at: u32 = 0; at < count; at++) {
    const op = ops + ((<usize>at) << 6);
    if ((base & load<u32>(op, skipMaskAt)) == load<u32>(op, skipValueAt)) perform(op, base, part);
  }
}

/** How often a thread looks before it sleeps: about 20 microseconds. */
const looksMax: u32 = 10_000;

/** Waits until all parts are here. At `barrier`: how many are, and how often all have been. */
function meet(barrier: usize, parts: u32): void {
  const turn = atomic.load<u32>(barrier, 4);
  if (atomic.add<u32>(barrier, 1) == parts - 1) {
    atomic.store<u32>(barrier, 0);
    atomic.add<u32>(barrier, 1, 4);
    atomic.notify(barrier + 4, -1);
    return;
  }
  for (let looks: u32 = 0; looks < looksMax; looks++) {
    if (atomic.load<u32>(barrier, 4) != turn) return;
  }
  while (atomic.load<u32>(barrier, 4) == turn) atomic.wait<i32>(barrier + 4, <i32>turn, -1);
}

/**
 * One thread's part of a program: sweeps of operations, their count, the mask and number of blocks.
 * Nothing is read after the last meeting: the memory may belong to the next program by then.
 */
export function run(program: usize, part: u32, parts: u32, barrier: usize): void {
  let count = load<u32>(program);
  for (let sweep = program; count != 0; sweep += 16) {
    const ops = <usize>load<u32>(sweep, 4);
    const mask = load<u32>(sweep, 8);
    const blocks = load<u32>(sweep, 12);
    const end = <u32>(((<u64>blocks) * (part + 1)) / parts);
    let at = <u32>(((<u64>blocks) * part) / parts);
    let base = deposit(at, mask);
    for (; at < end; at++) {
      block(ops, count, base, part);
      base = next(base, mask);
    }
    count = load<u32>(sweep, 16);
    if (parts > 1) meet(barrier, parts);
  }
}

/** A helper thread's life: waits at `control` for the next program, until the thread is ended. */
export function serve(control: usize, part: u32, parts: u32): void {
  let turn: u32 = 0;
  for (;;) {
    for (let looks: u32 = 0; looks < looksMax; looks++) {
      if (atomic.load<u32>(control, 8) != turn) break;
    }
    while (atomic.load<u32>(control, 8) == turn) atomic.wait<i32>(control + 8, <i32>turn, -1);
    turn = atomic.load<u32>(control, 8);
    run(<usize>atomic.load<u32>(control, 12), part, parts, control);
  }
}
