import type { PlatformState, Thread } from "../../workers/service/contract.ts";

export interface ThreadChange {
  readonly id: Thread["id"];
  readonly title: string;
  readonly body: string;
}

/**
 * Follows the states of the platform and tells what a person away from the window wants to know: a
 * thread that failed, and one that is ready again after failing. A restart that works is not news.
 */
export function threadChangeFollower(): (state: PlatformState) => readonly ThreadChange[] {
  const failed = new Set<Thread["id"]>();
  return ({ threads }) => {
    const changes: ThreadChange[] = [];
    for (const { id, title, state, lastExit } of threads) {
      if (state === "failed" && !failed.has(id)) {
        failed.add(id);
        const body = lastExit?.reason ?? "Open the components page to see why.";
        changes.push({ id, title: `${title} failed`, body });
      } else if (state === "ready" && failed.delete(id)) {
        changes.push({ id, title: `${title} recovered`, body: "The thread is ready again." });
      } else if (state === "stopped") {
        // Stopped on purpose: what it failed of before is settled.
        failed.delete(id);
      }
    }
    return changes;
  };
}

/** "3 of 3 threads ready" */
export function readyText({ threads }: PlatformState): string {
  const ready = threads.filter(({ state }) => state === "ready").length;
  return `${ready} of ${threads.length} threads ready`;
}
