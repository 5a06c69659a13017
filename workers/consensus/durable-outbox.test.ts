import { describe, expect, it } from "vitest";
import { defaultDisk } from "../cluster/disk.ts";
import { defaultNetwork } from "../cluster/network.ts";
import type { Context, Process } from "../cluster/process.ts";
import { Simulation } from "../cluster/simulation.ts";
import { DurableOutbox } from "./durable-outbox.ts";

/** Node 1 does as it is told; node 2 hears it. The disk takes 10 ms, the network 1 ms. */
function fixture(answerAfterSync = true) {
  const heard: string[] = [];
  const toItself: string[] = [];
  let outbox = create();
  function create() {
    return new DurableOutbox<string, string>(1, (_context, message) => toItself.push(message), {
      answerAfterSync,
    });
  }
  const speaker = (): Process<string, string> => ({
    onStart: (context) => {
      outbox = create();
      outbox.recover(context);
      outbox.flush(context);
    },
    onMessage: () => undefined,
    onTimer: () => undefined,
    onSynced: (context, sync) => outbox.onSynced(context, sync),
  });
  const listener = (): Process<string, string> => ({
    onStart: () => undefined,
    onMessage: (_context, _from, message) => void heard.push(message),
    onTimer: () => undefined,
    onSynced: () => undefined,
  });
  const exact = (ms: number) => ({ minMs: ms, meanMs: ms, maxMs: ms });
  const simulation = new Simulation<string, string>(
    {
      seed: 1,
      nodes: 2,
      network: { ...defaultNetwork, delay: exact(1) },
      disk: { ...defaultDisk, sync: exact(10), lossChance: 1 },
      clockOffsetMaxMs: 0,
    },
    { create: (id) => (id === 1 ? speaker() : listener()), describe: (message) => message },
  );
  simulation.runUntil(0);
  const act = (run: (outbox: DurableOutbox<string, string>) => void): void => {
    simulation.scheduleOn(1, 0, "act", (context: Context<string, string>) => {
      run(outbox);
      outbox.flush(context);
    });
    simulation.runUntil(simulation.nowMs);
  };
  const disk = () => simulation.node(1).disk.read().records;
  return { simulation, act, heard, toItself, disk };
}

describe("DurableOutbox", () => {
  it("holds back what promises something until it is durable, and nothing else", () => {
    const { simulation, act, heard, toItself } = fixture();
    act((outbox) => {
      outbox.append("x");
      outbox.send(2, "I have x", true);
      outbox.send(1, "I have x", true);
      outbox.send(2, "hello", false);
    });
    simulation.runUntil(9);
    expect([heard, toItself]).toEqual([["hello"], []]);
    simulation.runUntil(12);
    expect([heard, toItself]).toEqual([["hello", "I have x"], ["I have x"]]);
  });

  it("gathers the writes of one sync for the next", () => {
    const { simulation, act, heard, disk } = fixture();
    for (const record of ["a", "b", "c"]) {
      act((outbox) => {
        outbox.append(record);
        outbox.send(2, record, true);
      });
    }
    simulation.runUntil(15);
    expect([heard, disk()]).toEqual([["a"], ["a"]]);
    simulation.runUntil(25);
    expect([heard, disk()]).toEqual([
      ["a", "b", "c"],
      ["a", "b", "c"],
    ]);
  });

  it("has said nothing of what a crash takes away", () => {
    const { simulation, act, heard, disk } = fixture();
    act((outbox) => {
      outbox.append("x");
      outbox.send(2, "I have x", true);
    });
    simulation.crash(1);
    simulation.restart(1);
    simulation.runUntil(100);
    expect([heard, disk()]).toEqual([[], []]);
  });

  it("speaks at once where a lesson wants to see what comes of it", () => {
    const { simulation, act, heard, disk } = fixture(false);
    act((outbox) => {
      outbox.append("x");
      outbox.send(2, "I have x", true);
    });
    simulation.runUntil(2);
    simulation.crash(1);
    simulation.runUntil(3);
    expect([heard, disk()]).toEqual([["I have x"], []]);
  });

  it("swaps the whole journal, with what was still to be written", () => {
    const { simulation, act, disk } = fixture();
    act((outbox) => outbox.append("a"));
    simulation.runUntil(20);
    act((outbox) => {
      outbox.append("b");
      outbox.replace(["snapshot"]);
      outbox.append("c");
    });
    simulation.runUntil(40);
    expect(disk()).toEqual(["snapshot", "c"]);
  });
});
