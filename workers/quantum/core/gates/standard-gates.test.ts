import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Matrix } from "../matrix.ts";
import { standardGates } from "./standard-gates.ts";

const gate = (name: string, ...angles: number[]): Matrix => {
  const known = standardGates.get(name);
  if (known === undefined) throw new Error(`no gate ${name}`);
  return known.matrix(...angles);
};

/** Paulis by their definition, so that the exponentials below lean on nothing from the table. */
const pauli = {
  i: Matrix.identity(2),
  x: Matrix.of([
    [0, 1],
    [1, 0],
  ]),
  y: Matrix.of([
    [0, [0, -1]],
    [[0, 1], 0],
  ]),
  z: Matrix.of([
    [1, 0],
    [0, -1],
  ]),
};

/** exp(-i angle H) by its power series. */
function exponential(hermitian: Matrix, angle: number): Matrix {
  let term = Matrix.identity(hermitian.size);
  let sum = term;
  for (let order = 1; order < 60; order++) {
    term = term.multiply(hermitian).scale(0, -angle / order);
    sum = sum.add(term);
  }
  return sum;
}

const angle = fc.double({ min: -2 * Math.PI, max: 2 * Math.PI, noNaN: true });
const close = 1e-11;

describe("the rotations are the exponentials of their generators", () => {
  // Nielsen and Chuang 4.4 to 4.6, and the generators in Qiskit's documentation of each gate; the
  // first qubit is the right factor.
  const generators: Record<string, Matrix> = {
    rx: pauli.x,
    ry: pauli.y,
    rz: pauli.z,
    rxx: pauli.x.kron(pauli.x),
    ryy: pauli.y.kron(pauli.y),
    rzz: pauli.z.kron(pauli.z),
    rzx: pauli.x.kron(pauli.z),
  };
  it.each(Object.entries(generators))("%s", (name, generator) => {
    fc.assert(
      fc.property(angle, (theta) => {
        expect(gate(name, theta).distance(exponential(generator, theta / 2))).toBeLessThan(close);
      }),
    );
  });

  it("xx_plus_yy and xx_minus_yy, turned by beta about Z of the first qubit", () => {
    const plus = generators["rxx"]!.add(generators["ryy"]!).scale(0.5);
    const minus = generators["rxx"]!.add(generators["ryy"]!.scale(-1)).scale(0.5);
    fc.assert(
      fc.property(angle, angle, (theta, beta) => {
        // Qiskit: RZ_0(-beta) exp(-i theta/2 (XX+YY)/2) RZ_0(beta), and with YY and beta negated.
        const turned = (generator: Matrix, by: number) =>
          pauli.i
            .kron(exponential(pauli.z, by / 2))
            .multiply(exponential(generator, theta / 2))
            .multiply(pauli.i.kron(exponential(pauli.z, -by / 2)));
        const [one, other] = [gate("xx_plus_yy", theta, beta), gate("xx_minus_yy", theta, beta)];
        expect(one.distance(turned(plus, -beta))).toBeLessThan(close);
        expect(other.distance(turned(minus, beta))).toBeLessThan(close);
      }),
    );
  });
});

describe("published identities", () => {
  it("S, T and SX are roots of Z, S and X", () => {
    expect(gate("s").multiply(gate("s")).distance(pauli.z)).toBeLessThan(close);
    expect(gate("t").multiply(gate("t")).distance(gate("s"))).toBeLessThan(close);
    expect(gate("sx").multiply(gate("sx")).distance(pauli.x)).toBeLessThan(close);
    expect(gate("sqrtswap").power(2).distance(gate("swap"))).toBeLessThan(close);
  });

  it("H = (X + Z) / sqrt(2), Y = i X Z", () => {
    expect(gate("h").distance(pauli.x.add(pauli.z).scale(Math.SQRT1_2))).toBeLessThan(close);
    expect(gate("y").distance(pauli.x.multiply(pauli.z).scale(0, 1))).toBeLessThan(close);
  });

  it("iSWAP = exp(i pi/4 (XX + YY)), ECR = (IX - XY) / sqrt(2)", () => {
    const generator = pauli.x.kron(pauli.x).add(pauli.y.kron(pauli.y));
    expect(gate("iswap").distance(exponential(generator, -Math.PI / 4))).toBeLessThan(close);
    const ecr = pauli.i.kron(pauli.x).add(pauli.x.kron(pauli.y).scale(-1)).scale(Math.SQRT1_2);
    expect(gate("ecr").distance(ecr)).toBeLessThan(close);
  });

  it("U(theta, phi, lambda) = e^(i (phi + lambda)/2) RZ(phi) RY(theta) RZ(lambda)", () => {
    fc.assert(
      fc.property(angle, angle, angle, (theta, phi, lambda) => {
        const half = (phi + lambda) / 2;
        const product = exponential(pauli.z, phi / 2)
          .multiply(exponential(pauli.y, theta / 2))
          .multiply(exponential(pauli.z, lambda / 2))
          .scale(Math.cos(half), Math.sin(half));
        expect(gate("u", theta, phi, lambda).distance(product)).toBeLessThan(close);
      }),
    );
  });

  it("P(lambda) = e^(i lambda/2) RZ(lambda)", () => {
    fc.assert(
      fc.property(angle, (lambda) => {
        const turned = gate("rz", lambda).scale(Math.cos(lambda / 2), Math.sin(lambda / 2));
        expect(gate("p", lambda).distance(turned)).toBeLessThan(close);
      }),
    );
  });

  it("CX as Qiskit prints it, first qubit the control and least significant", () => {
    // The table holds the targets alone; under one control above them it is Nielsen and Chuang's.
    expect(gate("cx").controlled(1)).toEqual(
      Matrix.of([
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 1],
        [0, 0, 1, 0],
      ]),
    );
  });
});

describe("every gate of the table", () => {
  const someAngles = [0.3, -1.1, 2.7, 0.9];
  it.each([...standardGates.values()].map((entry) => [entry.name, entry] as const))(
    "%s is unitary, of its size, and its inverse undoes it",
    (_, { parameters, targets, matrix, inverse, negates, controls }) => {
      const angles = someAngles.slice(0, parameters.length);
      const unitary = matrix(...angles);
      expect(unitary.size).toBe(2 ** targets);
      expect(unitary.isUnitary(1e-14)).toBe(true);
      const undone = (other: Matrix) =>
        unitary.multiply(other).distance(Matrix.identity(unitary.size));
      if (inverse !== undefined) {
        const other = standardGates.get(inverse);
        expect(other?.controls).toBe(controls);
        expect(undone(other!.matrix(...angles))).toBeLessThan(1e-14);
      }
      if (negates === true) {
        expect(undone(matrix(...angles.map((value) => -value)))).toBeLessThan(1e-14);
      }
    },
  );
});
