import { describe, expect, it } from "vitest";
import { seededChance } from "../seeded-chance.ts";
import { scope, tensor } from "../tensor/tensor.ts";
import { denseNetwork, flatParameters, loadFlatParameters } from "./dense-network.ts";

describe("a network of dense layers", () => {
  it("computes what its parameters say, by hand", () => {
    const network = denseNetwork([2, 2, 1], seededChance(1));
    // x to (x0 + 3 x1 + 1, 2 x0 + 4 x1 - 20), ReLU, then 5 h0 + 6 h1 + 7
    loadFlatParameters(network, Float32Array.of(1, 2, 3, 4, 1, -20, 5, 6, 7));
    const outputs = scope(() => [...network.forward(tensor([1, 2, 4, 5], [2, 2])).values].join());
    expect(outputs).toBe([5 * 8 + 7, 5 * 20 + 6 * 8 + 7].join());
  });

  it("gives back the parameters it was given, and refuses others", () => {
    const network = denseNetwork([3, 4, 2], seededChance(1));
    const flat = Float32Array.from({ length: 3 * 4 + 4 + 4 * 2 + 2 }, (_, at) => at / 8);
    loadFlatParameters(network, flat);
    expect([...flatParameters(network)]).toEqual([...flat]);
    expect(() => loadFlatParameters(network, flat.subarray(1))).toThrow(
      "26 parameters, the file 25",
    );
    flat[3] = Number.NaN;
    expect(() => loadFlatParameters(network, flat)).toThrow("not a finite number");
  });

  it("begins within He's bounds, with a bias of 0", () => {
    const [weights, bias] = denseNetwork([50, 20], seededChance(3)).parameters();
    const bound = Math.sqrt(6 / 50);
    expect(weights!.values.every((value) => Math.abs(value) <= bound)).toBe(true);
    expect(Math.max(...weights!.values)).toBeGreaterThan(0.9 * bound);
    expect(bias!.values.every((value) => value === 0)).toBe(true);
  });
});
