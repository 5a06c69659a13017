/**
 * GPU.js against plain loops, in whichever of its modes this machine has. Where no GPU answers, that mode
 * is skipped in sight.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../cluster/random.ts";
import { GpuClient } from "../../compute/gpu/gpu-client.ts";
import { gpuQubitsMax } from "../../compute/gpu/gpu-kernels.ts";
import { gpuStepOf } from "../../compute/gpu/gpu-step.ts";
import { childThread } from "../../service/child-thread.ts";
import { javascript } from "../core/backend.ts";
import { circuitOf, gate } from "../core/circuit.ts";
import { fuse } from "../core/fuse.ts";
import { randomPrimitives } from "../core/random-primitives.ts";
import { runShot } from "../core/run-circuit.ts";
import { GpuBackend } from "./gpu-backend.ts";
import { openGpu } from "./measure-single.ts";

const entry = childThread("compute", "gpu-thread");

describe.each(["webgpu", "webasm"] as const)("GPU.js in its mode %s", (mode) => {
  let client: GpuClient | string = "not opened";
  beforeAll(async () => {
    client = await GpuClient.open(entry, mode);
  });
  afterAll(async () => {
    if (typeof client !== "string") await client.close();
  });

  function opened(): GpuBackend | string {
    if (typeof client === "string") return client;
    return new GpuBackend(client, { name: mode, gpuFrom: 1, timeoutMs: 20_000, otherwise: null });
  }

  it.for(Array.from({ length: 12 }, (_, seed) => seed))(
    "gives the state of plain loops, fused or not, seed %i",
    (seed, context) => {
      const backend = opened();
      if (typeof backend === "string") {
        context.skip(backend);
        return;
      }
      const random = new Random(seed);
      const qubits = 1 + random.below(9);
      const primitives = randomPrimitives(random, qubits, 20);
      const expected = javascript.newState(qubits);
      javascript.apply(expected, primitives);
      for (const steps of [primitives, fuse(primitives)]) {
        const state = backend.newState(qubits);
        backend.apply(state, steps);
        let [re, im] = [0, 0];
        for (let at = 0; at < state.size; at++) {
          re +=
            expected.real[at]! * state.real[at]! + expected.imaginary[at]! * state.imaginary[at]!;
          im +=
            expected.real[at]! * state.imaginary[at]! - expected.imaginary[at]! * state.real[at]!;
        }
        // |<a|b>|^2, the bar for float32.
        expect(Math.abs(re * re + im * im - 1)).toBeLessThan(1e-5);
        backend.release(state);
      }
    },
  );

  it("runs shots, measurements included", (context) => {
    const backend = opened();
    if (typeof backend === "string") {
      context.skip(backend);
      return;
    }
    const circuit = circuitOf(
      3,
      [gate("h", [0]), gate("cx", [0, 2]), { kind: "measure", qubit: 0, bit: 0 }],
      1,
    );
    const { state, bits } = runShot(circuit, () => 0.25, { backend });
    expect([...bits]).toEqual([0]);
    expect(state.probability(0)).toBeCloseTo(1, 5);
    backend.release(state);
  });
});

describe("a thread with GPU.js", () => {
  it("that fails is replaced by plain loops, with the state as it was", async () => {
    const client = await GpuClient.open(entry, "webasm");
    if (typeof client === "string") throw new Error(client);
    const options = { name: "short of time", gpuFrom: 1, timeoutMs: 0 };
    const backend = new GpuBackend(client, { ...options, otherwise: javascript });
    const { state } = runShot(circuitOf(2, [gate("x", [1])]), () => 0, { backend });
    expect(state.probability(2)).toBe(1);
    expect(backend.newState(2).real).toBeInstanceOf(Float64Array);
    const strict = await GpuClient.open(entry, "webasm");
    if (typeof strict === "string") throw new Error(strict);
    const refusing = new GpuBackend(strict, { ...options, otherwise: null });
    expect(() => runShot(circuitOf(2, [gate("x", [1])]), () => 0, { backend: refusing })).toThrow(
      /did not answer within 0 ms/,
    );
  });

  it("that was not the fastest is not opened", async () => {
    expect(await openGpu({ reports: [], chosen: null }, javascript)).toBe(javascript);
  });

  it("that there is not says so", async () => {
    const missing = childThread("compute", "no-such-thread");
    expect(await GpuClient.open(missing, "webasm")).toMatch(/no-such-thread/);
  });
});

describe("a step for GPU.js", () => {
  it("that does not fit its arrays is refused", () => {
    const qubits = Array.from({ length: 11 }, (_, at) => at);
    const factors = new Float64Array(2 ** 12);
    expect(() => gpuStepOf({ kind: "diagonal", factors, qubits, controls: [] })).toThrow(
      RangeError,
    );
    expect(gpuQubitsMax).toBeLessThan(24);
  });
});
