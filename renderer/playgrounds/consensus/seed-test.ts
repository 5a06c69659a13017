/** A run's algorithm tried with many seeds, one after another, in a thread of its own. */
import { createStore, type Store } from "../../data/store.ts";
import type { RunDocument, SeedResult } from "./engine.worker.ts";
import { BudgetError, EngineClient } from "./engine-client.ts";

export interface SeedProgress {
  readonly state: "idle" | "running" | "passed" | "failed" | "cancelled" | "refused";
  readonly tried: number;
  readonly total: number;
  readonly events: number;
  readonly startedAt: number;
  readonly seedsPerSecond: number;
  readonly failing: SeedResult | null;
  /** Why the test could not begin. */
  readonly error: string | null;
}

const idle: SeedProgress = {
  state: "idle",
  tried: 0,
  total: 0,
  events: 0,
  startedAt: 0,
  seedsPerSecond: 0,
  failing: null,
  error: null,
};
/** Careful mode reports each event, which takes longer. */
const carefulBudgetMs = 5_000;

export class SeedTest {
  readonly store: Store<SeedProgress> = createStore(idle);
  #engine: EngineClient | null = null;

  async run(document: RunDocument, javascript: string | undefined, total: number): Promise<void> {
    this.cancel();
    const engine = new EngineClient();
    this.#engine = engine;
    const startedAt = performance.now();
    this.store.set({ ...idle, state: "running", total, startedAt });
    for (let seed = 1; seed <= total; seed++) {
      let result: SeedResult;
      try {
        result = await engine.ask("trySeed", { document, javascript, seed });
      } catch (error) {
        if (this.#engine !== engine) return;
        if (!(error instanceof BudgetError)) {
          const text = error instanceof Error ? error.message : String(error);
          this.#finish({ state: "refused", error: text });
          return;
        }
        result = await hungSeed(document, javascript, seed);
      }
      if (this.#engine !== engine) return;
      const { events } = this.store.get();
      this.store.update((before) => ({
        ...before,
        tried: seed,
        events: events + result.events,
        seedsPerSecond: (1000 * seed) / (performance.now() - startedAt),
      }));
      if (result.failure !== null) {
        this.#finish({ state: "failed", failing: result });
        return;
      }
    }
    this.#finish({ state: "passed" });
  }

  cancel(): void {
    if (this.store.get().state === "running") this.#finish({ state: "cancelled" });
  }

  #finish(change: Partial<SeedProgress>): void {
    this.#engine?.close();
    this.#engine = null;
    this.store.update((before) => ({ ...before, ...change }));
  }
}

/** The event of a seed that a process does not come back from. */
async function hungSeed(
  document: RunDocument,
  javascript: string | undefined,
  seed: number,
): Promise<SeedResult> {
  const careful = new EngineClient(carefulBudgetMs);
  try {
    return await careful.ask("trySeed", { document, javascript, seed, careful: true });
  } catch {
    const last = careful.lastEvent;
    const where = last === null ? "its creation" : `event ${last.number}, ${last.text}`;
    const failure = `budget: the process does not come back from ${where}`;
    return { seed, failure, event: last?.number ?? null, events: last?.number ?? 0 };
  } finally {
    careful.close();
  }
}
