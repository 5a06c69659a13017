/** Grover search over a list. */
import { Random } from "../../cluster/random.ts";
import type { SearchInput, SearchOutput } from "../contract.ts";
import { groverSearch } from "../core/grover.ts";
import type { SearchHistory } from "../core/search-history.ts";
import type { QuantumHost } from "./host.ts";

/** Takes input that the contract has validated; the same input with the same seed answers the same. */
export function createSearch(
  host: QuantumHost,
  history: SearchHistory,
): (input: SearchInput) => SearchOutput {
  return (input) => {
    const seed = input.seed ?? host.randomSeed();
    const draw = new Random(seed).float();
    const startedMs = host.monotonicMs();
    const result = groverSearch({
      items: input.items,
      target: input.target,
      iterations: input.iterations,
      draw,
    });
    const simulationMs = host.monotonicMs() - startedMs;
    history.record({
      at: host.now(),
      qubits: result.qubits,
      iterations: result.iterations,
      simulationMs,
    });
    return { ...result, seed, simulationMs };
  };
}
