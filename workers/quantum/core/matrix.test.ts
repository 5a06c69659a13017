import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../cluster/random.ts";
import { eigenOfHermitian } from "./hermitian.ts";
import { Matrix } from "./matrix.ts";

/** A unitary by chance: the Gram-Schmidt basis of random columns. */
export function randomUnitary(size: number, seed: number): Matrix {
  const random = new Random(seed);
  const normal = () => random.exponential(1) * (random.chance(0.5) ? 1 : -1);
  const columns: Float64Array[] = [];
  while (columns.length < size) {
    const column = Float64Array.from({ length: 2 * size }, normal);
    for (const earlier of columns) {
      let re = 0;
      let im = 0;
      for (let at = 0; at < 2 * size; at += 2) {
        re += earlier[at]! * column[at]! + earlier[at + 1]! * column[at + 1]!;
        im += earlier[at]! * column[at + 1]! - earlier[at + 1]! * column[at]!;
      }
      for (let at = 0; at < 2 * size; at += 2) {
        column[at]! -= re * earlier[at]! - im * earlier[at + 1]!;
        column[at + 1]! -= re * earlier[at + 1]! + im * earlier[at]!;
      }
    }
    const norm = Math.hypot(...column);
    if (norm > 1e-3) columns.push(column.map((value) => value / norm));
  }
  const matrix = new Matrix(size);
  for (const [column, values] of columns.entries()) {
    for (let row = 0; row < size; row++) {
      matrix.set(row, column, values[2 * row]!, values[2 * row + 1]!);
    }
  }
  return matrix;
}

const sizes = fc.constantFrom(2, 4, 8, 16);
const seeds = fc.integer({ min: 1, max: 1_000_000 });

describe("powers of a unitary", () => {
  it("add like exponents, and the first is itself", () => {
    fc.assert(
      fc.property(sizes, seeds, fc.double({ min: 0, max: 1, noNaN: true }), (size, seed, share) => {
        const unitary = randomUnitary(size, seed);
        expect(unitary.isUnitary(1e-12)).toBe(true);
        const product = unitary.power(share).multiply(unitary.power(1 - share));
        expect(product.distance(unitary)).toBeLessThan(1e-11);
        expect(unitary.power(share).isUnitary(1e-11)).toBe(true);
        expect(unitary.power(-share).distance(unitary.power(share).adjoint())).toBeLessThan(1e-11);
      }),
      { numRuns: 60 },
    );
  });

  it("are principal: the square root of X, of Z and of SWAP are SX, S and sqrt(SWAP)", () => {
    const half = 0.5;
    const x = Matrix.of([
      [0, 1],
      [1, 0],
    ]);
    const sx = Matrix.of([
      [
        [half, half],
        [half, -half],
      ],
      [
        [half, -half],
        [half, half],
      ],
    ]);
    expect(x.power(0.5).distance(sx)).toBeLessThan(1e-14);
    const z = Matrix.diagonal([
      [1, 0],
      [-1, 0],
    ]);
    expect(
      z.power(0.5).distance(
        Matrix.diagonal([
          [1, 0],
          [0, 1],
        ]),
      ),
    ).toBeLessThan(1e-14);
    const swap = Matrix.of([
      [1, 0, 0, 0],
      [0, 0, 1, 0],
      [0, 1, 0, 0],
      [0, 0, 0, 1],
    ]);
    const root = Matrix.of([
      [1, 0, 0, 0],
      [0, [half, half], [half, -half], 0],
      [0, [half, -half], [half, half], 0],
      [0, 0, 0, 1],
    ]);
    expect(swap.power(0.5).distance(root)).toBeLessThan(1e-14);
  });

  it("of -1/2 undo those of 1/2, also where an eigenvalue is -1", () => {
    const x = Matrix.of([
      [0, 1],
      [1, 0],
    ]);
    for (const share of [0.5, 0.25, 1.5]) {
      const there = x.power(share);
      expect(x.power(-share).multiply(there).distance(Matrix.identity(2))).toBeLessThan(1e-14);
    }
  });

  it("of integer exponents are exact products", () => {
    const cycle = Matrix.of([
      [0, 0, 1],
      [1, 0, 0],
      [0, 1, 0],
    ]);
    expect(cycle.power(3)).toEqual(Matrix.identity(3));
    expect(cycle.power(-1)).toEqual(cycle.multiply(cycle));
    expect(cycle.power(0)).toEqual(Matrix.identity(3));
  });
});

describe("eigenvectors of a Hermitian matrix", () => {
  it("diagonalise it, also where eigenvalues coincide", () => {
    fc.assert(
      fc.property(sizes, seeds, (size, seed) => {
        const basis = randomUnitary(size, seed);
        const random = new Random(seed);
        const values = Array.from({ length: size }, () => [random.below(3), 0] as const);
        const hermitian = basis.multiply(Matrix.diagonal(values)).multiply(basis.adjoint());
        const vectors = eigenOfHermitian(hermitian);
        expect(vectors.isUnitary(1e-12)).toBe(true);
        const diagonal = vectors.adjoint().multiply(hermitian).multiply(vectors);
        for (let row = 0; row < size; row++) {
          for (let column = 0; column < size; column++) {
            if (row === column) continue;
            const off = Math.hypot(diagonal.re(row, column), diagonal.im(row, column));
            expect(off).toBeLessThan(1e-12);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("Matrix", () => {
  it("puts the left factor of a Kronecker product on the higher qubits", () => {
    const x = Matrix.of([
      [0, 1],
      [1, 0],
    ]);
    const product = x.kron(
      Matrix.diagonal([
        [2, 0],
        [3, 0],
      ]),
    );
    expect(product.re(2, 0)).toBe(2);
    expect(product.re(3, 1)).toBe(3);
    expect(product.re(0, 2)).toBe(2);
  });

  it("of two unitaries that differ by a phase overlaps wholly", () => {
    fc.assert(
      fc.property(
        sizes,
        seeds,
        fc.double({ min: -3, max: 3, noNaN: true }),
        (size, seed, angle) => {
          const unitary = randomUnitary(size, seed);
          const turned = unitary.scale(Math.cos(angle), Math.sin(angle));
          expect(unitary.overlap(turned)).toBeCloseTo(1, 12);
          expect(unitary.overlap(randomUnitary(size, seed + 1))).toBeLessThan(1 - 1e-6);
        },
      ),
      { numRuns: 40 },
    );
  });
});
