/** Sums over the simulated network: exact for integers, whatever the sizes and however much is lost. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { defaultDisk } from "../../../../cluster/disk.ts";
import { defaultNetwork } from "../../../../cluster/network.ts";
import { Simulation } from "../../../../cluster/simulation.ts";
import { planReduction } from "../reduction-tree.ts";
import { exchangeBytes, exchangeMs, speedUp } from "../theory.ts";
import { Agenda } from "./agenda.ts";
import {
  type Collective,
  type Piece,
  RingAllReduce,
  TreeAllReduce,
  treeSendsUp,
} from "./collectives.ts";
import { Transport, type Wire } from "./transport.ts";

const shards = 8;
const latencyMs = 0.5;
const bytesPerMs = 1_000;

interface Outcome {
  readonly sums: readonly (Float32Array | null)[];
  readonly bytes: number;
  readonly again: number;
  readonly ms: number;
}

/** One exchange of everybody's vector; a rank of a tree owns the vectors of its shards. */
function exchange(
  kind: "ring" | "tree",
  vectors: readonly Float32Array[],
  ranks: number,
  lossChance: number,
  seed: number,
): Outcome {
  const machines: Collective[] = [];
  const counted = { bytes: 0, again: 0 };
  let lastMs = 0;
  const simulation = new Simulation<Wire<Piece>, never>(
    {
      seed,
      nodes: ranks,
      network: {
        ...defaultNetwork,
        delay: { minMs: latencyMs, meanMs: latencyMs, maxMs: latencyMs },
        lossChance,
      },
      disk: defaultDisk,
      clockOffsetMaxMs: 0,
    },
    {
      describe: (message) => message.kind,
      create: (id) => {
        const agenda = new Agenda();
        let transport: Transport<Piece> | null = null;
        return {
          onStart: (context) => {
            const observer = {
              sent: (_node: number, bytes: number, isAgain: boolean) => {
                counted[isAgain ? "again" : "bytes"] += bytes;
              },
            };
            transport = new Transport(
              context,
              agenda,
              { latencyMs, bytesPerMs },
              latencyMs,
              observer,
              (_, piece) => {
                machines[id - 1]!.receive(piece);
                lastMs = context.now();
              },
            );
            const send = (to: number, piece: Piece): void =>
              transport!.send(to + 1, piece.values.length * 4, piece);
            machines[id - 1] = machineOf(kind, id - 1, ranks, vectors, send);
            machines[id - 1]!.begin();
          },
          onMessage: (_, from, message) => transport!.receive(from, message),
          onTimer: (context) => agenda.run(context),
          onSynced: () => {},
        };
      },
    },
  );
  simulation.runUntil(
    1e7,
    () => machines.length === ranks && machines.every(({ result }) => result !== null),
  );
  expect(simulation.failures).toEqual([]);
  return { sums: machines.map(({ result }) => result), ...counted, ms: lastMs };
}

function machineOf(
  kind: "ring" | "tree",
  rank: number,
  ranks: number,
  vectors: readonly Float32Array[],
  send: (to: number, piece: Piece) => void,
): Collective {
  if (kind === "ring") return new RingAllReduce(rank, ranks, vectors[rank]!.slice(), send);
  const plan = planReduction(ranks, shards).workers[rank]!;
  const sums = vectors.map((vector) => vector.slice());
  for (const { into, from } of plan.local) {
    sums[into]!.forEach((value, at) => (sums[into]![at] = value + sums[from]![at]!));
  }
  const held = new Map(plan.held.map((shard) => [shard, sums[shard]!]));
  return new TreeAllReduce(rank, ranks, shards, held, send);
}

const cases = fc.record({
  ranks: fc.integer({ min: 1, max: 8 }),
  size: fc.integer({ min: 1, max: 60 }),
  lossChance: fc.constantFrom(0, 0, 0.1, 0.4),
  seed: fc.integer({ min: 0, max: 1e6 }),
});

function vectorsOf(count: number, size: number, seed: number): Float32Array[] {
  return Array.from({ length: count }, (_, vector) =>
    Float32Array.from(
      { length: size },
      (_value, at) => ((seed + 31 * vector + 7 * at) % 1_000) - 500,
    ),
  );
}

it.each(["ring", "tree"] as const)(
  "a %s gives everybody the sum, and moves what it should",
  (kind) => {
    fc.assert(
      fc.property(cases, ({ ranks, size, lossChance, seed }) => {
        const count = kind === "ring" ? ranks : shards;
        const vectors = vectorsOf(count, size, seed);
        const sum = Array.from({ length: size }, (_, at) =>
          vectors.reduce((total, vector) => total + vector[at]!, 0),
        );
        const { sums, bytes, again } = exchange(kind, vectors, ranks, lossChance, seed);
        for (const each of sums) expect([...each!]).toEqual(sum);
        expect(bytes).toBe(exchangeBytes(kind, ranks, size * 4, treeSendsUp(ranks, shards)));
        if (lossChance === 0) expect(again).toBe(0);
      }),
      { numRuns: 60 },
    );
  },
);

it.each([2, 4, 5, 8])("a ring of %i takes as long as the model says", (ranks) => {
  const size = 1_000 * ranks;
  const { ms } = exchange("ring", vectorsOf(ranks, size, 1), ranks, 0, 1);
  const model = { alphaMs: latencyMs, bytesPerMs, bytes: size * 4 };
  expect(ms).toBeCloseTo(exchangeMs("ring", ranks, model), 1);
});

it.each([2, 4, 8])(
  "a tree of %i takes at most one more message's sending a level than the model",
  (ranks) => {
    const size = 1_000;
    const { ms } = exchange("tree", vectorsOf(shards, size, 1), ranks, 0, 1);
    const model = { alphaMs: latencyMs, bytesPerMs, bytes: size * 4 };
    const least = exchangeMs("tree", ranks, model);
    expect(ms).toBeGreaterThanOrEqual(least - 0.01);
    // The root sends to each child in turn.
    expect(ms).toBeLessThanOrEqual(least + Math.log2(ranks) * ((size * 4) / bytesPerMs) + 0.01);
  },
);

it("the model says that more workers help while computing outweighs the exchange", () => {
  const model = { alphaMs: 0, bytesPerMs: Number.POSITIVE_INFINITY, bytes: 4_000 };
  expect(speedUp("ring", 8, 100, model)).toBeCloseTo(8);
  expect(speedUp("ring", 8, 1, { alphaMs: 1, bytesPerMs: 1_000, bytes: 4_000 })).toBeLessThan(1);
});
