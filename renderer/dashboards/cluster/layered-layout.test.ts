import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { layeredLayout, rowsPerColumn } from "./layered-layout.ts";

const names = (count: number) =>
  Array.from({ length: count }, (_, place) => `n${String(place).padStart(3, "0")}`);
const graphs = fc.integer({ min: 1, max: 60 }).chain((count) =>
  fc.record({
    nodes: fc.constant(names(count)),
    edges: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 120 }),
  }),
);
const named = (nodes: readonly string[], edges: readonly (readonly [number, number])[]) =>
  edges.map(([from, to]): [string, string] => [nodes[from]!, nodes[to]!]);

describe("the layered layout", () => {
  it("gives each node a spot of its own", () => {
    fc.assert(
      fc.property(graphs, ({ nodes, edges }) => {
        const { spots, columns, rows } = layeredLayout(nodes, named(nodes, edges));
        expect([...spots.keys()].toSorted()).toEqual(nodes);
        const taken = new Set([...spots.values()].map(({ column, row }) => `${column} ${row}`));
        expect(taken.size).toBe(nodes.length);
        for (const { column, row } of spots.values()) {
          expect(column).toBeLessThan(columns);
          expect(row).toBeLessThanOrEqual(rows - 1);
        }
      }),
    );
  });

  it("puts callers never to the right of those they call where calls form no cycle", () => {
    fc.assert(
      fc.property(graphs, ({ nodes, edges }) => {
        const forward = edges.filter(([from, to]) => from < to);
        const { spots } = layeredLayout(nodes, named(nodes, forward));
        for (const [from, to] of named(nodes, forward)) {
          expect(spots.get(from)!.column).toBeLessThanOrEqual(spots.get(to)!.column);
        }
      }),
    );
  });

  it("puts each step of a request further to the right", () => {
    const steps = ["web", "orders", "billing", "bank"];
    const edges = steps.slice(1).map((to, at): [string, string] => [steps[at]!, to]);
    const { spots } = layeredLayout(steps, [...edges, ["web", "bank"], ["bank", "web"]]);
    expect(steps.map((step) => spots.get(step)!.column)).toEqual([0, 1, 2, 3]);
  });

  it("keeps a long chain about as wide as it is high", () => {
    const nodes = names(900);
    const edges = nodes.slice(1).map((to, at): [string, string] => [nodes[at]!, to]);
    const { rows, columns } = layeredLayout(nodes, edges);
    expect(columns).toBeLessThanOrEqual(2 * Math.sqrt(900));
    expect(rows).toBeGreaterThan(10);
  });

  it("is the same whatever the order of nodes and edges", () => {
    fc.assert(
      fc.property(graphs, ({ nodes, edges }) => {
        const all = named(nodes, edges);
        const once = layeredLayout(nodes, all);
        const again = layeredLayout(nodes.toReversed(), [...all.toReversed(), ...all]);
        expect(Object.fromEntries(again.spots)).toEqual(Object.fromEntries(once.spots));
      }),
    );
  });

  it("untangles two chains whose names are mixed up", () => {
    const { spots } = layeredLayout(
      ["a1", "b1", "a2", "b2", "a3", "b3"],
      [
        ["a1", "b2"],
        ["b2", "a3"],
        ["b1", "a2"],
        ["a2", "b3"],
      ],
    );
    const rowOf = (name: string) => spots.get(name)!.row;
    expect(new Set(["a1", "b2", "a3"].map(rowOf)).size).toBe(1);
    expect(new Set(["b1", "a2", "b3"].map(rowOf)).size).toBe(1);
  });

  it("folds long layers, and lays out a thousand nodes", () => {
    const nodes = names(1_000);
    const edges = nodes.slice(1).map((to): [string, string] => [nodes[0]!, to]);
    const { rows, columns } = layeredLayout(nodes, edges);
    expect(columns).toBe(1 + Math.ceil(999 / rowsPerColumn(1_000)));
    expect(rows).toBe(Math.ceil(999 / (columns - 1)));
  });
});
