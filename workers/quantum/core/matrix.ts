/**
 * Small dense complex matrices: the definition of gates, and the oracle that fast code is checked
 * against. Row-major, real and imaginary part interleaved.
 */
import { eigenOfHermitian } from "./hermitian.ts";

export class Matrix {
  readonly size: number;
  /** 2 * size * size numbers. */
  readonly data: Float64Array;

  constructor(size: number, data: Float64Array = new Float64Array(2 * size * size)) {
    if (data.length !== 2 * size * size) {
      throw new RangeError(`${size} x ${size} complex elements are ${2 * size * size} numbers`);
    }
    this.size = size;
    this.data = data;
  }

  /** Rows of elements, each a real number or a pair of real and imaginary part. */
  static of(rows: readonly (readonly (number | readonly [number, number])[])[]): Matrix {
    const matrix = new Matrix(rows.length);
    for (const [row, elements] of rows.entries()) {
      if (elements.length !== rows.length) throw new RangeError("a gate's matrix is square");
      for (const [column, element] of elements.entries()) {
        if (typeof element === "number") matrix.set(row, column, element, 0);
        else matrix.set(row, column, element[0], element[1]);
      }
    }
    return matrix;
  }

  static identity(size: number): Matrix {
    return Matrix.diagonal(Array.from({ length: size }, () => [1, 0] as const));
  }

  static diagonal(elements: readonly (readonly [number, number])[]): Matrix {
    const matrix = new Matrix(elements.length);
    for (const [at, [re, im]] of elements.entries()) matrix.set(at, at, re, im);
    return matrix;
  }

  re(row: number, column: number): number {
    return this.data[2 * (row * this.size + column)]!;
  }

  im(row: number, column: number): number {
    return this.data[2 * (row * this.size + column) + 1]!;
  }

  set(row: number, column: number, re: number, im: number): void {
    const at = 2 * (row * this.size + column);
    this.data[at] = re;
    this.data[at + 1] = im;
  }

  multiply(right: Matrix): Matrix {
    const { size } = this;
    if (right.size !== size) throw new RangeError(`sizes ${size} and ${right.size} differ`);
    const product = new Matrix(size);
    for (let row = 0; row < size; row++) {
      for (let inner = 0; inner < size; inner++) {
        const re = this.re(row, inner);
        const im = this.im(row, inner);
        if (re === 0 && im === 0) continue;
        for (let column = 0; column < size; column++) {
          const at = 2 * (row * size + column);
          const rightRe = right.re(inner, column);
          const rightIm = right.im(inner, column);
          product.data[at]! += re * rightRe - im * rightIm;
          product.data[at + 1]! += re * rightIm + im * rightRe;
        }
      }
    }
    return product;
  }

  adjoint(): Matrix {
    const adjoint = new Matrix(this.size);
    for (let row = 0; row < this.size; row++) {
      for (let column = 0; column < this.size; column++) {
        adjoint.set(column, row, this.re(row, column), -this.im(row, column));
      }
    }
    return adjoint;
  }

  /** Each element's complex conjugate. */
  conjugate(): Matrix {
    return new Matrix(
      this.size,
      this.data.map((value, at) => (at % 2 === 0 ? value : -value)),
    );
  }

  scale(re: number, im = 0): Matrix {
    const scaled = new Matrix(this.size);
    for (let at = 0; at < this.data.length; at += 2) {
      scaled.data[at] = this.data[at]! * re - this.data[at + 1]! * im;
      scaled.data[at + 1] = this.data[at]! * im + this.data[at + 1]! * re;
    }
    return scaled;
  }

  add(other: Matrix): Matrix {
    return new Matrix(
      this.size,
      this.data.map((value, at) => value + other.data[at]!),
    );
  }

  /** This matrix on the higher qubits, `low` on the lower ones. */
  kron(low: Matrix): Matrix {
    const product = new Matrix(this.size * low.size);
    for (let row = 0; row < product.size; row++) {
      for (let column = 0; column < product.size; column++) {
        const [high, below] = [Math.floor(row / low.size), row % low.size];
        const [highColumn, belowColumn] = [Math.floor(column / low.size), column % low.size];
        const re = this.re(high, highColumn);
        const im = this.im(high, highColumn);
        const lowRe = low.re(below, belowColumn);
        const lowIm = low.im(below, belowColumn);
        product.set(row, column, re * lowRe - im * lowIm, re * lowIm + im * lowRe);
      }
    }
    return product;
  }

  /** Acts only where all of `controls` further qubits, above this matrix's own, are 1. */
  controlled(controls: number): Matrix {
    const size = this.size * 2 ** controls;
    const matrix = Matrix.identity(size);
    const offset = size - this.size;
    for (let row = 0; row < this.size; row++) {
      for (let column = 0; column < this.size; column++) {
        matrix.set(offset + row, offset + column, this.re(row, column), this.im(row, column));
      }
    }
    return matrix;
  }

  /** The largest absolute difference of two elements. */
  distance(other: Matrix): number {
    let largest = 0;
    for (let at = 0; at < this.data.length; at += 2) {
      const re = this.data[at]! - other.data[at]!;
      const im = this.data[at + 1]! - other.data[at + 1]!;
      largest = Math.max(largest, Math.hypot(re, im));
    }
    return largest;
  }

  isUnitary(tolerance = 1e-9): boolean {
    return this.multiply(this.adjoint()).distance(Matrix.identity(this.size)) <= tolerance;
  }

  /** |tr(A^dagger B)| / size: 1 exactly when two unitaries are equal up to a global phase. */
  overlap(other: Matrix): number {
    let re = 0;
    let im = 0;
    for (let at = 0; at < this.data.length; at += 2) {
      const [a, b] = [this.data[at]!, this.data[at + 1]!];
      const [c, d] = [other.data[at]!, other.data[at + 1]!];
      re += a * c + b * d;
      im += a * d - b * c;
    }
    return Math.hypot(re, im) / this.size;
  }

  /**
   * U^exponent of a unitary, by the principal value of each eigenvalue: the phases are taken from
   * (-pi, pi]. Integer exponents are products, which are exact for permutations.
   */
  power(exponent: number): Matrix {
    if (Number.isInteger(exponent)) {
      return exponent < 0 ? this.adjoint().#product(-exponent) : this.#product(exponent);
    }
    const { vectors, phases } = eigenOfUnitary(this);
    const powers = phases.map((phase) => {
      const angle = phase * exponent;
      return [Math.cos(angle), Math.sin(angle)] as const;
    });
    return vectors.multiply(Matrix.diagonal(powers)).multiply(vectors.adjoint());
  }

  #product(exponent: number): Matrix {
    let result = Matrix.identity(this.size);
    let square = this.scale(1);
    for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
      if (rest % 2 === 1) result = result.multiply(square);
      square = square.multiply(square);
    }
    return result;
  }
}

/**
 * Eigenvectors, as columns, and the phases of the eigenvalues. The Hermitian parts A = (U + U^dagger)/2
 * and B = (U - U^dagger)/2i of a normal matrix commute, so the eigenvectors of a general mixture of
 * them are those of U.
 */
function eigenOfUnitary(unitary: Matrix): { vectors: Matrix; phases: readonly number[] } {
  const adjoint = unitary.adjoint();
  const a = unitary.add(adjoint).scale(0.5);
  const b = unitary.add(adjoint.scale(-1)).scale(0, -0.5);
  // Any factor that no ratio of two different eigenvalues' parts hits; an irrational one will do.
  const mixture = a.add(b.scale(Math.SQRT2 - 0.25));
  const vectors = eigenOfHermitian(mixture);
  const diagonal = vectors.adjoint().multiply(unitary).multiply(vectors);
  const phases = Array.from({ length: unitary.size }, (_, at) => {
    const phase = Math.atan2(diagonal.im(at, at), diagonal.re(at, at));
    // -1 is at pi, also where rounding put it just below the real axis.
    return phase < -Math.PI + 1e-12 ? phase + 2 * Math.PI : phase;
  });
  return { vectors, phases };
}
