/**
 * Dense gates. An input is a vector or a reordering of its lanes, so that qubits within a vector cost
 * the same multiplications as others; factors are whole vectors, whose lanes differ where a control
 * lies within the vector.
 */
import {
  countAt, fixedAt, highsAt, imaginaryAt, lanesAt, madd, maskAt, next, nmadd, offsetsAt, realAt,
  reorder, scratchAt, swizzlesAt, tableAt,
} from "./lanes";

/** One qubit between vectors. */
@inline
export function dense1High<T>(op: usize, base: u32): void {
  const real = <usize>load<u32>(op, realAt);
  const imaginary = <usize>load<u32>(op, imaginaryAt);
  const table = <usize>load<u32>(op, tableAt);
  const stride = <usize>load<u32>(<usize>load<u32>(op, offsetsAt), 4);
  const mask = load<u32>(op, maskAt);
  const fixed = load<u32>(op, fixedAt) | base;
  const count = load<u32>(op, countAt);
  const ar = v128.load(table), ai = v128.load(table, 16);
  const br = v128.load(table, 32), bi = v128.load(table, 48);
  const cr = v128.load(table, 64), ci = v128.load(table, 80);
  const dr = v128.load(table, 96), di = v128.load(table, 112);
  let index: u32 = 0;
  for (let done: u32 = 0; done < count; done++) {
    const re = real + <usize>(index | fixed);
    const im = imaginary + <usize>(index | fixed);
    const xr = v128.load(re), xi = v128.load(im);
    const yr = v128.load(re + stride), yi = v128.load(im + stride);
    v128.store(re, nmadd<T>(bi, yi, madd<T>(br, yr, nmadd<T>(ai, xi, v128.mul<T>(ar, xr)))));
    v128.store(im, madd<T>(bi, yr, madd<T>(br, yi, madd<T>(ai, xr, v128.mul<T>(ar, xi)))));
    v128.store(re + stride, nmadd<T>(di, yi, madd<T>(dr, yr, nmadd<T>(ci, xi, v128.mul<T>(cr, xr)))));
    v128.store(im + stride, madd<T>(di, yr, madd<T>(dr, yi, madd<T>(ci, xr, v128.mul<T>(cr, xi)))));
    index = next(index, mask);
  }
}

/** One qubit within vectors. */
@inline
export function dense1Lane<T>(op: usize, base: u32): void {
  const real = <usize>load<u32>(op, realAt);
  const imaginary = <usize>load<u32>(op, imaginaryAt);
  const table = <usize>load<u32>(op, tableAt);
  const swap = v128.load(<usize>load<u32>(op, swizzlesAt), 16);
  const mask = load<u32>(op, maskAt);
  const fixed = load<u32>(op, fixedAt) | base;
  const count = load<u32>(op, countAt);
  const ar = v128.load(table), ai = v128.load(table, 16);
  const br = v128.load(table, 32), bi = v128.load(table, 48);
  let index: u32 = 0;
  for (let done: u32 = 0; done < count; done++) {
    const re = real + <usize>(index | fixed);
    const im = imaginary + <usize>(index | fixed);
    const xr = v128.load(re), xi = v128.load(im);
    const yr = reorder(xr, swap), yi = reorder(xi, swap);
    v128.store(re, nmadd<T>(bi, yi, madd<T>(br, yr, nmadd<T>(ai, xi, v128.mul<T>(ar, xr)))));
    v128.store(im, madd<T>(bi, yr, madd<T>(br, yi, madd<T>(ai, xr, v128.mul<T>(ar, xi)))));
    index = next(index, mask);
  }
}

/** One row of a matrix of four columns, times four inputs. */
@inline
function row4<T>(
  row: usize, ar: v128, ai: v128, br: v128, bi: v128, cr: v128, ci: v128, dr: v128, di: v128,
  toReal: usize, toImaginary: usize,
): void {
  let fr = v128.load(row), fi = v128.load(row, 16);
  let re = nmadd<T>(fi, ai, v128.mul<T>(fr, ar));
  let im = madd<T>(fi, ar, v128.mul<T>(fr, ai));
  fr = v128.load(row, 32); fi = v128.load(row, 48);
  re = nmadd<T>(fi, bi, madd<T>(fr, br, re));
  im = madd<T>(fi, br, madd<T>(fr, bi, im));
  fr = v128.load(row, 64); fi = v128.load(row, 80);
  re = nmadd<T>(fi, ci, madd<T>(fr, cr, re));
  im = madd<T>(fi, cr, madd<T>(fr, ci, im));
  fr = v128.load(row, 96); fi = v128.load(row, 112);
  v128.store(toReal, nmadd<T>(fi, di, madd<T>(fr, dr, re)));
  v128.store(toImaginary, madd<T>(fi, dr, madd<T>(fr, di, im)));
}

/** Two qubits, both between vectors. */
@inline
export function dense2High<T>(op: usize, base: u32): void {
  const real = <usize>load<u32>(op, realAt);
  const imaginary = <usize>load<u32>(op, imaginaryAt);
  const table = <usize>load<u32>(op, tableAt);
  const offsets = <usize>load<u32>(op, offsetsAt);
  const one = <usize>load<u32>(offsets, 4);
  const two = <usize>load<u32>(offsets, 8);
  const three = one + two;
  const mask = load<u32>(op, maskAt);
  const fixed = load<u32>(op, fixedAt) | base;
  const count = load<u32>(op, countAt);
  let index: u32 = 0;
  for (let done: u32 = 0; done < count; done++) {
    const re = real + <usize>(index | fixed);
    const im = imaginary + <usize>(index | fixed);
    const ar = v128.load(re), ai = v128.load(im);
    const br = v128.load(re + one), bi = v128.load(im + one);
    const cr = v128.load(re + two), ci = v128.load(im + two);
    const dr = v128.load(re + three), di = v128.load(im + three);
    row4<T>(table, ar, ai, br, bi, cr, ci, dr, di, re, im);
    row4<T>(table + 128, ar, ai, br, bi, cr, ci, dr, di, re + one, im + one);
    row4<T>(table + 256, ar, ai, br, bi, cr, ci, dr, di, re + two, im + two);
    row4<T>(table + 384, ar, ai, br, bi, cr, ci, dr, di, re + three, im + three);
    index = next(index, mask);
  }
}

/** Two qubits, the lower within vectors. Inputs: low and low reordered, high and high reordered. */
@inline
export function dense2Mixed<T>(op: usize, base: u32): void {
  const real = <usize>load<u32>(op, realAt);
  const imaginary = <usize>load<u32>(op, imaginaryAt);
  const table = <usize>load<u32>(op, tableAt);
  const stride = <usize>load<u32>(<usize>load<u32>(op, offsetsAt), 4);
  const swap = v128.load(<usize>load<u32>(op, swizzlesAt), 16);
  const mask = load<u32>(op, maskAt);
  const fixed = load<u32>(op, fixedAt) | base;
  const count = load<u32>(op, countAt);
  let index: u32 = 0;
  for (let done: u32 = 0; done < count; done++) {
    const re = real + <usize>(index | fixed);
    const im = imaginary + <usize>(index | fixed);
    const ar = v128.load(re), ai = v128.load(im);
    const cr = v128.load(re + stride), ci = v128.load(im + stride);
    const br = reorder(ar, swap), bi = reorder(ai, swap);
    const dr = reorder(cr, swap), di = reorder(ci, swap);
    row4<T>(table, ar, ai, br, bi, cr, ci, dr, di, re, im);
    row4<T>(table + 128, ar, ai, br, bi, cr, ci, dr, di, re + stride, im + stride);
    index = next(index, mask);
  }
}

/** Any number of qubits: the inputs are laid out in scratch memory first. */
@inline
export function denseMany<T>(op: usize, base: u32, part: u32): void {
  const real = <usize>load<u32>(op, realAt);
  const imaginary = <usize>load<u32>(op, imaginaryAt);
  const table = <usize>load<u32>(op, tableAt);
  const offsets = <usize>load<u32>(op, offsetsAt);
  const swizzles = <usize>load<u32>(op, swizzlesAt);
  const highs: u32 = 1 << load<u32>(op, highsAt);
  const lanes: u32 = 1 << load<u32>(op, lanesAt);
  const inputs = <usize>load<u32>(op, scratchAt) + ((<usize>part) << 10);
  const columns = <usize>(highs * lanes);
  const end = inputs + (columns << 5);
  const mask = load<u32>(op, maskAt);
  const fixed = load<u32>(op, fixedAt) | base;
  const count = load<u32>(op, countAt);
  let index: u32 = 0;
  for (let done: u32 = 0; done < count; done++) {
    const re = real + <usize>(index | fixed);
    const im = imaginary + <usize>(index | fixed);
    let input = inputs;
    for (let high: u32 = 0; high < highs; high++) {
      const offset = <usize>load<u32>(offsets + ((<usize>high) << 2));
      const xr = v128.load(re + offset), xi = v128.load(im + offset);
      for (let lane: u32 = 0; lane < lanes; lane++, input += 32) {
        const places = v128.load(swizzles + ((<usize>lane) << 4));
        v128.store(input, reorder(xr, places));
        v128.store(input, reorder(xi, places), 16);
      }
    }
    let row = table;
    for (let high: u32 = 0; high < highs; high++) {
      let sumRe = v128.splat<T>(<T>0), sumIm = v128.splat<T>(<T>0);
      for (input = inputs; input < end; input += 32, row += 32) {
        const fr = v128.load(row), fi = v128.load(row, 16);
        const xr = v128.load(input), xi = v128.load(input, 16);
        sumRe = nmadd<T>(fi, xi, madd<T>(fr, xr, sumRe));
        sumIm = madd<T>(fi, xr, madd<T>(fr, xi, sumIm));
      }
      const offset = <usize>load<u32>(offsets + ((<usize>high) << 2));
      v128.store(re + offset, sumRe);
      v128.store(im + offset, sumIm);
    }
    index = next(index, mask);
  }
}
