import { describe, expect, it } from "vitest";
import { defaultDisk } from "./disk.ts";
import { LiveCluster, type LiveClock, type LiveOptions } from "./live.ts";
import { defaultNetwork } from "./network.ts";
import type { Process } from "./process.ts";
import { Simulation } from "./simulation.ts";

/** A clock that the test moves, and that notes when it was asked to wake whom. */
class ManualClock implements LiveClock {
  nowMs = 5000;
  #wakes: { readonly atMs: number; readonly run: () => void }[] = [];

  monotonicMs(): number {
    return this.nowMs;
  }

  wake(delayMs: number, run: () => void): () => void {
    const wake = { atMs: this.nowMs + delayMs, run };
    this.#wakes.push(wake);
    return () => {
      this.#wakes = this.#wakes.filter((other) => other !== wake);
    };
  }

  get waiting(): number {
    return this.#wakes.length;
  }

  advance(byMs: number): void {
    const endMs = this.nowMs + byMs;
    for (;;) {
      const due = this.#wakes
        .filter(({ atMs }) => atMs <= endMs)
        .toSorted((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#wakes = this.#wakes.filter((other) => other !== due);
      this.nowMs = Math.max(this.nowMs, due.atMs);
      due.run();
    }
    this.nowMs = endMs;
  }
}

function fixture(options: LiveOptions = {}) {
  const clock = new ManualClock();
  const ticks: number[] = [];
  const process: Process<string, string> = {
    onStart: (context) => context.setTimer("tick", 100),
    onMessage: () => undefined,
    onTimer: (context) => {
      ticks.push(clock.nowMs - 5000);
      context.setTimer("tick", 100);
    },
    onSynced: () => undefined,
  };
  const simulation = new Simulation<string, string>(
    { seed: 1, nodes: 1, network: defaultNetwork, disk: defaultDisk, clockOffsetMaxMs: 0 },
    { create: () => process, describe: (message) => message },
  );
  return { clock, ticks, cluster: new LiveCluster(simulation, clock, options) };
}

describe("LiveCluster", () => {
  it("handles events when the real clock reaches them", () => {
    const { clock, ticks, cluster } = fixture();
    cluster.start();
    clock.advance(350);
    expect(ticks).toEqual([100, 200, 300]);
    expect(clock.waiting).toBe(1);
  });

  it("stands still while stopped, leaves no timer behind, and goes on where it was", () => {
    const { clock, ticks, cluster } = fixture();
    cluster.start();
    clock.advance(150);
    cluster.stop();
    expect(clock.waiting).toBe(0);
    clock.advance(1000);
    expect(ticks).toEqual([100]);
    cluster.start();
    clock.advance(200);
    // 100 ms had been handled when it stopped; the rest of its second interval follows.
    expect(ticks).toEqual([100, 1250, 1350]);
  });

  it("wakes at once for an action from outside", () => {
    const { clock, cluster } = fixture();
    cluster.start();
    clock.advance(10);
    let ranAtMs = 0;
    cluster.act((simulation) => {
      simulation.schedule(0, "from outside", () => (ranAtMs = simulation.nowMs));
    });
    expect(ranAtMs).toBe(10);
  });

  it("serves events together when nobody waits, each at its own virtual time", () => {
    let patienceMs = 250;
    const { clock, ticks, cluster } = fixture({ patienceMs: () => patienceMs });
    cluster.start();
    clock.advance(249);
    expect(ticks).toEqual([]);
    clock.advance(1);
    // Two were due; the timer that each of them set ran from when it was due.
    expect(ticks).toEqual([250, 250]);
    patienceMs = 0;
    cluster.act(() => undefined);
    clock.advance(50);
    expect(ticks).toEqual([250, 250, 300]);
  });

  it("rests when it may, wakes nobody meanwhile, and its time goes on where it stood", () => {
    let mayRest = false;
    const { clock, ticks, cluster } = fixture({ mayRest: () => mayRest });
    cluster.start();
    clock.advance(100);
    mayRest = true;
    clock.advance(100);
    expect(ticks).toEqual([100, 200]);
    expect(cluster.resting).toBe(true);
    expect(clock.waiting).toBe(0);
    clock.advance(10_000);
    expect(ticks).toEqual([100, 200]);
    mayRest = false;
    cluster.act(() => undefined);
    expect(cluster.resting).toBe(false);
    clock.advance(100);
    expect(ticks).toEqual([100, 200, 10_300]);
  });
});
