import * as fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { HyperedgeError } from "../frames/split-hyperedges.ts";
import { parseDem } from "../stim/parse-dem.ts";
import { unfoldDem } from "../stim/unfold-dem.ts";
import { Blossom } from "./blossom.ts";
import { LookupDecoder } from "./lookup-decoder.ts";
import { MatchingDecoder } from "./matching-decoder.ts";
import { type MatchingGraph, matchingGraph, weightSteps } from "./matching-graph.ts";
import { UnionFindDecoder } from "./union-find-decoder.ts";

const file = (name: string) => readFileSync(join(import.meta.dirname, "testdata", name), "utf8");
const modelOf = (text: string) => unfoldDem(parseDem(text));

/** The least weight of a perfect matching, by trying all. */
function leastWeight(rest: readonly number[], cost: (a: number, b: number) => number): number {
  const [first, ...others] = rest;
  if (first === undefined) return 0;
  return Math.min(
    ...others.map(
      (other) =>
        cost(first, other) +
        leastWeight(
          others.filter((each) => each !== other),
          cost,
        ),
    ),
  );
}

describe("blossoms", () => {
  it("match with the least weight of all perfect matchings", () => {
    const blossom = new Blossom();
    const problems = fc.integer({ min: 1, max: 5 }).chain((half) =>
      fc.tuple(
        fc.constant(2 * half),
        fc.oneof(
          fc.array(fc.nat({ max: 6 }), { minLength: 100, maxLength: 100 }),
          fc.array(fc.nat({ max: 1e9 }), { minLength: 100, maxLength: 100 }),
          // Few values make many ties, and with them nested blossoms.
          fc.array(fc.constantFrom(1, 10), { minLength: 100, maxLength: 100 }),
        ),
      ),
    );
    fc.assert(
      fc.property(problems, ([n, costs]) => {
        const cost = (a: number, b: number) => costs[Math.min(a, b) * 10 + Math.max(a, b)]!;
        const partners = blossom.match(n, cost);
        const weight = [...partners.entries()].reduce((sum, [a, b]) => {
          expect(partners[b]).toBe(a);
          return sum + cost(a, b) / 2;
        }, 0);
        expect(weight).toBe(leastWeight([...Array(n).keys()], cost));
      }),
      { numRuns: 3_000 },
    );
  });

  it("match points of a plane, many at once, no worse than any exchange of two pairs", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (seed) => {
        const n = 60;
        const at = (index: number) => [
          (index * 7919 * seed) % 1009,
          (index * index * 104_729 + seed) % 1013,
        ];
        const cost = (a: number, b: number) =>
          Math.abs(at(a)[0]! - at(b)[0]!) + Math.abs(at(a)[1]! - at(b)[1]!);
        const partners = new Blossom().match(n, cost);
        for (let a = 0; a < n; a++) {
          for (let b = 0; b < n; b++) {
            const [c, d] = [partners[a]!, partners[b]!];
            if (new Set([a, b, c, d]).size < 4) continue;
            expect(cost(a, c) + cost(b, d)).toBeLessThanOrEqual(cost(a, b) + cost(c, d));
          }
        }
      }),
      { numRuns: 10 },
    );
  });
});

/** Random graphs with parallel edges, a boundary or none, equal and extreme probabilities. */
const graphs = fc
  .record({
    detectors: fc.integer({ min: 2, max: 9 }),
    edges: fc.array(
      fc.record({
        a: fc.nat({ max: 99 }),
        b: fc.nat({ max: 99 }),
        p: fc.constantFrom(0.001, 0.01, 0.01, 0.1, 0.3, 0.5, 0.8),
        observables: fc.nat({ max: 3 }),
        isBoundary: fc.boolean(),
      }),
      { minLength: 2, maxLength: 14 },
    ),
    hasBoundary: fc.boolean(),
  })
  .map(({ detectors, edges, hasBoundary }) => {
    const lines = edges.flatMap(({ a, b, p, observables, isBoundary }) => {
      const flips = [0, 1]
        .filter((bit) => ((observables >> bit) & 1) === 1)
        .map((bit) => `L${bit}`);
      const ends = isBoundary && hasBoundary ? [a % detectors] : [a % detectors, b % detectors];
      if (ends.length === 2 && ends[0] === ends[1]) return [];
      return [`error(${p}) ${ends.map((end) => `D${end}`).join(" ")} ${flips.join(" ")}`];
    });
    return modelOf([...lines, `detector D${detectors - 1}`, "logical_observable L1"].join("\n"));
  });

/** Of each syndrome the least weight of edges that explain it, by trying all sets of edges. */
function bestByTrial(graph: MatchingGraph): Map<string, { weight: number; flips: Set<number> }> {
  const best = new Map<string, { weight: number; flips: Set<number> }>();
  for (let subset = 0; subset < 2 ** graph.edges; subset++) {
    const fired = new Set(graph.flippedDetectors);
    let [weight, flips] = [0, graph.flippedObservables];
    for (let edge = 0; edge < graph.edges; edge++) {
      if (((subset >> edge) & 1) === 0) continue;
      weight += graph.weights[edge]!;
      flips ^= graph.observables[edge]!;
      for (const node of [graph.ends[2 * edge]!, graph.ends[2 * edge + 1]!]) {
        if (node !== graph.boundary && !fired.delete(node)) fired.add(node);
      }
    }
    const key = [...fired].toSorted((a, b) => a - b).join();
    const known = best.get(key);
    if (known === undefined || weight < known.weight)
      best.set(key, { weight, flips: new Set([flips]) });
    else if (weight === known.weight) known.flips.add(flips);
  }
  return best;
}

describe("decoding by matching", () => {
  it("finds the likeliest set of edges for every syndrome, and refuses those that have none", () => {
    fc.assert(
      fc.property(graphs, (model) => {
        const graph = matchingGraph(model);
        const decoder = new MatchingDecoder(graph);
        const best = bestByTrial(graph);
        for (let syndrome = 0; syndrome < 2 ** model.detectors; syndrome++) {
          const fired = [...Array(model.detectors).keys()].filter(
            (bit) => ((syndrome >> bit) & 1) === 1,
          );
          const expected = best.get(fired.join());
          if (expected === undefined) {
            expect(() => decoder.decode(fired)).toThrow(/without a partner/);
            continue;
          }
          const { weight, observables, edges } = decoder.explain(fired);
          expect(weight).toBe(expected.weight / weightSteps);
          expect(expected.flips).toContain(observables);
          expect(decoder.decode(fired)).toBe(observables);
          expectSolves(graph, fired, edges, observables);
        }
      }),
      { numRuns: 150 },
    );
  });

  it("by union-find gives a correction for every syndrome that has one", () => {
    fc.assert(
      fc.property(graphs, (model) => {
        const graph = matchingGraph(model);
        const decoder = new UnionFindDecoder(graph);
        const best = bestByTrial(graph);
        for (let syndrome = 0; syndrome < 2 ** model.detectors; syndrome++) {
          const fired = [...Array(model.detectors).keys()].filter(
            (bit) => ((syndrome >> bit) & 1) === 1,
          );
          if (!best.has(fired.join())) {
            expect(() => decoder.decode(fired)).toThrow(/odd number/);
            continue;
          }
          const { observables, edges } = decoder.explain(fired);
          expectSolves(graph, fired, edges, observables);
        }
      }),
      { numRuns: 150 },
    );
  });

  it.each([MatchingDecoder, UnionFindDecoder])(
    "%o corrects up to (d - 1) / 2 errors of a line",
    (Decoder) => {
      const d = 9;
      const lines = Array.from({ length: d }, (_, at) => {
        const ends = [at - 1, at].filter((end) => end >= 0 && end < d - 1);
        return `error(0.05) ${ends.map((end) => `D${end}`).join(" ")}${at === 0 ? " L0" : ""}`;
      });
      const decoder = new Decoder(matchingGraph(modelOf(lines.join("\n"))));
      for (let errors = 0; errors < 2 ** d; errors++) {
        const hits = [...Array(d).keys()].filter((at) => ((errors >> at) & 1) === 1);
        const fired = [...Array(d - 1).keys()].filter(
          (check) => ((errors >> check) & 1) !== ((errors >> (check + 1)) & 1),
        );
        const isRight = decoder.decode(fired) === (errors & 1);
        expect({ hits, isRight }).toEqual({ hits, isRight: hits.length <= (d - 1) / 2 });
      }
    },
  );

  it("finds matchings of PyMatching's weight for shots of a surface code", () => {
    const decoder = new MatchingDecoder(matchingGraph(modelOf(file("rotated-surface-5.dem"))));
    const shots = JSON.parse(file("rotated-surface-5-shots.json")) as {
      fired: number[];
      weight: number;
      predicted: number;
      actual: number;
    }[];
    const [ours, theirs] = [{ wrong: 0 }, { wrong: 0 }];
    for (const { fired, weight, predicted, actual } of shots) {
      const explanation = decoder.explain(fired);
      expect(explanation.weight).toBeCloseTo(weight, 4);
      ours.wrong += explanation.observables === actual ? 0 : 1;
      theirs.wrong += predicted === actual ? 0 : 1;
    }
    // Matchings of equal weight may differ in what they predict.
    expect(Math.abs(ours.wrong - theirs.wrong)).toBeLessThanOrEqual(3);
  });

  it("refuses hyperedges and detectors that do not exist", () => {
    expect(() => matchingGraph(modelOf("error(0.1) D0 D1 D2"))).toThrow(HyperedgeError);
    const graph = matchingGraph(modelOf("error(0.1) D0"));
    for (const decoder of [new MatchingDecoder(graph), new UnionFindDecoder(graph)]) {
      expect(() => decoder.decode([7])).toThrow("no detector D7");
    }
  });

  /** The edges' ends are just what fired, and their observables what is answered. */
  function expectSolves(
    graph: MatchingGraph,
    fired: readonly number[],
    edges: readonly { detectors: readonly number[]; observables: number }[],
    observables: number,
  ): void {
    const ends = new Set(graph.flippedDetectors);
    let flips = graph.flippedObservables;
    for (const edge of edges) {
      flips ^= edge.observables;
      for (const node of edge.detectors) if (!ends.delete(node)) ends.add(node);
    }
    expect([...ends].toSorted((a, b) => a - b)).toEqual(fired);
    expect(flips).toBe(observables);
  }
});

describe("decoding by a table", () => {
  it("knows the likeliest flips of a model with hyperedges, by trying all errors", () => {
    const mechanisms = fc.array(
      fc.record({
        detectors: fc.uniqueArray(fc.nat({ max: 4 }), { maxLength: 4 }),
        observable: fc.nat({ max: 2 }),
        p: fc.constantFrom(0.01, 0.2, 0.35, 0.6),
      }),
      { minLength: 1, maxLength: 9 },
    );
    fc.assert(
      fc.property(mechanisms, (list) => {
        const lines = list.map(
          ({ detectors, observable, p }) =>
            `error(${p}) ${detectors.map((at) => `D${at}`).join(" ")} L${observable}`,
        );
        const decoder = new LookupDecoder(
          modelOf([...lines, "detector D4", "logical_observable L2"].join("\n")),
        );
        const chances = new Map<string, number>();
        for (let subset = 0; subset < 2 ** list.length; subset++) {
          const fired = new Set<number>();
          let [flips, chance] = [0, 1];
          for (const [at, { detectors, observable, p }] of list.entries()) {
            const happens = ((subset >> at) & 1) === 1;
            chance *= happens ? p : 1 - p;
            if (!happens) continue;
            flips ^= 1 << observable;
            for (const detector of detectors) if (!fired.delete(detector)) fired.add(detector);
          }
          const key = `${[...fired].toSorted((a, b) => a - b).join()}|${flips}`;
          chances.set(key, (chances.get(key) ?? 0) + chance);
        }
        let right = 0;
        for (let syndrome = 0; syndrome < 32; syndrome++) {
          const fired = [0, 1, 2, 3, 4].filter((bit) => ((syndrome >> bit) & 1) === 1);
          const own = Array.from(
            { length: 8 },
            (_, flips) => chances.get(`${fired.join()}|${flips}`) ?? 0,
          );
          const most = Math.max(...own);
          right += most;
          expect(own[decoder.decode(fired)]).toBeCloseTo(most, 12);
        }
        expect(decoder.failureChance()).toBeCloseTo(1 - right, 12);
      }),
    );
  });

  it("is refused when it would be too large", () => {
    expect(() => new LookupDecoder(modelOf("error(0.1) D40"))).toThrow(/at most 20 detectors/);
  });
});
