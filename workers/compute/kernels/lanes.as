/**
 * What the kernels share: vectors of two f64 or four f32, and the operation record that a kernel reads.
 * Amplitudes are planar: all real parts, then all imaginary parts, so that one multiply-add of complex
 * numbers is four of vectors and no shuffle. An index counts bytes within a part.
 */

/** Words of an operation record, 4 bytes each; kernel-program.ts writes them. */
export const opcodeAt: usize = 0;
export const skipMaskAt: usize = 4;
export const skipValueAt: usize = 8;
export const maskAt: usize = 12;
export const fixedAt: usize = 16;
export const countAt: usize = 20;
export const tableAt: usize = 24;
export const offsetsAt: usize = 28;
export const swizzlesAt: usize = 32;
export const highsAt: usize = 36;
export const lanesAt: usize = 40;
export const realAt: usize = 44;
export const imaginaryAt: usize = 48;
export const scratchAt: usize = 52;

/** a * b + c, in one rounding where the processor has it. */
@inline
export function madd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_madd<T>(a, b, c);
  return v128.add<T>(v128.mul<T>(a, b), c);
}

/** c - a * b */
@inline
export function nmadd<T>(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.relaxed_nmadd<T>(a, b, c);
  return v128.sub<T>(c, v128.mul<T>(a, b));
}

/** Bytes of a vector in another order. All places are below 16, where both instructions agree. */
@inline
export function reorder(a: v128, places: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i8x16.relaxed_swizzle(a, places);
  return v128.swizzle(a, places);
}

/** The next number among those whose bits under the mask are zero: the carry runs through the mask. */
@inline
export function next(index: u32, mask: u32): u32 {
  return ((index | mask) + 1) & ~mask;
}
