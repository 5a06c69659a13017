/**
 * Matrix products over flat row-major arrays. Whatever computes them - plain loops here, SIMD or a
 * GPU elsewhere - stands behind `MatrixKernels`.
 */

/** Single precision for work, double precision for checks. */
export type FloatArray = Float32Array | Float64Array;

/** Each product overwrites `out` with what its name says. */
export interface MatrixKernels {
  /** out[rows x columns] = a[rows x inner] b[inner x columns] */
  multiply(a: FloatArray, b: FloatArray, out: FloatArray, shape: ProductShape): void;
  /** out[inner x columns] = transposed a[rows x inner] times b[rows x columns] */
  multiplyLeftTransposed(a: FloatArray, b: FloatArray, out: FloatArray, shape: ProductShape): void;
  /** out[rows x inner] = a[rows x columns] times transposed b[inner x columns] */
  multiplyRightTransposed(a: FloatArray, b: FloatArray, out: FloatArray, shape: ProductShape): void;
}

export interface ProductShape {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
}

/**
 * Loops in an order that walks every array forwards. Zeros of `a` are skipped, which changes
 * nothing for finite values and spares four fifths of the work on images of digits.
 */
export const plainKernels: MatrixKernels = {
  multiply(a, b, out, { rows, inner, columns }) {
    out.fill(0, 0, rows * columns);
    for (let row = 0; row < rows; row++) {
      const target = row * columns;
      for (let step = 0; step < inner; step++) {
        const factor = a[row * inner + step]!;
        if (factor === 0) continue;
        const source = step * columns;
        for (let column = 0; column < columns; column++) {
          out[target + column]! += factor * b[source + column]!;
        }
      }
    }
  },

  multiplyLeftTransposed(a, b, out, { rows, inner, columns }) {
    out.fill(0, 0, inner * columns);
    for (let row = 0; row < rows; row++) {
      const source = row * columns;
      for (let step = 0; step < inner; step++) {
        const factor = a[row * inner + step]!;
        if (factor === 0) continue;
        const target = step * columns;
        for (let column = 0; column < columns; column++) {
          out[target + column]! += factor * b[source + column]!;
        }
      }
    }
  },

  multiplyRightTransposed(a, b, out, { rows, inner, columns }) {
    for (let row = 0; row < rows; row++) {
      for (let step = 0; step < inner; step++) {
        let sum = 0;
        for (let column = 0; column < columns; column++) {
          sum += a[row * columns + column]! * b[step * columns + column]!;
        }
        out[row * inner + step] = sum;
      }
    }
  },
};
