/** Eigenvectors of small Hermitian matrices by Jacobi's rotations (Golub and Van Loan, section 8.5). */
import { Matrix } from "./matrix.ts";

const sweepsMax = 60;

/** A unitary whose columns are eigenvectors. */
export function eigenOfHermitian(hermitian: Matrix): Matrix {
  const { size } = hermitian;
  const matrix = new Matrix(size, hermitian.data.slice());
  const vectors = Matrix.identity(size);
  for (let sweep = 0; sweep < sweepsMax; sweep++) {
    let offDiagonal = 0;
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) {
        const weight = Math.hypot(matrix.re(p, q), matrix.im(p, q));
        offDiagonal = Math.max(offDiagonal, weight);
        if (weight > 1e-18) rotate(matrix, vectors, p, q);
      }
    }
    if (offDiagonal < 1e-15) return vectors;
  }
  throw new Error(`Jacobi's method did not converge within ${sweepsMax} sweeps`);
}

/** Makes element (p, q) zero: first real by a phase, then gone by a rotation. */
function rotate(matrix: Matrix, vectors: Matrix, p: number, q: number): void {
  const weight = Math.hypot(matrix.re(p, q), matrix.im(p, q));
  const phaseRe = matrix.re(p, q) / weight;
  const phaseIm = matrix.im(p, q) / weight;
  const theta = (matrix.re(q, q) - matrix.re(p, p)) / (2 * weight);
  const tangent = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  for (const target of [matrix, vectors]) {
    for (let row = 0; row < target.size; row++) {
      const [pRe, pIm] = [target.re(row, p), target.im(row, p)];
      const [qRe, qIm] = [target.re(row, q), target.im(row, q)];
      // Column q times the conjugate phase meets column p as a real pair would.
      const turnedRe = qRe * phaseRe + qIm * phaseIm;
      const turnedIm = qIm * phaseRe - qRe * phaseIm;
      target.set(row, p, cosine * pRe - sine * turnedRe, cosine * pIm - sine * turnedIm);
      target.set(row, q, sine * pRe + cosine * turnedRe, sine * pIm + cosine * turnedIm);
    }
  }
  for (let column = 0; column < matrix.size; column++) {
    const [pRe, pIm] = [matrix.re(p, column), matrix.im(p, column)];
    const [qRe, qIm] = [matrix.re(q, column), matrix.im(q, column)];
    const turnedRe = qRe * phaseRe - qIm * phaseIm;
    const turnedIm = qIm * phaseRe + qRe * phaseIm;
    matrix.set(p, column, cosine * pRe - sine * turnedRe, cosine * pIm - sine * turnedIm);
    matrix.set(q, column, sine * pRe + cosine * turnedRe, sine * pIm + cosine * turnedIm);
  }
}
