/** Grover search over a list. */
import { Random } from "../../cluster/random.ts";
import type { SearchInput, SearchOutput } from "../contract.ts";
import { groverSearch } from "../core/grover.ts";
import type { SearchHistory } from "../core/search-history.ts";
import type { QuantumHost } from "./host.ts";

/** How long the simulation may hold the thread before others get their turn. */
const sliceMs = 10;

/**
 * Takes input that the contract has validated; the same input with the same seed answers the same.
 * Rejects with the signal's reason when it is aborted.
 */
export function createSearch(
  host: QuantumHost,
  history: SearchHistory,
): (input: SearchInput, signal?: AbortSignal) => Promise<SearchOutput> {
  return async (input, signal) => {
    const seed = input.seed ?? host.randomSeed();
    const draw = new Random(seed).float();
    const { items, target, iterations } = input;
    const { result, ms } = await inSlices(
      host,
      groverSearch({ items, target, iterations, draw }),
      signal,
    );
    const { qubits } = result;
    history.record({ at: host.now(), qubits, iterations: result.iterations, simulationMs: ms });
    return { ...result, seed, simulationMs: ms };
  };
}

/** Runs a generator to its end without blocking the thread; `ms` counts its own time alone. */
async function inSlices<Result>(
  host: QuantumHost,
  steps: Generator<unknown, Result>,
  signal: AbortSignal | undefined,
): Promise<{ result: Result; ms: number }> {
  for (let ms = 0; ; await host.breathe()) {
    signal?.throwIfAborted();
    const began = host.monotonicMs();
    for (;;) {
      const step = steps.next();
      const elapsed = host.monotonicMs() - began;
      if (step.done === true) return { result: step.value, ms: ms + elapsed };
      if (elapsed < sliceMs) continue;
      ms += elapsed;
      break;
    }
  }
}
