import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { openGpuJsBackend } from "./gpu-js-backend.ts";
import type { KernelBackend, KernelTask } from "./kernel-backend.ts";
import { chooseBackends, measureBackend, type Measurement, unmeasured } from "./measure.ts";
import { plainBackend } from "./plain-backend.ts";
import { referenceOf } from "./reference.ts";
import { simdBackend } from "./simd-backend.ts";

const small: readonly KernelTask[] = [
  { operation: "product", rows: 13, inner: 31, columns: 9 },
  { operation: "convolution", channels: 3, side: 11, filters: 5, kernel: 3 },
  { operation: "sigmoid", count: 1_003 },
  { operation: "multiply", count: 1_003 },
  { operation: "column sums", rows: 37, columns: 21 },
];

/** A clock on which each look takes as long as it is told to. */
function clock(msPerLook = 1) {
  let at = 0;
  return { now: () => (at += msPerLook) };
}

describe("the reference", () => {
  it("is the sum by hand", () => {
    const product = { operation: "product", rows: 2, inner: 2, columns: 2 } as const;
    const [a, b] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(5, 6, 7, 8)];
    expect([...referenceOf(product, [a, b])]).toEqual([19, 22, 43, 50]);
    const convolution = {
      operation: "convolution",
      channels: 1,
      side: 3,
      filters: 1,
      kernel: 2,
    } as const;
    const image = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
    // Each window's corners: upper left minus lower right.
    expect([...referenceOf(convolution, [image, Float32Array.of(1, 0, 0, -1)])]).toEqual([
      -4, -4, -4, -4,
    ]);
    const sums = { operation: "column sums", rows: 2, columns: 2 } as const;
    expect([...referenceOf(sums, [a])]).toEqual([4, 6]);
  });
});

describe("real backends", () => {
  it.each(["javascript", "wasm-simd", "gpu.js-webasm", "gpu.js-cpu"] as const)(
    "%s is right in every operation",
    async (name) => {
      const backend = await backendOf(name);
      const rows = await measureBackend(backend, small, performance);
      await backend.close();
      expect(rows.map(({ verdict, note }) => ({ verdict, note }))).toEqual(
        small.map(() => ({ verdict: "right", note: "" })),
      );
      expect(rows.every(({ maxError }) => maxError !== null && maxError < 2e-5)).toBe(true);
    },
  );
});

function backendOf(name: "javascript" | "wasm-simd" | "gpu.js-webasm" | "gpu.js-cpu") {
  if (name === "javascript") return plainBackend;
  if (name === "wasm-simd") return simdBackend;
  return openGpuJsBackend(name === "gpu.js-cpu" ? "cpu" : "webasm");
}

describe("the choice", () => {
  const altered = (name: string, change: (values: Float32Array, run: number) => void) => {
    let runs = 0;
    return {
      ...plainBackend,
      name,
      run: (task, inputs) => {
        const values = plainBackend.run(task, inputs) as Float32Array;
        change(values, runs++);
        return values;
      },
    } satisfies KernelBackend;
  };

  it("never takes a backend that lies in one value, once, or gives NaN, however fast", async () => {
    const liars = [
      altered("lies in one value", (values) => (values[values.length - 1]! += 0.01)),
      altered("lies in its third run", (values, run) => {
        if (run === 2) values[0]! += 0.01;
      }),
      altered("gives NaN", (values) => (values[3] = Number.NaN)),
      { ...plainBackend, name: "gives too few", run: () => new Float32Array(2) },
    ];
    const honest = await measureBackend(plainBackend, small.slice(0, 1), clock(50));
    for (const liar of liars) {
      const rows = await measureBackend(liar, small.slice(0, 1), clock(1));
      expect(rows.map(({ verdict }) => verdict)).toEqual(["wrong"]);
      expect(chooseBackends([...rows, ...honest]).map(({ backend }) => backend)).toEqual([
        "javascript",
      ]);
    }
  });

  it("never takes a backend that is too slow, throws, or was not there", async () => {
    const slow = await measureBackend({ ...plainBackend, name: "slow" }, small, clock(5_000));
    expect(new Set(slow.map(({ verdict }) => verdict))).toEqual(new Set(["slow"]));
    const broken: KernelBackend = {
      ...plainBackend,
      name: "broken",
      run: () => Promise.reject(new Error("device lost")),
    };
    const failed = await measureBackend(broken, small, clock());
    expect(new Set(failed.map(({ verdict, note }) => `${verdict}: ${note}`))).toEqual(
      new Set(["failed: device lost"]),
    );
    expect(
      chooseBackends([...slow, ...failed, ...unmeasured("gone", small, "failed", "")]),
    ).toEqual([]);
  });

  it("is the fastest that is right; GPU.js has to gain something", () => {
    const row = (backend: string, msMedian: number): Measurement => ({
      backend,
      msMedian,
      operation: "product",
      size: "512",
      gigaflops: 1,
      maxError: 0,
      verdict: "right",
      note: "",
    });
    const chosen = (...rows: readonly Measurement[]) => chooseBackends(rows)[0]?.backend;
    expect(chosen(row("javascript", 9), row("wasm-simd", 2), row("gpu.js-webasm", 5))).toBe(
      "wasm-simd",
    );
    expect(chosen(row("wasm-simd", 2), row("gpu.js-webgpu", 1.9))).toBe("wasm-simd");
    expect(chosen(row("wasm-simd", 2), row("gpu.js-webgpu", 1))).toBe("gpu.js-webgpu");
  });
});
