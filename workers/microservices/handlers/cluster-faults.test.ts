import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { sampleStore } from "../testing/sample-cluster.ts";
import { sampleHost } from "../testing/sample-host.ts";
import { TimedFaults } from "./cluster-faults.ts";

const size = { nodes: 3, deployments: 1, podsPerDeployment: 3, namespaces: 1, events: 0 };
const stop = (node: string) => ({ kind: "stop-node" as const, node });
let host: ReturnType<typeof sampleHost>;
let faults: TimedFaults;

beforeEach(() => {
  vi.useFakeTimers();
  host = sampleHost(sampleStore(size, { now: 1_000_000 }));
  faults = new TimedFaults(host);
});
afterEach(() => {
  faults.close();
  vi.useRealTimers();
});

describe("faults with an end", () => {
  it("end by themselves when their time is over, and others stay", async () => {
    const timed = await faults.inject(stop("node-0"), 60);
    const untimed = await faults.inject(stop("node-1"), undefined);
    expect([timed?.until, untimed?.until]).toEqual([1_060_000, null]);
    await vi.advanceTimersByTimeAsync(59_999);
    expect(faults.active().map(({ until }) => until)).toEqual([1_060_000, null]);
    await vi.advanceTimersByTimeAsync(1);
    expect(faults.active().map(({ id }) => id)).toEqual([untimed?.id]);
    expect(host.chaos.active()).toHaveLength(1);
  });

  it("are restored before their time, once, and leave no timer", async () => {
    await faults.inject(stop("node-0"), 60);
    await faults.inject(stop("node-1"), 60);
    const [first] = faults.active();
    expect(await faults.restore(first?.id)).toBe(1);
    expect(await faults.restore(first?.id)).toBe(0);
    expect(await faults.restore(undefined)).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("are none where nothing lasts", async () => {
    const [pod] = [...host.store.all("pods")];
    const { namespace = "", name } = pod!.metadata;
    expect(await faults.inject({ kind: "kill-pod", namespace, pod: name }, 60)).toBeNull();
    expect(faults.active()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
