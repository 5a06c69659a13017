/** Gates that mix nothing: diagonals multiply each amplitude, permutations move them. */
import {
  countAt, fixedAt, highsAt, imaginaryAt, madd, maskAt, next, nmadd, offsetsAt, realAt, tableAt,
} from "./lanes";

/**
 * Each vector times the factor of its place. `offsets` holds three tables, of 1,024 entries each, that
 * turn ten bits of the vector's number into a part of its factor's place in the table.
 */
@inline
export function diagonal<T>(op: usize, base: u32): void {
  const real = <usize>load<u32>(op, realAt);
  const imaginary = <usize>load<u32>(op, imaginaryAt);
  const table = <usize>load<u32>(op, tableAt);
  const places = <usize>load<u32>(op, offsetsAt);
  const mask = load<u32>(op, maskAt);
  const fixed = load<u32>(op, fixedAt) | base;
  const count = load<u32>(op, countAt);
  let index: u32 = 0;
  for (let done: u32 = 0; done < count; done++) {
    const at = index | fixed;
    const place =
      load<u32>(places + <usize>((at >> 2) & 0xffc)) |
      load<u32>(places + <usize>((at >> 12) & 0xffc), 4096) |
      load<u32>(places + <usize>((at >> 22) & 0xffc), 8192);
    const factor = table + <usize>place;
    const fr = v128.load(factor), fi = v128.load(factor, 16);
    const re = real + <usize>at;
    const im = imaginary + <usize>at;
    const xr = v128.load(re), xi = v128.load(im);
    v128.store(re, nmadd<T>(fi, xi, v128.mul<T>(fr, xr)));
    v128.store(im, madd<T>(fi, xr, v128.mul<T>(fr, xi)));
    index = next(index, mask);
  }
}

/** One cycle of places whose contents move on by one, for vectors (v128) or single numbers. */
@inline
function rotate<T>(part: usize, op: usize, base: u32, steps: usize, length: u32): void {
  const mask = load<u32>(op, maskAt);
  const fixed = load<u32>(op, fixedAt) | base;
  const count = load<u32>(op, countAt);
  const end = steps + ((<usize>length) << 2);
  const last = <usize>load<u32>(end - 4);
  let index: u32 = 0;
  for (let done: u32 = 0; done < count; done++) {
    const at = part + <usize>(index | fixed);
    let carried = load<T>(at + last);
    for (let step = steps; step < end; step += 4) {
      const place = at + <usize>load<u32>(step);
      const present = load<T>(place);
      store<T>(place, carried);
      carried = present;
    }
    index = next(index, mask);
  }
}

/** Swaps pairs of vectors or numbers: the cycle of two, which X, CX and SWAP are. */
@inline
function exchange<T>(part: usize, op: usize, base: u32, steps: usize): void {
  const mask = load<u32>(op, maskAt);
  const fixed = load<u32>(op, fixedAt) | base;
  const count = load<u32>(op, countAt);
  const first = part + <usize>load<u32>(steps);
  const second = part + <usize>load<u32>(steps, 4);
  let index: u32 = 0;
  for (let done: u32 = 0; done < count; done++) {
    const at = <usize>(index | fixed);
    const carried = load<T>(first + at);
    store<T>(first + at, load<T>(second + at));
    store<T>(second + at, carried);
    index = next(index, mask);
  }
}

/** `table` holds cycles: a length, then so many places. `highs` tells how many cycles there are. */
@inline
export function permutation<T>(op: usize, base: u32): void {
  const real = <usize>load<u32>(op, realAt);
  const imaginary = <usize>load<u32>(op, imaginaryAt);
  const cycles = load<u32>(op, highsAt);
  let at = <usize>load<u32>(op, tableAt);
  for (let cycle: u32 = 0; cycle < cycles; cycle++) {
    const length = load<u32>(at);
    if (length == 2) {
      exchange<T>(real, op, base, at + 4);
      exchange<T>(imaginary, op, base, at + 4);
    } else {
      rotate<T>(real, op, base, at + 4, length);
      rotate<T>(imaginary, op, base, at + 4, length);
    }
    at += ((<usize>length) << 2) + 4;
  }
}
