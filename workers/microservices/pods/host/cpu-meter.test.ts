import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CpuMeter } from "./cpu-meter.ts";

describe("CPU of containers", () => {
  it("is what the thread used: never more, and all of it when there was work", () => {
    const step = fc.record({ callMs: fc.nat(50), usedMs: fc.nat(100), work: fc.nat(3) });
    fc.assert(
      fc.property(fc.array(fc.array(step, { minLength: 2, maxLength: 2 })), (rounds) => {
        let [cpuMs, nowMs, expectedMs] = [0, 0, 0];
        const meter = new CpuMeter(
          () => cpuMs,
          () => nowMs,
        );
        const containers = [0, 1].map(() => ({ cpuMs: 0, callMs: 0, work: 0 }));
        for (const steps of rounds) {
          for (const [index, { callMs, work }] of steps.entries()) {
            const container = containers[index]!;
            meter.run(container, () => meter.run(containers[0]!, () => (nowMs += callMs)));
            container.work += work;
          }
          const usedMs = steps.reduce((sum, { usedMs: used }) => sum + used, 0);
          const callMs = steps.reduce((sum, { callMs: called }) => sum + called, 0);
          const hasWork = steps.some(({ work }) => work > 0);
          expectedMs += hasWork ? usedMs : Math.min(usedMs, callMs);
          cpuMs += usedMs;
          meter.settle(containers);
        }
        const sum = containers.reduce((total, container) => total + container.cpuMs, 0);
        expect(sum).toBeCloseTo(expectedMs, 6);
      }),
    );
  });
});
