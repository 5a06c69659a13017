import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { afterAll, describe, expect, it } from "vitest";
import { measuredTasks } from "../../compute/devices/measure.ts";
import { kernelExamples, kernelInputSchema, measuredSchema } from "../contract-devices.ts";
import { Jobs } from "../jobs/jobs.ts";
import { JobTable } from "../jobs/job-table.ts";
import { MachineDevices } from "./devices.ts";

const home = mkdtempSync(join(tmpdir(), "devices-"));
const file = join(home, "measured-devices.json");
const now = () => Math.round(performance.timeOrigin + performance.now());

function open(where: string | null) {
  const clock = { now, monotonicMs: () => performance.now() };
  const jobs = new Jobs(clock, new JobTable(null, now()));
  const devices = new MachineDevices({ ...clock, home: where }, jobs);
  return {
    jobs,
    devices,
    close: async () => {
      await devices.close();
      jobs.close();
    },
  };
}

afterAll(() => rmSync(home, { recursive: true, force: true }));

describe("measuring", () => {
  let kept: unknown;
  it("is one job, whose result stays", async () => {
    const { jobs, devices, close } = open(home);
    expect(devices.view()).toMatchObject({ measured: null, remembered: false, running: null });
    const job = devices.measureAgain();
    expect(devices.measureAgain().id).toBe(job.id);
    expect(devices.view().running?.id).toBe(job.id);
    const messages = new Set<string>();
    for await (const { message } of jobs.watch(job.id, undefined)) messages.add(message);
    expect(messages).toContain("Done.");
    kept = devices.view().measured;
    expect(jobs.get(job.id).result).toEqual(kept);
    await close();
  }, 120_000);

  it("says of every backend whether it is there, and what each operation took", () => {
    const { backends, measurements, chosen } = measuredSchema.parse(kept);
    expect(backends.map(({ name }) => name)).toEqual([
      "javascript",
      "wasm-simd",
      "gpu.js-cpu",
      "gpu.js-webasm",
      "gpu.js-webgpu",
    ]);
    for (const { name, available, reason } of backends) {
      const rows = measurements.filter(({ backend }) => backend === name);
      if (available) expect(rows).toHaveLength(measuredTasks.length);
      else expect(reason).toMatch(/\w/);
    }
    expect(chosen).toHaveLength(measuredTasks.length);
    for (const { operation, size, backend } of chosen) {
      const row = measurements.find(
        (each) => each.operation === operation && each.size === size && each.backend === backend,
      );
      expect(row).toMatchObject({ verdict: "right", note: "" });
    }
  });

  it("is remembered by the next start on this machine", async () => {
    const { devices, close } = open(home);
    expect(devices.view()).toMatchObject({ measured: kept, remembered: true });
    await close();
  });

  it.each([
    ["another machine's", (text: string) => text.replace(/"machine":"/, "$&another ")],
    ["another version's kernels", (text: string) => text.replace("gpu.js ", "gpu.js 9")],
    ["half a file", (text: string) => text.slice(0, text.length / 2)],
    ["numbers that are texts", (text: string) => text.replace(/"measuredAt":/, '$&"x",0:')],
  ])("is not taken from %s", async (_, change) => {
    const text = readFileSync(file, "utf8");
    writeFileSync(file, change(text));
    const { devices, close } = open(home);
    expect(devices.view()).toMatchObject({ measured: null, remembered: false });
    await close();
    writeFileSync(file, text);
  });
});

describe("a kernel of one's own", () => {
  const opened = open(null);
  const run = (input: unknown) => opened.devices.run(kernelInputSchema.parse(input));
  afterAll(opened.close);

  it.each(Object.entries(kernelExamples))("runs the example '%s'", async (_, example) => {
    const result = await run(example);
    expect(result).toMatchObject({ asked: example.mode, mode: "webasm", fallback: null });
    expect(result.values).toHaveLength(example.output.reduce((all, size) => all * size, 1));
  });

  it("gives what the product of matrices is by hand", async () => {
    // [1 2 3; 4 5 6] [1 0; 0 1; 1 1]
    expect((await run(kernelExamples["product of matrices"])).values).toEqual([4, 5, 10, 11]);
  });

  it("says why one cannot run", async () => {
    const failing = run({ source: "function f() { return q; }", output: [1] });
    await expect(failing).rejects.toMatchObject({
      code: "KERNEL_REFUSED",
      message: expect.stringContaining("q is not known") as string,
    });
  });

  it("is ended when it never ends, and the next one runs", async () => {
    const endless = {
      source:
        "function f() { let s = 1; while (s > 0) { s = s + 1; if (s > 10) { s = 1; } } return s; }",
      output: [1],
    };
    await expect(run(endless)).rejects.toMatchObject({ code: "KERNEL_TOO_LONG" });
    const next = await run(kernelExamples["scale and shift"]);
    expect(next.values).toEqual([10.5, 20.5, 30.5, 40.5]);
  }, 30_000);
});
