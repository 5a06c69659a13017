import { describe, expect, it } from "vitest";
import {
  searchInputSchema,
  searchItemsMax,
  searchOutputSchema,
  searchExamples,
} from "../contract.ts";
import { SearchHistory } from "../core/search-history.ts";
import { createSearch } from "./search.ts";
import { createStatus } from "./status.ts";

function fixture() {
  let monotonicMs = 0;
  const host = { now: () => 1_000, monotonicMs: () => (monotonicMs += 2), randomSeed: () => 77 };
  const history = new SearchHistory();
  return { search: createSearch(host, history), status: createStatus(history) };
}

describe("the search handler", () => {
  it.each(Object.entries(searchExamples))(
    "answers the example '%s' as the contract says",
    (_, example) => {
      const output = fixture().search(searchInputSchema.parse(example));
      expect(searchOutputSchema.parse(output)).toEqual(output);
      expect(output.deviation).toBeLessThan(1e-12);
    },
  );

  it("repeats a measurement from its seed and reports the seed it chose", () => {
    const { search } = fixture();
    const chosen = search({ items: ["a", "b", "c"], target: "z" });
    const again = search({ items: ["a", "b", "c"], target: "z", seed: chosen.seed });
    expect(chosen.seed).toBe(77);
    expect(again).toEqual(chosen);
  });

  it("runs the longest list", () => {
    const items = Array.from({ length: searchItemsMax }, (_, index) => `item ${index}`);
    const output = fixture().search({ items, target: "item 4095", seed: 1 });
    expect(output).toMatchObject({ qubits: 12, optimalIterations: 50, found: true, index: 4095 });
  });

  it("counts in the status what it has run", () => {
    const { search, status } = fixture();
    expect(status()).toMatchObject({ searches: 0, lastSearch: null, searchItemsMax });
    search({ items: ["a", "b", "c", "d"], target: "b" });
    expect(status()).toMatchObject({
      searches: 1,
      lastSearch: { at: 1_000, qubits: 2, iterations: 1, simulationMs: 2 },
    });
  });
});
