import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { threadStates, type LifecycleEvent, type PlatformState, type Thread } from "./contract.ts";
import { platformLimits } from "./limits.ts";
import { PlatformView } from "./platform-view.ts";

const event = (sequence: number): LifecycleEvent => ({
  sequence,
  at: 1_000 + sequence,
  thread: "quantum",
  level: "info",
  message: `event ${sequence}`,
});

const state = (at: number, threads: readonly Partial<Thread>[] = []) =>
  ({ at, threads }) as unknown as PlatformState;

describe("before the first broadcast", () => {
  it("says so, and that it will pass", async () => {
    const view = new PlatformView();
    const refusal = { code: "SUBSYSTEM_UNAVAILABLE", status: 503 };
    expect(() => view.state()).toThrow(expect.objectContaining(refusal));
    await expect(view.watch(undefined).next()).rejects.toMatchObject(refusal);
    expect(view.events()).toEqual({ events: [], dropped: 0 });
  });
});

describe("threads", () => {
  it("finds one by its id, and names one that is not part of the run", () => {
    const view = new PlatformView();
    view.update(state(1, [{ id: "gateway", port: 3000 }]), []);
    expect(view.thread("gateway")).toEqual({ id: "gateway", port: 3000 });
    expect(() => view.thread("quantum")).toThrow("The quantum thread is not part of this run.");
  });
});

describe("a thread that cannot be reached", () => {
  it("is expected back unless it is stopped, given up or not part of the run", () => {
    const view = new PlatformView();
    expect(view.expects("quantum")).toBe(true);
    const expectedIn = threadStates.map((each) => {
      view.update(state(1, [{ id: "quantum", state: each }]), []);
      return [each, view.expects("quantum")] as const;
    });
    expect(Object.fromEntries(expectedIn)).toEqual({
      starting: true,
      ready: true,
      restarting: true,
      stopping: false,
      stopped: false,
      failed: false,
    });
    expect(view.expects("gateway")).toBe(false);
  });
});

describe("events", () => {
  it("are kept once each, in order, the newest of them, and the others counted", () => {
    // The host sends from where it last succeeded: batches overlap.
    const batch = fc
      .record({ back: fc.nat(400), count: fc.nat(400) })
      .map(({ back, count }) => ({ back, count }));
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 8 }), (batches) => {
        const view = new PlatformView();
        const told: number[] = [];
        view.onUpdate((fresh) => told.push(...fresh.map(({ sequence }) => sequence)));
        let last = 0;
        for (const { back, count } of batches) {
          const first = Math.max(1, last + 1 - back);
          const events = Array.from({ length: count }, (_, i) => event(first + i));
          view.update(state(1), events);
          last = Math.max(last, events.at(-1)?.sequence ?? 0);
        }
        const all = Array.from({ length: last }, (_, i) => i + 1);
        const kept = all.slice(-platformLimits.lifecycleEventsMax);
        expect(view.events()).toEqual({
          events: kept.map(event),
          dropped: all.length - kept.length,
        });
        expect(told).toEqual(all);
      }),
    );
  });

  it("are no longer told to whoever left", () => {
    const view = new PlatformView();
    const told: number[] = [];
    const leave = view.onUpdate((fresh) => told.push(fresh.length));
    view.update(state(1), [event(1)]);
    leave();
    view.update(state(2), [event(2)]);
    expect(told).toEqual([1]);
  });
});

describe("watch", () => {
  const seen = async (next: Promise<IteratorResult<PlatformState>>) => {
    const { done, value } = (await next) as IteratorResult<PlatformState, undefined>;
    return done === true ? "end" : value?.at;
  };

  it("begins with the state that is, then yields each new one", async () => {
    const view = new PlatformView();
    view.update(state(1), []);
    const states = view.watch(undefined);
    expect(await seen(states.next())).toBe(1);
    const second = seen(states.next());
    view.update(state(2), []);
    expect(await second).toBe(2);
  });

  it("gives a slow reader the newest state alone", async () => {
    const view = new PlatformView();
    view.update(state(1), []);
    const states = view.watch(undefined);
    await states.next();
    for (let at = 2; at <= 1_000; at += 1) view.update(state(at), []);
    expect(await seen(states.next())).toBe(1_000);
  });

  it("ends when its reader is gone, waiting or not, and listens no longer", async () => {
    const view = new PlatformView();
    view.update(state(1), []);
    const leaving = new AbortController();
    const states = view.watch(leaving.signal);
    await states.next();
    const waiting = seen(states.next());
    leaving.abort();
    expect(await waiting).toBe("end");
    expect(await seen(states.next())).toBe("end");
  });

  it("several readers each see every state that they are fast enough for", async () => {
    const view = new PlatformView();
    view.update(state(1), []);
    const readers = [view.watch(undefined), view.watch(undefined)];
    expect(await Promise.all(readers.map((each) => seen(each.next())))).toEqual([1, 1]);
    const next = readers.map((each) => seen(each.next()));
    view.update(state(2), []);
    expect(await Promise.all(next)).toEqual([2, 2]);
  });
});
