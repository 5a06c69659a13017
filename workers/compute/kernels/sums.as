/** Sums over all amplitudes: norm, probabilities, Bloch vectors. */
import { madd, next, nmadd, reorder } from "./lanes";

/** A vector's lanes added up in f64. */
@inline
function total<T>(sum: v128): f64 {
  if (sizeof<T>() == 8) return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  return (
    <f64>f32x4.extract_lane(sum, 0) + <f64>f32x4.extract_lane(sum, 1) +
    (<f64>f32x4.extract_lane(sum, 2) + <f64>f32x4.extract_lane(sum, 3))
  );
}

/** Vectors are added up in runs this long before they go into f64, which bounds the rounding of f32. */
const runLength: u32 = 64;

/** The sum of |a|^2 times the weight of its lane, over `count` vectors without bits of the mask. */
@inline
export function sumSquares<T>(
  real: usize, imaginary: usize, weights: usize, mask: u32, fixed: u32, count: u32,
): f64 {
  const weight = v128.load(weights);
  let sum: f64 = 0;
  let index: u32 = 0;
  for (let done: u32 = 0; done < count; done += runLength) {
    const end = min(count - done, runLength);
    let run = v128.splat<T>(<T>0);
    for (let at: u32 = 0; at < end; at++) {
      const xr = v128.load(real + <usize>(index | fixed));
      const xi = v128.load(imaginary + <usize>(index | fixed));
      run = madd<T>(xr, xr, madd<T>(xi, xi, run));
      index = next(index, mask);
    }
    sum += total<T>(v128.mul<T>(run, weight));
  }
  return sum;
}

/** |a|^2 of each amplitude, in the state's own precision. */
@inline
export function squares<T>(real: usize, imaginary: usize, to: usize, bytes: u32): void {
  for (let at: usize = 0; at < <usize>bytes; at += 16) {
    const xr = v128.load(real + at), xi = v128.load(imaginary + at);
    v128.store(to + at, madd<T>(xr, xr, v128.mul<T>(xi, xi)));
  }
}

/**
 * The sums of a0* a1, real and imaginary, and of |a0|^2 - |a1|^2 over pairs that differ in one qubit,
 * put at `to` as f64. A stride of 0 takes the partner from the same vector, reordered.
 */
@inline
export function pairSums<T>(
  real: usize, imaginary: usize, weights: usize, stride: usize, mask: u32, count: u32, to: usize,
): void {
  const weight = v128.load(weights);
  const swap = v128.load(weights, 16);
  let x: f64 = 0, y: f64 = 0, z: f64 = 0;
  let index: u32 = 0;
  for (let done: u32 = 0; done < count; done += runLength) {
    const end = min(count - done, runLength);
    let runX = v128.splat<T>(<T>0), runY = runX, runZ = runX;
    for (let at: u32 = 0; at < end; at++) {
      const re = real + <usize>index, im = imaginary + <usize>index;
      const ar = v128.load(re), ai = v128.load(im);
      const br = stride == 0 ? reorder(ar, swap) : v128.load(re + stride);
      const bi = stride == 0 ? reorder(ai, swap) : v128.load(im + stride);
      runX = madd<T>(ar, br, madd<T>(ai, bi, runX));
      runY = nmadd<T>(ai, br, madd<T>(ar, bi, runY));
      runZ = nmadd<T>(bi, bi, nmadd<T>(br, br, madd<T>(ar, ar, madd<T>(ai, ai, runZ))));
      index = next(index, mask);
    }
    x += total<T>(v128.mul<T>(runX, weight));
    y += total<T>(v128.mul<T>(runY, weight));
    z += total<T>(v128.mul<T>(runZ, weight));
  }
  store<f64>(to, x);
  store<f64>(to, y, 8);
  store<f64>(to, z, 16);
}
