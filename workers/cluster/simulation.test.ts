import { describe, expect, it } from "vitest";
import { defaultDisk } from "./disk.ts";
import { allFaults, FaultSchedule, noFaults } from "./fault-schedule.ts";
import { defaultNetwork } from "./network.ts";
import type { Context, NodeId, Process } from "./process.ts";
import { Simulation } from "./simulation.ts";
import type { SimulationOptions } from "./simulation-host.ts";

type Text = string;
type TextContext = Context<Text, Text>;

const options: SimulationOptions = {
  seed: 1,
  nodes: 3,
  network: { ...defaultNetwork, delay: { minMs: 1, meanMs: 1, maxMs: 1 } },
  disk: { ...defaultDisk, sync: { minMs: 2, meanMs: 2, maxMs: 2 }, lossChance: 1 },
  clockOffsetMaxMs: 0,
};

/** A process made of the parts that a test needs; it writes down what happens to it. */
function scripted(
  seen: string[],
  id: NodeId,
  parts: {
    start?: (context: TextContext) => void;
    message?: (context: TextContext, from: NodeId, message: Text) => void;
    timer?: (context: TextContext, name: string) => void;
  },
): Process<Text, Text> {
  return {
    onStart: (context) => {
      seen.push(`${id} start at ${context.now()}`);
      parts.start?.(context);
    },
    onMessage: (context, from, message) => {
      seen.push(`${id} got ${message} from ${from} at ${context.now()}`);
      parts.message?.(context, from, message);
    },
    onTimer: (context, name) => {
      seen.push(`${id} ${name} at ${context.now()}`);
      parts.timer?.(context, name);
    },
    onSynced: (context, sync) => {
      seen.push(`${id} synced ${sync} at ${context.now()}`);
    },
  };
}

describe("Simulation", () => {
  it("delivers messages, fires timers and finishes syncs in virtual time", () => {
    const seen: string[] = [];
    const simulation = new Simulation<Text, Text>(
      { ...options, nodes: 2 },
      {
        create: (id) =>
          scripted(seen, id, {
            start: (context) => {
              if (id === 1) context.send(2, "hello");
              context.setTimer("tick", 10 * id);
              context.storage.append("record");
              context.storage.sync();
            },
          }),
        describe: (message) => message,
      },
    );
    simulation.runUntil(100);
    expect(seen).toEqual([
      "1 start at 0",
      "2 start at 0",
      "2 got hello from 1 at 1",
      "1 synced 1 at 2",
      "2 synced 1 at 2",
      "1 tick at 10",
      "2 tick at 20",
    ]);
    expect(simulation.nowMs).toBe(100);
  });

  it("moves and cancels timers by name", () => {
    const seen: string[] = [];
    const simulation = new Simulation<Text, Text>(
      { ...options, nodes: 1 },
      {
        create: (id) =>
          scripted(seen, id, {
            start: (context) => {
              context.setTimer("later", 10);
              context.setTimer("later", 30);
              context.setTimer("sooner", 30);
              context.setTimer("sooner", 5);
              context.setTimer("never", 5);
              context.cancelTimer("never");
            },
          }),
        describe: (message) => message,
      },
    );
    simulation.runUntil(100);
    expect(seen).toEqual(["1 start at 0", "1 sooner at 5", "1 later at 30"]);
  });

  it("never runs past the time it was given, whatever became of the events before it", () => {
    const seen: string[] = [];
    const simulation = new Simulation<Text, Text>(
      { ...options, nodes: 1 },
      {
        create: (id) =>
          scripted(seen, id, {
            start: (context) => {
              context.setTimer("moved", 5);
              context.setTimer("moved", 50);
              context.setTimer("late", 20);
            },
          }),
        describe: (message) => message,
      },
    );
    simulation.runUntil(10);
    expect(seen).toEqual(["1 start at 0"]);
    expect(simulation.nowMs).toBe(10);
  });

  it("takes from a crashed node its timers, messages and memory, but not its synced journal", () => {
    const seen: string[] = [];
    const journals: string[] = [];
    const simulation = new Simulation<Text, Text>(
      { ...options, nodes: 2 },
      {
        create: (id) =>
          scripted(seen, id, {
            start: (context) => {
              if (id !== 1) return;
              journals.push(JSON.stringify(context.storage.read()));
              context.setTimer("tick", 20);
              context.storage.append("kept");
              context.storage.sync();
            },
          }),
        describe: (message) => message,
      },
    );
    simulation.scheduleOn(1, 5, "write without sync", (context) => context.storage.append("lost"));
    simulation.scheduleOn(2, 9.5, "send", (context) => context.send(1, "too late"));
    simulation.schedule(10, "crash", () => simulation.crash(1));
    simulation.schedule(15, "restart", () => simulation.restart(1));
    simulation.runUntil(100);
    expect(seen.filter((line) => line.startsWith("1"))).toEqual([
      "1 start at 0",
      "1 synced 1 at 2",
      "1 start at 15",
      "1 synced 2 at 17",
      "1 tick at 35",
    ]);
    expect(journals).toEqual([
      '{"records":[],"durableCount":0}',
      '{"records":["kept"],"durableCount":1}',
    ]);
  });

  it("lets the events of a paused node wait", () => {
    const seen: string[] = [];
    const simulation = new Simulation<Text, Text>(
      { ...options, nodes: 2 },
      {
        create: (id) =>
          scripted(seen, id, { start: (context) => context.setTimer("tick", 10 * id) }),
        describe: (message) => message,
      },
    );
    simulation.schedule(5, "pause", () => simulation.pause(1));
    simulation.scheduleOn(2, 6, "send", (context) => context.send(1, "hello"));
    simulation.schedule(50, "resume", () => simulation.resume(1));
    simulation.runUntil(100);
    expect(seen.filter((line) => line.startsWith("1"))).toEqual([
      "1 start at 0",
      "1 got hello from 2 at 50",
      "1 tick at 50",
    ]);
  });

  it("never hands a message to a node that has not started its new life", () => {
    const seen: string[] = [];
    const simulation = new Simulation<Text, Text>(
      { ...options, nodes: 2 },
      { create: (id) => scripted(seen, id, {}), describe: (message) => message },
    );
    simulation.schedule(1, "crash", () => simulation.crash(1));
    simulation.scheduleOn(2, 9, "send", (context) => context.send(1, "hello"));
    simulation.schedule(10, "restart", () => simulation.restart(1));
    simulation.runUntil(20);
    expect(seen.filter((line) => line.startsWith("1"))).toEqual(["1 start at 0", "1 start at 10"]);
  });

  it("stops a process that throws or floods, and goes on with the others", () => {
    const seen: string[] = [];
    const simulation = new Simulation<Text, Text>(options, {
      create: (id) =>
        scripted(seen, id, {
          start: (context) => context.setTimer("tick", id),
          timer: (context) => {
            if (id === 1) throw new Error("broken on purpose");
            const flood = id === 2 ? 20_000 : 0;
            for (let count = 0; count < flood; count++) context.send(3, `${count}`);
          },
        }),
      describe: (message) => message,
    });
    simulation.runUntil(100);
    expect(simulation.failures).toEqual([
      { node: 1, event: 4, reason: "broken on purpose" },
      expect.objectContaining({ node: 2, reason: "sent more than 10000 messages in one event" }),
    ]);
    expect(seen).toContain("3 tick at 3");
    expect(simulation.nodeIds.map((id) => simulation.node(id).state)).toEqual([
      "failed",
      "failed",
      "up",
    ]);
  });

  it("shows each node its own clock", () => {
    const times: number[] = [];
    const simulation = new Simulation<Text, Text>(
      { ...options, nodes: 20, clockOffsetMaxMs: 50 },
      {
        create: (id) => scripted([], id, { start: (context) => times.push(context.now()) }),
        describe: (message) => message,
      },
    );
    simulation.runUntil(1);
    expect(new Set(times).size).toBe(20);
    expect(times.every((time) => Math.abs(time) <= 50)).toBe(true);
  });
});

/** Each node tells three others what it knows, until all know the rumour. */
class Gossip implements Process<Text, Text> {
  knows: boolean;
  readonly #nodes: number;

  constructor(id: NodeId, nodes: number) {
    this.knows = id === 1;
    this.#nodes = nodes;
  }

  onStart(context: TextContext): void {
    context.setTimer("round", 100 * context.random.float());
  }

  onMessage(): void {
    this.knows = true;
  }

  onTimer(context: TextContext): void {
    context.setTimer("round", 100);
    if (!this.knows) return;
    for (let tell = 0; tell < 3; tell++) {
      context.send(context.random.between(1, this.#nodes), "rumour");
    }
  }

  onSynced(): void {
    // Gossip keeps nothing on disk.
  }
}

function gossipRun(seed: number, nodes: number, log?: (line: string) => void) {
  const group = new Map<NodeId, Gossip>();
  const simulation = new Simulation<Text, Text>(
    {
      ...options,
      seed,
      nodes,
      network: { ...defaultNetwork, lossChance: 0.05, replayChance: 0.01 },
    },
    {
      create: (id) => {
        const gossip = new Gossip(id, nodes);
        group.set(id, gossip);
        return gossip;
      },
      describe: (message) => message,
      ...(log === undefined ? {} : { log }),
    },
  );
  const faults = new FaultSchedule(
    simulation,
    nodes > 2 ? allFaults : noFaults,
    simulation.nodeIds,
  );
  return { simulation, faults, group };
}

describe("a run", () => {
  it("repeats its log byte for byte from its seed", () => {
    const logOf = (seed: number): string => {
      const lines: string[] = [];
      const { simulation, faults } = gossipRun(seed, 5, (line) => lines.push(line));
      faults.start();
      simulation.runUntil(20_000);
      return lines.join("\n");
    };
    const log = logOf(7);
    expect(log.split("\n").length).toBeGreaterThan(1000);
    expect(logOf(7)).toBe(log);
    expect(logOf(8)).not.toBe(log);
    for (const [place, line] of log.split("\n").entries()) {
      expect(line.startsWith(`${place + 1} `)).toBe(true);
    }
  });

  it("holds a thousand nodes of a gossip process", () => {
    const { simulation, group } = gossipRun(3, 1000);
    simulation.runUntil(2000);
    expect([...group.values()].filter(({ knows }) => knows)).toHaveLength(1000);
  });
});

describe("FaultSchedule", () => {
  it("strikes with every kind of fault, then leaves a healthy cluster to the liveness phase", () => {
    const lines: string[] = [];
    const { simulation, faults } = gossipRun(11, 5, (line) => lines.push(line));
    faults.start();
    simulation.runUntil(60_000);
    const log = lines.join("\n");
    for (const kind of [
      "crash",
      "pause",
      "partition",
      "clog",
      "drift",
      "restart",
      "resume",
      "heal",
    ]) {
      expect(log).toContain(` * ${kind}`);
    }
    faults.startLiveness();
    const before = simulation.counts.messagesLost + simulation.counts.messagesBlocked;
    simulation.runUntil(simulation.nowMs + 10_000);
    expect(simulation.nodeIds.map((id) => simulation.node(id).state)).toEqual(
      Array.from({ length: 5 }, () => "up"),
    );
    expect(simulation.counts.messagesLost + simulation.counts.messagesBlocked).toBe(before);
  });

  it("explains impossible rates", () => {
    const { simulation } = gossipRun(1, 3);
    const crash = { everyMs: 0, lastsMs: 1 };
    expect(() => new FaultSchedule(simulation, { ...noFaults, crash }, [1, 2, 3])).toThrow(
      /everyMs of crash must be a positive number/,
    );
  });

  it("damages the disks of fewer than half of the nodes, whatever the seed", () => {
    let damagedRuns = 0;
    for (let seed = 0; seed < 30; seed++) {
      const { simulation } = gossipRun(seed, 5);
      const faults = new FaultSchedule(
        simulation,
        { ...allFaults, crash: { everyMs: 100, lastsMs: 50 }, diskDamageChance: 1 },
        simulation.nodeIds,
      );
      for (const id of simulation.nodeIds) {
        simulation.scheduleOn(id, 1, "write", ({ storage }) => {
          storage.append("record");
          storage.sync();
        });
      }
      faults.start();
      simulation.runUntil(5000);
      expect(faults.damaged.size).toBeLessThan(3);
      if (faults.damaged.size > 0) damagedRuns += 1;
    }
    expect(damagedRuns).toBeGreaterThan(0);
  });
});
