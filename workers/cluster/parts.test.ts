import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Clock } from "./clock.ts";
import { drawDelayUs } from "./delay.ts";
import { Disk, defaultDisk } from "./disk.ts";
import { EventQueue } from "./event-queue.ts";
import { defaultNetwork, Network, type NetworkOptions } from "./network.ts";
import { drawPartition, partitionModes } from "./partition.ts";
import { Random } from "./random.ts";

describe("EventQueue", () => {
  it("gives events by time, and those of one time in the order they came", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20)), (times) => {
        const queue = new EventQueue<{ atUs: number; order: number; place: number }>();
        for (const [place, atUs] of times.entries()) queue.push({ atUs, order: 0, place });
        const expected = [...times.entries()].toSorted((a, b) => a[1] - b[1] || a[0] - b[0]);
        const given = times.map(() => queue.pop()?.place);
        expect(given).toEqual(expected.map(([place]) => place));
        expect(queue.pop()).toBeUndefined();
      }),
    );
  });
});

describe("drawPartition", () => {
  it.each(partitionModes)("%s leaves nobody out and neither side empty", (mode) => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 2, max: 9 }), (seed, count) => {
        const nodes = Array.from({ length: count }, (_, place) => place + 1);
        const side = drawPartition(mode, nodes, new Random(seed));
        expect(side.length).toBeGreaterThan(0);
        expect(side.length).toBeLessThan(mode === "isolate-single" ? 2 : count);
        expect(new Set(side).size).toBe(side.length);
        expect(side.every((id) => nodes.includes(id))).toBe(true);
      }),
    );
  });

  it("needs two nodes", () => {
    expect(() => drawPartition("uniform-size", [1], new Random(1))).toThrow(/two nodes/);
  });
});

describe("Clock", () => {
  it("starts with its offset and gains by its drift, without jumping when that changes", () => {
    const clock = new Clock(50);
    expect(clock.nowMs(1_000_000)).toBe(1050);
    clock.setDrift(1_000_000, 100_000);
    expect(clock.nowMs(1_000_000)).toBe(1050);
    expect(clock.nowMs(2_000_000)).toBeCloseTo(2150, 9);
    clock.setDrift(2_000_000, -500_000);
    expect(clock.nowMs(4_000_000)).toBeCloseTo(3150, 9);
    clock.step(4_000_000, -1000);
    expect(clock.nowMs(4_000_000)).toBeCloseTo(2150, 9);
  });

  it("lets a fast clock's timers fire early", () => {
    const clock = new Clock(0);
    clock.setDrift(0, 1_000_000);
    expect(clock.trueUs(100)).toBe(50_000);
    expect(() => clock.setDrift(0, -1_000_000)).toThrow(/backwards/);
  });
});

describe("Disk", () => {
  function fixture(seed: number) {
    const started: number[] = [];
    const disk = new Disk<number>(defaultDisk, new Random(seed), (sync) => started.push(sync));
    return { disk, started };
  }

  it("keeps through a crash all that a finished sync covered, in order, and invents nothing", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(10), fc.nat(10), (seed, synced, unsynced) => {
        const { disk } = fixture(seed);
        for (let record = 0; record < synced; record++) disk.append(record);
        const sync = disk.sync();
        for (let record = synced; record < synced + unsynced; record++) disk.append(record);
        disk.sync();
        disk.finishSync(sync);
        disk.crash();
        const { records, durableCount } = disk.read();
        expect(durableCount).toBe(synced);
        expect(records.slice(0, synced)).toEqual(Array.from({ length: synced }, (_, n) => n));
        for (const [place, record] of records.entries()) expect([place, null]).toContain(record);
        expect(records.length).toBeLessThanOrEqual(synced + unsynced);
      }),
    );
  });

  it("loses, keeps and tears unsynced records, each sometimes", () => {
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const { disk } = fixture(seed);
      disk.append(7);
      disk.crash();
      outcomes.add(JSON.stringify(disk.read().records));
    }
    expect([...outcomes].toSorted()).toEqual(["[7]", "[]", "[null]"]);
  });

  it("replaces the journal whole or not at all", () => {
    const outcomes = new Set<string>();
    for (let seed = 0; seed < 200; seed++) {
      const { disk } = fixture(seed);
      for (const record of [1, 2, 3]) disk.append(record);
      disk.finishSync(disk.sync());
      disk.replace([10, 11]);
      disk.crash();
      const { records, durableCount } = disk.read();
      outcomes.add(`${JSON.stringify(records)} ${durableCount}`);
    }
    expect([...outcomes].toSorted()).toEqual(["[1,2,3] 3", "[10,11] 2"]);
  });

  it("shows damage to durable records as such", () => {
    const { disk } = fixture(1);
    expect(disk.corrupt()).toBe(false);
    for (const record of [1, 2, 3]) disk.append(record);
    disk.finishSync(disk.sync());
    expect(disk.corrupt()).toBe(true);
    expect(disk.read().records.filter((record) => record === null)).toHaveLength(1);
    expect(disk.loseDurable()).toBe(true);
    const { records, durableCount } = disk.read();
    expect(records.length).toBeLessThan(durableCount);
  });
});

describe("Network", () => {
  function arrivals(options: Partial<NetworkOptions>, count: number): number[] {
    const network = new Network(2, { ...defaultNetwork, ...options }, new Random(5));
    const times: number[] = [];
    for (let message = 0; message < count; message++) {
      network.send(1, 2, message * 10, (atUs) => {
        times.push(atUs);
        network.arrived(1, 2);
      });
    }
    return times;
  }

  it("loses and duplicates by the given chances", () => {
    expect(arrivals({}, 1000)).toHaveLength(1000);
    expect(arrivals({ lossChance: 1 }, 1000)).toHaveLength(0);
    expect(arrivals({ lossChance: 0.3 }, 10_000).length / 10_000).toBeCloseTo(0.7, 1);
    expect(arrivals({ duplicateChance: 0.5 }, 10_000).length / 10_000).toBeCloseTo(1.5, 1);
  });

  it("keeps the order of a link only where asked to", () => {
    const rising = (times: number[]): boolean =>
      times.every((time, place) => place === 0 || time >= (times[place - 1] ?? 0));
    expect(rising(arrivals({ fifo: true }, 1000))).toBe(true);
    expect(rising(arrivals({ fifo: false }, 1000))).toBe(false);
  });

  it("draws delays within their bounds and with their mean", () => {
    const random = new Random(8);
    const delay = { minMs: 2, meanMs: 5, maxMs: 1000 };
    const drawn = Array.from({ length: 50_000 }, () => drawDelayUs(delay, random));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(2000);
    expect(drawn.reduce((sum, us) => sum + us, 0) / drawn.length / 1000).toBeCloseTo(5, 1);
  });

  it("cuts one direction without the other, holds back clogged links, and recovers", () => {
    const network = new Network(2, { ...defaultNetwork, lossChance: 1 }, new Random(1));
    network.block(1, 2);
    expect(network.send(1, 2, 0, () => undefined)).toBe("blocked");
    expect(network.isBlocked(2, 1)).toBe(false);
    expect(network.send(2, 1, 0, () => undefined)).toBe("lost");
    network.becomeReliable();
    network.clog(1, 2, 1_000_000);
    let arrival = 0;
    expect(network.send(1, 2, 0, (atUs) => (arrival = atUs))).toBe("sent");
    expect(arrival).toBeGreaterThan(1_000_000);
    expect(network.arrived(1, 2)).toBe(true);
  });

  it("gives links of their own their own delays", () => {
    const slow = { from: 1, to: 2, delay: { minMs: 80, meanMs: 80, maxMs: 80 } };
    const network = new Network(2, { ...defaultNetwork, links: [slow] }, new Random(1));
    const times: number[] = [];
    network.send(1, 2, 0, (atUs) => times.push(atUs));
    network.send(2, 1, 0, (atUs) => times.push(atUs));
    expect(times[0]).toBe(80_000);
    expect(times[1]).toBeLessThan(20_001);
  });

  it("explains impossible options", () => {
    const random = new Random(1);
    expect(() => new Network(0, defaultNetwork, random)).toThrow(/1 to 1024 nodes/);
    const delay = { minMs: 5, meanMs: 1, maxMs: 10 };
    expect(() => new Network(2, { ...defaultNetwork, delay }, random)).toThrow(/minMs <= meanMs/);
    expect(() => new Network(2, { ...defaultNetwork, lossChance: 2 }, random)).toThrow(
      /lossChance must be a probability/,
    );
    const network = new Network(2, defaultNetwork, random);
    expect(() => network.send(1, 3, 0, () => undefined)).toThrow(/no link 1 -> 3/);
  });
});
