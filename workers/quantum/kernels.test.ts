/** Fused and unfused, in JavaScript and in the kernels, one and two threads: one and the same state. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../cluster/random.ts";
import { compileKernelModule } from "../compute/kernel-instance.ts";
import { KernelMachine, type KernelState } from "../compute/kernel-machine.ts";
import { childThread } from "../service/child-thread.ts";
import { applyPrimitive } from "./core/apply-primitive.ts";
import { fuse } from "./core/fuse.ts";
import { Matrix } from "./core/matrix.ts";
import { denseOf, type Primitive } from "./core/primitive.ts";
import { randomPrimitives } from "./core/random-primitives.ts";
import { blochVector } from "./core/expectation.ts";
import { StateVector } from "./core/state-vector.ts";

let threaded: KernelMachine;
const relaxed = KernelMachine.create(compileKernelModule(["relaxed"]));
const plain = KernelMachine.create(compileKernelModule(["plain"]));
beforeAll(async () => {
  threaded = await KernelMachine.withHelpers(childThread("compute", "kernel-thread"), 1);
});
afterAll(() => threaded.close());

function inJavaScript(qubits: number, primitives: readonly Primitive[]): StateVector {
  const state = new StateVector(qubits);
  for (const primitive of primitives) applyPrimitive(state, primitive);
  return state;
}

interface Parts {
  readonly real: ArrayLike<number>;
  readonly imaginary: ArrayLike<number>;
}

/** The largest difference of any part of any amplitude. */
function deviation(first: Parts, second: Parts): number {
  let largest = 0;
  for (let at = 0; at < first.real.length; at++) {
    const re = Math.abs(first.real[at]! - second.real[at]!);
    const im = Math.abs(first.imaginary[at]! - second.imaginary[at]!);
    // Written so that NaN counts as far away.
    if (!(re <= largest)) largest = re;
    if (!(im <= largest)) largest = im;
  }
  return largest;
}

/** |<first|second>|^2 */
function fidelity(first: Parts, second: Parts): number {
  let [re, im] = [0, 0];
  for (let at = 0; at < first.real.length; at++) {
    re += first.real[at]! * second.real[at]! + first.imaginary[at]! * second.imaginary[at]!;
    im += first.real[at]! * second.imaginary[at]! - first.imaginary[at]! * second.real[at]!;
  }
  return re * re + im * im;
}

const partsOf = ({ realPart, imaginaryPart }: KernelState): Parts => {
  return { real: realPart, imaginary: imaginaryPart };
};

const seeds = Array.from({ length: 40 }, (_, seed) => seed);

describe("fused steps", () => {
  it.each(seeds)("are the same matrix as the primitives, seed %i", (seed) => {
    const qubits = 1 + (seed % 6);
    const primitives = randomPrimitives(new Random(seed), qubits, 30);
    const productOf = (steps: readonly Primitive[]) =>
      steps.reduce(
        (product, step) => denseOf(step, qubits).multiply(product),
        Matrix.identity(2 ** qubits),
      );
    const [oracle, fused] = [productOf(primitives), productOf(fuse(primitives))];
    const largest = oracle.data.reduce(
      (most, value, at) => Math.max(most, Math.abs(value - fused.data[at]!)),
      0,
    );
    expect(largest).toBeLessThan(1e-12);
    expect(fuse(primitives).length).toBeLessThanOrEqual(primitives.length);
  });
});

/** The largest difference in f64, and the fidelity in f32. */
function besideOracle(
  machine: KernelMachine,
  steps: readonly Primitive[],
  oracle: ReturnType<typeof inJavaScript>,
  qubits: number,
) {
  const [exact, single] = (["f64", "f32"] as const).map((precision) => {
    const state = machine.newState(qubits, precision);
    machine.apply(state, steps);
    return state;
  });
  const result = {
    deviated: deviation(oracle, partsOf(exact!)),
    faithful: fidelity(oracle, partsOf(single!)),
  };
  machine.release(exact!);
  machine.release(single!);
  return result;
}

describe.each([
  ["relaxed SIMD", () => relaxed],
  ["plain SIMD", () => plain],
  ["two threads", () => threaded],
] as const)("kernels with %s", (_, machine) => {
  it.each(seeds)("agree with JavaScript, fused or not, seed %i", (seed) => {
    const qubits = 1 + (seed % 12);
    const primitives = randomPrimitives(new Random(1_000 + seed), qubits, 60);
    const oracle = inJavaScript(qubits, primitives);
    for (const steps of [primitives, fuse(primitives)]) {
      const { deviated, faithful } = besideOracle(machine(), steps, oracle, qubits);
      expect(deviated).toBeLessThan(1e-12);
      expect(faithful).toBeGreaterThan(1 - 1e-5);
    }
  });

  it("agree on more blocks than one, with every kind of step on low and high qubits", () => {
    const qubits = 18;
    const primitives = randomPrimitives(new Random(5), qubits, 60);
    const oracle = inJavaScript(qubits, primitives);
    for (const steps of [primitives, fuse(primitives)]) {
      const { deviated, faithful } = besideOracle(machine(), steps, oracle, qubits);
      expect(deviated).toBeLessThan(1e-12);
      expect(faithful).toBeGreaterThan(1 - 1e-5);
    }
  });

  it.each(["f64", "f32"] as const)(
    "sum norms, probabilities and Bloch vectors, %s",
    (precision) => {
      const digits = precision === "f64" ? 12 : 4;
      for (const qubits of [1, 2, 3, 7]) {
        const primitives = randomPrimitives(new Random(9 + qubits), qubits, 40);
        const oracle = inJavaScript(qubits, primitives);
        const state = machine().newState(qubits, precision);
        machine().apply(state, primitives);
        expect(machine().norm(state)).toBeCloseTo(1, digits);
        const probabilities = machine().probabilities(state);
        expect(probabilities).toHaveLength(2 ** qubits);
        for (const [at, probability] of oracle.probabilities().entries()) {
          expect(probabilities[at]).toBeCloseTo(probability, digits);
        }
        for (let qubit = 0; qubit < qubits; qubit++) {
          const one = machine().probabilityOfOne(state, qubit);
          expect(one).toBeCloseTo(oracle.probabilityOfOne(qubit), digits);
          const vector = machine().blochVector(state, qubit);
          for (const [axis, value] of blochVector(oracle, qubit).entries()) {
            expect(vector[axis]).toBeCloseTo(value, digits);
          }
        }
        machine().release(state);
      }
    },
  );
});

describe("the memory", () => {
  it("is given to the next state after the last was released", () => {
    const machine = KernelMachine.create();
    machine.release(machine.newState(18, "f64"));
    const { bytes } = machine;
    for (let round = 0; round < 20; round++) {
      const state = machine.newState(18, "f64");
      expect(state.realPart[0]).toBe(1);
      machine.apply(state, randomPrimitives(new Random(round), 18, 2));
      machine.release(state);
    }
    expect(machine.bytes).toBeLessThan(bytes + 2 ** 22);
  });

  it("refuses a state that does not fit, and stays usable", () => {
    const machine = KernelMachine.create();
    expect(() => machine.newState(28, "f64")).toThrow(/no memory/);
    expect(machine.newState(3, "f64").realPart).toHaveLength(8);
  });
});
