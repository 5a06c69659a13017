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

function fixture(breathe = () => Promise.resolve()) {
  let monotonicMs = 0;
  const host = {
    now: () => 1_000,
    monotonicMs: () => (monotonicMs += 2),
    randomSeed: () => 77,
    breathe,
  };
  const history = new SearchHistory();
  return { search: createSearch(host, history), status: createStatus(history) };
}

describe("the search handler", () => {
  it.each(Object.entries(searchExamples))(
    "answers the example '%s' as the contract says",
    async (_, example) => {
      const output = await fixture().search(searchInputSchema.parse(example));
      expect(searchOutputSchema.parse(output)).toEqual(output);
      expect(output.deviation).toBeLessThan(1e-12);
    },
  );

  it("repeats a measurement from its seed and reports the seed it chose", async () => {
    const { search } = fixture();
    const chosen = await search({ items: ["a", "b", "c"], target: "z" });
    const again = await search({ items: ["a", "b", "c"], target: "z", seed: chosen.seed });
    expect(chosen.seed).toBe(77);
    expect(again).toEqual(chosen);
  });

  it("runs the longest list", async () => {
    const items = Array.from({ length: searchItemsMax }, (_, index) => `item ${index}`);
    const output = await fixture().search({ items, target: "item 4095", seed: 1 });
    expect(output).toMatchObject({ qubits: 12, optimalIterations: 50, found: true, index: 4095 });
  });

  it("counts in the status what it has run", async () => {
    const { search, status } = fixture();
    expect(status()).toMatchObject({ searches: 0, lastSearch: null, searchItemsMax });
    await search({ items: ["a", "b", "c", "d"], target: "b" });
    expect(status()).toMatchObject({
      searches: 1,
      lastSearch: { at: 1_000, qubits: 2, iterations: 1, simulationMs: 4 },
    });
  });

  it("gives the thread back between slices and counts its own time alone", async () => {
    let breaths = 0;
    const { search } = fixture(() => {
      breaths += 1;
      return Promise.resolve();
    });
    const output = await search({ items: ["a", "b"], target: "a", iterations: 100 });
    // The clock of the fixture advances 2 ms with every look at it, a slice is 10 ms.
    expect(breaths).toBe(20);
    expect(output.simulationMs).toBe(101 * 2);
  });

  it("stops when the caller has gone away", async () => {
    const controller = new AbortController();
    const { search } = fixture(() => {
      controller.abort(new Error("gone"));
      return Promise.resolve();
    });
    const input = { items: ["a", "b"], target: "a", iterations: 100 };
    await expect(search(input, controller.signal)).rejects.toThrow("gone");
  });
});
