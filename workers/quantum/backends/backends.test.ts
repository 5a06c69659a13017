/** Every backend draws the same shots as plain loops: measurement, reset, noise, loops, branches. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../cluster/random.ts";
import { KernelMachine } from "../../compute/kernel-machine.ts";
import { childThread } from "../../service/child-thread.ts";
import { type Backend, javascript } from "../core/backend.ts";
import { type Circuit, circuitOf, gate, type Operation } from "../core/circuit.ts";
import { randomOperation } from "../core/random-primitives.ts";
import { runShot } from "../core/run-circuit.ts";
import { sampleCircuit, unitaryOf } from "../core/sample-circuit.ts";
import { KernelBackend } from "./kernel-backend.ts";
import { measureBackend } from "./measure-backends.ts";
import { measureBackends, openChosen } from "./open-backends.ts";

let machine: KernelMachine;
beforeAll(async () => {
  machine = await KernelMachine.withHelpers(childThread("compute", "kernel-thread"), 1);
});
afterAll(() => machine.close());

const backends: readonly (readonly [string, () => Backend])[] = [
  [
    "one thread",
    () =>
      new KernelBackend(KernelMachine.create(), { name: "one", kernelsFrom: 0, threadsFrom: 99 }),
  ],
  [
    "two threads",
    () => new KernelBackend(machine, { name: "two", kernelsFrom: 0, threadsFrom: 0 }),
  ],
];

/** Unitary stretches with everything else between them. */
function mixedCircuit(seed: number): Circuit {
  const random = new Random(seed);
  const qubits = 2 + random.below(5);
  const stretch = (): Operation[] =>
    Array.from({ length: 1 + random.below(5) }, () => randomOperation(random, qubits));
  const qubit = () => random.below(qubits);
  const body = stretch();
  const condition = { kind: "compare", bits: [0, 1], operator: ">=", value: 1 } as const;
  return circuitOf(
    qubits,
    [
      ...stretch(),
      { kind: "measure", qubit: qubit(), bit: 0 },
      ...stretch(),
      {
        kind: "noise",
        channel: { kind: "amplitude-damping", probability: 0.3 },
        qubits: [qubit()],
      },
      ...stretch(),
      { kind: "reset", qubit: qubit() },
      { kind: "repeat", count: 3, body },
      { kind: "measure", qubit: qubit(), bit: 1 },
      { kind: "if", condition, whenTrue: stretch(), whenFalse: stretch() },
      { kind: "initialise", qubits: [qubit()], amplitudes: [0.6, 0, 0, 0.8] },
      ...stretch(),
    ],
    2,
  );
}

describe.each(backends)("kernels on %s", (_, open) => {
  it.each(Array.from({ length: 25 }, (_unused, seed) => seed))("follow shot %i", (seed) => {
    const circuit = mixedCircuit(seed);
    const backend = open();
    const drawer = () => {
      const random = new Random(seed + 500);
      return () => random.float();
    };
    const expected = runShot(circuit, drawer());
    const { state, bits } = runShot(circuit, drawer(), { backend });
    expect(bits).toEqual(expected.bits);
    for (let at = 0; at < state.size; at++) {
      expect(Math.abs(state.real[at]! - expected.state.real[at]!)).toBeLessThan(1e-12);
      expect(Math.abs(state.imaginary[at]! - expected.state.imaginary[at]!)).toBeLessThan(1e-12);
    }
    backend.release(state);
  });

  it("count the same samples and give the same matrix", () => {
    const circuit = mixedCircuit(3);
    const options = { shots: 50, seed: 9 };
    const counts = (backend: Backend) =>
      Object.fromEntries(sampleCircuit(circuit, { ...options, backend }).counts);
    expect(counts(open())).toEqual(counts(javascript));
    const unitary = circuitOf(3, [
      gate("h", [0]),
      gate("ccx", [2, 0, 1]),
      gate("cp", [1, 2], [0.4]),
    ]);
    const [own, plain] = [unitaryOf(unitary, open()), unitaryOf(unitary)];
    for (const [at, value] of plain.data.entries()) expect(own.data[at]).toBeCloseTo(value, 12);
  });

  it("refuse a qubit that there is not", () => {
    const circuit = circuitOf(2, [gate("h", [2])]);
    expect(() => runShot(circuit, () => 0, { backend: open() })).toThrow(/qubit 2 is not among/);
  });
});

describe("the choice", () => {
  it("is one correct backend, and what it opens works", async () => {
    let clock = 0;
    const choice = await measureBackends(() => (clock = performance.now()));
    expect(clock).toBeGreaterThan(0);
    expect(choice.reports.filter(({ chosen }) => chosen)).toMatchObject([{ correct: true }]);
    const backend = await openChosen(choice);
    const { state } = runShot(circuitOf(9, [gate("h", [8])]), () => 0, { backend });
    expect(state.probability(256)).toBeCloseTo(0.5, 12);
    backend.release(state);
  });

  it("finds out a backend that is wrong", () => {
    const wrong: Backend = {
      ...javascript,
      apply: (state, steps) => javascript.apply(state, steps.slice(0, -5)),
    };
    expect(measureBackend(wrong, () => 0).correct).toBe(false);
    const silent: Backend = {
      ...javascript,
      apply: (state) => void state.real.fill(Number.NaN),
    };
    expect(measureBackend(silent, () => 0).correct).toBe(false);
  });
});
