/** The four meanings that never vary, and how states of threads map to them. */
import type { PlatformState, Thread } from "../../workers/service/contract.ts";

export type Health = "healthy" | "degraded" | "failed" | "unknown";

const healthOfState: Record<Thread["state"], Health> = {
  starting: "degraded",
  ready: "healthy",
  restarting: "degraded",
  stopping: "unknown",
  stopped: "unknown",
  failed: "failed",
};

export function threadHealth(state: Thread["state"]): Health {
  return healthOfState[state];
}

export interface Verdict {
  readonly health: Health;
  readonly word: string;
  readonly sentence: string;
}

/** The answer to "is it well?" over all threads, worst first. */
export function platformHealth({ threads }: Pick<PlatformState, "threads">): Verdict {
  const named = (state: Thread["state"]) =>
    threads.filter((thread) => thread.state === state).map(({ title }) => title);
  const ready = `${named("ready").length} of ${threads.length} threads ready`;
  const failed = named("failed");
  if (failed.length > 0) {
    return verdict("failed", "failed", `${ready}; ${list(failed)} failed and will not restart`);
  }
  const returning = [...named("restarting"), ...named("starting")];
  if (returning.length > 0) {
    return verdict("degraded", "degraded", `${ready}; ${list(returning)} coming up`);
  }
  const down = [...named("stopping"), ...named("stopped")];
  if (down.length > 0) {
    return verdict("degraded", "degraded", `${ready}; ${list(down)} stopped on request`);
  }
  return verdict("healthy", "healthy", ready);
}

function verdict(health: Health, word: string, sentence: string): Verdict {
  return { health, word, sentence };
}

function list(names: readonly string[]): string {
  return new Intl.ListFormat("en").format(names);
}
