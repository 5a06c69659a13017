/** Single-qubit gates, each the matrix of Nielsen and Chuang, section 4.2. */
import type { Matrix2 } from "./state-vector.ts";

const half = Math.SQRT1_2;

export const pauliX: Matrix2 = [0, 0, 1, 0, 1, 0, 0, 0];
export const pauliY: Matrix2 = [0, 0, 0, -1, 0, 1, 0, 0];
export const pauliZ: Matrix2 = [1, 0, 0, 0, 0, 0, -1, 0];
export const hadamard: Matrix2 = [half, 0, half, 0, half, 0, -half, 0];

/** diag(1, e^(i angle)). */
export function phase(angle: number): Matrix2 {
  return [1, 0, 0, 0, 0, 0, Math.cos(angle), Math.sin(angle)];
}

/** Rotation by `angle` about the X axis of the Bloch sphere. */
export function rotationX(angle: number): Matrix2 {
  const cosine = Math.cos(angle / 2);
  const sine = Math.sin(angle / 2);
  return [cosine, 0, 0, -sine, 0, -sine, cosine, 0];
}
