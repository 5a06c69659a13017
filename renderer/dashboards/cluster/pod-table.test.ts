import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PodsAnswer } from "../../../workers/microservices/contract.ts";
import { PodTable, type PodView } from "./pod-table.ts";

interface Pod {
  readonly name: string;
  readonly restarts: number;
}

function answer(
  revision: number,
  full: boolean,
  pods: readonly Pod[],
  removed: string[] = [],
): PodsAnswer {
  const of = <Value>(value: (pod: Pod) => Value) => pods.map(value);
  return {
    revision,
    full,
    total: 0,
    removed,
    usage: null,
    pods: {
      namespace: of(() => "n"),
      name: of(({ name }) => name),
      node: of(() => ""),
      status: of(() => "Running"),
      ready: of(() => 1),
      containers: of(() => 1),
      restarts: of(({ restarts }) => restarts),
      createdAt: of(() => 0),
      owner: of(() => ""),
      image: of(() => "i"),
      ip: of(() => ""),
    },
  };
}

const view: PodView = { filter: "", namespace: null, sort: "restarts", descending: false };

describe("the table of pods", () => {
  it("holds what a plain map would hold, in order, after every answer", () => {
    const pod = fc.record({ name: fc.constantFrom("a", "b", "c", "d"), restarts: fc.nat(3) });
    const step = fc.record({
      full: fc.boolean(),
      pods: fc.array(pod),
      removed: fc.subarray(["a", "b", "c"]),
    });
    const views = fc.constantFrom<PodView>(
      view,
      { ...view, sort: "name" },
      { ...view, sort: "name", filter: "restarts>1" },
    );
    fc.assert(
      fc.property(views, fc.array(step), (seen, steps) => {
        const table = new PodTable();
        const oracle = new Map<string, number>();
        for (const [revision, { full, pods, removed }] of steps.entries()) {
          table.apply(
            answer(
              revision,
              full,
              pods,
              removed.map((name) => `n/${name}`),
            ),
          );
          if (full) oracle.clear();
          for (const name of removed) oracle.delete(`n/${name}`);
          for (const { name, restarts } of pods) oracle.set(`n/${name}`, restarts);
          const expected = [...oracle]
            .filter(([, restarts]) => seen.filter === "" || restarts > 1)
            .toSorted(([a, x], [b, y]) => (seen.sort === "name" ? 0 : x - y) || (a < b ? -1 : 1))
            .map(([key]) => key);
          expect(table.keys(seen)).toEqual(expected);
        }
      }),
    );
  });

  it("keeps rows that did not change, and the list while nothing in it moves", () => {
    const table = new PodTable();
    let told = 0;
    table.subscribe(() => (told += 1));
    table.apply(
      answer(1, true, [
        { name: "a", restarts: 0 },
        { name: "b", restarts: 5 },
      ]),
    );
    const keys = table.keys(view);
    const [a, b] = [table.row("n/a"), table.row("n/b")];
    table.apply(answer(2, false, [{ name: "b", restarts: 6 }]));
    expect(table.row("n/a")).toBe(a);
    expect(table.row("n/b")).not.toBe(b);
    expect(table.keys(view)).toBe(keys);
    table.apply(answer(3, false, []));
    expect(told).toBe(2);
    expect(table.since).toEqual({ since: 3 });
  });
});
