import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Random } from "../../../cluster/random.ts";
import { closedFormSuccess } from "../grover.ts";
import { Matrix } from "../matrix.ts";
import { exactDistribution } from "../distribution.ts";
import { runShot } from "../run-circuit.ts";
import { expectation } from "../expectation.ts";
import { unitaryOf } from "../sample-circuit.ts";
import { circuitOf, gate } from "../circuit.ts";
import { bellState, ghzState, superdenseCoding, teleportation, wState } from "./entanglement.ts";
import { fourier, inverseFourier, phaseEstimation } from "./fourier.ts";
import { bernsteinVazirani, deutschJozsa, grover, parity, simon } from "./oracles.ts";
import {
  continuedFraction,
  greatestCommonDivisor,
  orderFinding,
  powerModulo,
  readOrder,
} from "./shor.ts";

const exact = 1e-12;
const stateOf = (circuit: Parameters<typeof runShot>[0], draw = () => 0) =>
  runShot(circuit, draw).state;
const key = (value: number, bits: number) => value.toString(2).padStart(bits, "0");

describe("entangled states", () => {
  it.each([
    ["phi+", 1, 1],
    ["phi-", -1, 1],
    ["psi+", 1, -1],
    ["psi-", -1, -1],
  ] as const)("Bell state %s has <XX> = %i and <ZZ> = %i", (kind, xx, zz) => {
    const state = stateOf(bellState(kind));
    expect(expectation(state, [{ paulis: "XX", factor: 1 }])).toBeCloseTo(xx, 12);
    expect(expectation(state, [{ paulis: "ZZ", factor: 1 }])).toBeCloseTo(zz, 12);
  });

  it.each([2, 3, 7, 12])(
    "GHZ and W of %i qubits have the weights of their definitions",
    (qubits) => {
      const ghz = stateOf(ghzState(qubits)).probabilities();
      const w = stateOf(wState(qubits)).probabilities();
      for (let state = 0; state < 2 ** qubits; state++) {
        const ends = state === 0 || state === 2 ** qubits - 1;
        expect(Math.abs(ghz[state]! - (ends ? 0.5 : 0))).toBeLessThan(exact);
        const single = state !== 0 && (state & (state - 1)) === 0;
        expect(Math.abs(w[state]! - (single ? 1 / qubits : 0))).toBeLessThan(exact);
      }
    },
  );

  it("teleportation moves any state, whatever is measured", () => {
    const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
    fc.assert(
      fc.property(
        angle,
        angle,
        angle,
        fc.integer({ min: 1, max: 1e6 }),
        (theta, phi, lambda, seed) => {
          const random = new Random(seed);
          const state = stateOf(teleportation(theta, phi, lambda), () => random.float());
          const original = stateOf(circuitOf(1, [gate("u", [0], [theta, phi, lambda])]));
          let [re, im] = [0, 0];
          for (let at = 0; at < state.size; at++) {
            const value = (at >> 2) & 1;
            const [a, b] = [original.real[value]!, original.imaginary[value]!];
            re += a * state.real[at]! + b * state.imaginary[at]!;
            im += a * state.imaginary[at]! - b * state.real[at]!;
          }
          expect(Math.hypot(re, im)).toBeCloseTo(1, 12);
        },
      ),
    );
  });

  it.each([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ] as const)("superdense coding sends %i%i", (high, low) => {
    expect(exactDistribution(superdenseCoding(high, low)).get(`${high}${low}`)).toBeCloseTo(1, 12);
  });
});

describe("one question to an oracle", () => {
  it("tells constant from balanced", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 1e6 }),
        (inputs, seed) => {
          const size = 2 ** inputs;
          const half = new Set(
            new Random(seed)
              .shuffle(Array.from({ length: size }, (_, at) => at))
              .slice(0, size / 2),
          );
          const zero = key(0, inputs);
          expect(exactDistribution(deutschJozsa(inputs, () => true)).get(zero)).toBeCloseTo(1, 12);
          const balanced = exactDistribution(deutschJozsa(inputs, (x) => half.has(x)));
          expect(balanced.get(zero) ?? 0).toBeLessThan(exact);
        },
      ),
    );
  });

  it("reads the secret of Bernstein and Vazirani", () => {
    for (const secret of [0, 1, 5, 26, 31]) {
      expect(exactDistribution(bernsteinVazirani(5, secret)).get(key(secret, 5))).toBeCloseTo(
        1,
        12,
      );
    }
  });

  it("of Simon's measures exactly what is orthogonal to the secret, all equally likely", () => {
    const secret = 0b1011;
    const distribution = exactDistribution(simon(4, secret));
    for (let y = 0; y < 16; y++) {
      const expected = parity(y & secret) === 0 ? 1 / 8 : 0;
      expect(distribution.get(key(y, 4)) ?? 0).toBeCloseTo(expected, 12);
    }
  });

  it("again and again amplifies as Grover's closed form says", () => {
    for (const [qubits, marked, iterations] of [
      [3, 1, 2],
      [4, 1, 3],
      [6, 3, 2],
      [8, 1, 12],
    ] as const) {
      const distribution = exactDistribution(grover(qubits, iterations, (x) => x < marked));
      let success = 0;
      for (let x = 0; x < marked; x++) success += distribution.get(key(x, qubits)) ?? 0;
      expect(success).toBeCloseTo(closedFormSuccess(marked, 2 ** qubits, iterations), 12);
    }
  });
});

describe("the Fourier transform", () => {
  it.each([1, 2, 3, 5])("of %i qubits is its matrix, and its inverse undoes it", (qubits) => {
    const register = Array.from({ length: qubits }, (_, at) => at);
    const size = 2 ** qubits;
    const expected = new Matrix(size);
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const turn = (2 * Math.PI * ((row * column) % size)) / size;
        expected.set(
          row,
          column,
          Math.cos(turn) / Math.sqrt(size),
          Math.sin(turn) / Math.sqrt(size),
        );
      }
    }
    expect(unitaryOf(circuitOf(qubits, fourier(register))).distance(expected)).toBeLessThan(exact);
    const both = circuitOf(qubits, [...fourier(register), ...inverseFourier(register)]);
    expect(unitaryOf(both).distance(Matrix.identity(size))).toBeLessThan(exact);
  });

  it("estimates a phase as the closed form says (Nielsen and Chuang 5.2.1)", () => {
    const counting = 5;
    for (const phase of [0.25, 0.3, 1 / 3]) {
      const circuit = phaseEstimation({
        counting,
        targets: 1,
        prepare: [gate("x", [counting])],
        power: (power, control) => [
          gate("cp", [control, counting], [2 * Math.PI * phase * 2 ** power]),
        ],
      });
      const distribution = exactDistribution(circuit);
      const size = 2 ** counting;
      for (let y = 0; y < size; y++) {
        const delta = phase - y / size;
        const ratio =
          Math.abs(Math.sin(Math.PI * delta)) < 1e-15
            ? size
            : Math.sin(Math.PI * size * delta) / Math.sin(Math.PI * delta);
        const expected = (ratio / size) ** 2;
        expect(Math.abs((distribution.get(key(y, counting)) ?? 0) - expected)).toBeLessThan(exact);
      }
    }
  });
});

describe("Shor's order finding", () => {
  /** P(y) by its definition: (1/Q^2) sum over l of |sum over j of e^(2 pi i (l + j r) y / Q)|^2. */
  function closedForm(order: number, counting: number): number[] {
    const size = 2 ** counting;
    return Array.from({ length: size }, (_, y) => {
      let sum = 0;
      for (let l = 0; l < order; l++) {
        const terms = Math.ceil((size - l) / order);
        const angle = (2 * Math.PI * ((order * y) % size)) / size;
        const ratio =
          Math.abs(Math.sin(angle / 2)) < 1e-12
            ? terms
            : Math.sin((terms * angle) / 2) / Math.sin(angle / 2);
        sum += ratio ** 2;
      }
      return sum / size ** 2;
    });
  }

  it.each([
    [15, 7, 8, 4],
    [21, 2, 9, 6],
    [33, 5, 10, 10],
  ])("N = %i, a = %i, %i counting qubits: order %i", (modulus, base, counting, order) => {
    expect(powerModulo(base, order, modulus)).toBe(1);
    const distribution = exactDistribution(orderFinding(base, modulus, counting));
    for (const [y, expected] of closedForm(order, counting).entries()) {
      expect(Math.abs((distribution.get(key(y, counting)) ?? 0) - expected)).toBeLessThan(exact);
    }
  });

  it.each([
    // P(factor found), from the reference's table: the multiples of a denominator are tried, too.
    [15, 7, 8, [3, 5], 0.75],
    [21, 2, 9, [3, 7], 0.8],
    [35, 3, 11, [5, 7], 0.7],
  ] as const)("factors %i with base %i", (modulus, base, counting, factors, chanceMin) => {
    let chance = 0;
    for (const [measured, weight] of exactDistribution(orderFinding(base, modulus, counting))) {
      const reading = readOrder(Number.parseInt(measured, 2), { base, modulus, counting });
      if (reading.factors === null) continue;
      expect(reading.factors).toEqual(factors);
      chance += weight;
    }
    expect(chance).toBeGreaterThan(chanceMin - 0.01);
  });

  it("refuses a base that shares a factor, and says which", () => {
    expect(() => orderFinding(6, 15, 8)).toThrow(/share the factor 3/);
  });

  it("continued fractions end at the number, each step closer than the one before", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4095 }), fc.integer({ min: 1, max: 4096 }), (a, b) => {
        const convergents = continuedFraction(a, b);
        const last = convergents.at(-1)!;
        const common = greatestCommonDivisor(a, b);
        expect([last.numerator, last.denominator]).toEqual([a / common, b / common]);
        const errors = convergents.map(({ numerator, denominator }) =>
          Math.abs(numerator / denominator - a / b),
        );
        for (const [at, error] of errors.entries()) {
          if (at > 0) expect(error).toBeLessThanOrEqual(errors[at - 1]! + 1e-15);
        }
      }),
    );
  });
});
