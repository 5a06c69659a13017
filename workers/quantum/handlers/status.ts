/** What the simulator is and what it has run. */
import { searchItemsMax } from "../contract.ts";
import type { SearchHistory, SearchSummary } from "../core/search-history.ts";

interface QuantumStatus {
  readonly method: "state vector";
  readonly precision: "float64";
  readonly searchItemsMax: number;
  readonly searches: number;
  readonly lastSearch: SearchSummary | null;
}

export function createStatus(history: SearchHistory): () => QuantumStatus {
  return () => ({
    method: "state vector",
    precision: "float64",
    searchItemsMax,
    searches: history.searches,
    lastSearch: history.last,
  });
}
