import { describe, expect, it } from "vitest";
import { circuitSchema } from "../../contract-circuits.ts";
import { runShot } from "../run-circuit.ts";
import { factor } from "./factor.ts";
import { buildFromGallery, gallery } from "./gallery.ts";

describe("the gallery", () => {
  it.each(gallery.map((entry) => [entry.id, entry] as const))(
    "%s is built from its defaults and from its limits, and runs",
    (id, { parameters }) => {
      const smallest = Object.fromEntries(parameters.map(({ name, min }) => [name, min]));
      for (const values of id === "order-finding" ? [{}] : [{}, smallest]) {
        const circuit = buildFromGallery(id, values);
        expect(circuitSchema.safeParse(circuit).error).toBeUndefined();
        expect(runShot(circuit, () => 0.3).state.norm()).toBeCloseTo(1, 10);
      }
    },
  );

  it.each([
    ["shor", {}, /there is no algorithm shor: choose one of bell/],
    ["ghz", { qubits: 1 }, /qubits must be a whole number from 2 to 24, not 1/],
    ["ghz", { qubits: 2.5 }, /whole number/],
    ["ghz", { count: 3 }, /has no parameter count: it has qubits/],
    ["bell", { qubits: 3 }, /it has none/],
    [
      "bernstein-vazirani",
      { qubits: 2, secret: 9 },
      /secret 9 needs more qubits: 3 is the largest/,
    ],
    ["order-finding", { modulus: 63, base: 2, counting: 14 }, /at most 18 qubits/],
    ["order-finding", { modulus: 15, base: 6 }, /share the factor 3/],
    ["grover-formula", { divisor: 3, remainder: 3 }, /below the divisor, from 0 to 2/],
    ["grover-formula", { qubits: 2, divisor: 9, remainder: 7 }, /3 is the largest here/],
    ["quantum-counting", { qubits: 2, marked: 5 }, /4 is the largest here/],
    ["quantum-counting", { qubits: 10, counting: 9 }, /at most 16 qubits/],
    ["phase-estimation", { phase: 1.5 }, /phase must be a number from 0 to 1/],
  ] as const)("%s with %j is refused with what would do", (id, values, message) => {
    expect(() => buildFromGallery(id, values)).toThrow(message);
  });
});

describe("factoring", () => {
  it.each([
    [15, [3, 5]],
    [21, [3, 7]],
    [33, [3, 11]],
    [35, [5, 7]],
  ] as const)("%i is %j, by whatever seed", (modulus, factors) => {
    for (let seed = 1; seed <= 4; seed++) {
      const result = factor({ modulus, seed, qubitsMax: 14 });
      expect(result.factors).toEqual(factors);
      expect(result.attempts.at(-1)?.factors).toEqual(factors);
    }
  });

  it("shows the continued fraction of what was measured", () => {
    const { attempts } = factor({ modulus: 15, base: 7, seed: 3, qubitsMax: 12 });
    const { measured, convergents, order } = attempts.at(-1)!;
    // 4 is the order of 7 modulo 15: the four peaks are multiples of a quarter.
    expect(measured! % 64).toBe(0);
    expect(order).toBe(4);
    const last = convergents.at(-1)!;
    expect(last.numerator / last.denominator).toBe(measured! / 256);
  });

  it.each([
    [16, /even/],
    [17, /prime/],
    [27, /a power of 3/],
    [9, /from 15 to 255/],
    [15.5, /whole number/],
  ])("%d is refused: %s", (modulus, message) => {
    expect(() => factor({ modulus, seed: 1, qubitsMax: 12 })).toThrow(message);
  });

  it("says how many counting qubits a number takes", () => {
    const options = { modulus: 21, seed: 1, qubitsMax: 12, counting: 2 };
    expect(() => factor(options)).toThrow(/21 needs 5 to 7 counting qubits, not 2/);
  });
});
