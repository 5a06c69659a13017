/**
 * The one live subscription of the page: platform states from the server, with reconnection.
 * It feeds the query cache and the window of readings, and says how fresh they are.
 */
import type { PlatformState } from "../../workers/service/contract.ts";
import { client, orpc, queryClient } from "./client.ts";
import { localProblem, ProblemError, toProblemError } from "./problem.ts";
import { appendSample, type Sample } from "./samples.ts";
import { recheck, sessionStore } from "./session.ts";
import { createStore } from "./store.ts";

/** The server sends at least once a second; silence beyond this means that the stream is lost. */
const silenceMaxMs = 4_000;
/** From here on stale data says more about the past than about the present. */
const offlineAfterMs = 12_000;
const backOffMs = [250, 500, 1_000, 2_000, 4_000, 8_000];
/** A hidden page gives its connection back: a browser allows six to one origin. */
const hiddenGraceMs = 15_000;

export type Freshness = "connecting" | "live" | "stale" | "offline";

export interface Live {
  readonly freshness: Freshness;
  /** What the pages show: the newest state, or the one at which the view was paused. */
  readonly state: PlatformState | null;
  readonly samples: readonly Sample[];
  /** When the last state arrived, by the clock of this browser. */
  readonly receivedAt: number | null;
  readonly paused: boolean;
  readonly problem: ProblemError | null;
  /** When the next attempt to connect is due, by the clock of this browser. */
  readonly retryAt: number | null;
}

const initial: Live = {
  freshness: "connecting",
  state: null,
  samples: [],
  receivedAt: null,
  paused: false,
  problem: null,
  retryAt: null,
};

export const liveStore = createStore<Live>(initial);

/** Everything received, also while the view is paused. */
let newest: Pick<Live, "state" | "samples"> = { state: null, samples: [] };
let retryNow: (() => void) | null = null;

/** Runs the subscription until the returned function is called. */
export function startLive(): () => void {
  const ending = new AbortController();
  void run(ending.signal);
  return () => ending.abort();
}

async function run(ending: AbortSignal): Promise<void> {
  let failures = 0;
  while (!ending.aborted) {
    if (document.hidden) await untilVisible(ending);
    const receivedBefore = liveStore.get().receivedAt;
    try {
      await follow(ending);
    } catch (error) {
      if (ending.aborted) return;
      liveStore.update((live) => ({ ...live, problem: lossOf(error) }));
    }
    if (document.hidden || ending.aborted) continue;
    failures = liveStore.get().receivedAt === receivedBefore ? failures + 1 : 0;
    await pauseBeforeRetry(failures, ending);
  }
}

/** The page itself aborts a silent stream: what is lost then is the server, not the request. */
function lossOf(error: unknown): ProblemError {
  const problem = toProblemError(error);
  return problem.code === "CANCELLED"
    ? new ProblemError(localProblem("UNREACHABLE", "The server has gone silent."))
    : problem;
}

async function follow(ending: AbortSignal): Promise<void> {
  const attempt = new AbortController();
  const abort = () => attempt.abort();
  let silence = setTimeout(abort, silenceMaxMs * 2);
  let hidden: ReturnType<typeof setTimeout> | undefined;
  const onVisibility = () => {
    clearTimeout(hidden);
    if (document.hidden) hidden = setTimeout(abort, hiddenGraceMs);
  };
  ending.addEventListener("abort", abort, { once: true });
  document.addEventListener("visibilitychange", onVisibility);
  try {
    const states = await client.platform.watch({}, { signal: attempt.signal });
    for await (const state of states) {
      clearTimeout(silence);
      silence = setTimeout(abort, silenceMaxMs);
      receive(state);
    }
  } finally {
    clearTimeout(silence);
    clearTimeout(hidden);
    ending.removeEventListener("abort", abort);
    document.removeEventListener("visibilitychange", onVisibility);
  }
}

function receive(state: PlatformState): void {
  const previous = newest.state;
  newest = { state, samples: appendSample(newest.samples, state) };
  queryClient.setQueryData(orpc.platform.state.queryKey({ input: {} }), state);
  if (previous !== null && lifecycle(previous) !== lifecycle(state)) {
    void queryClient.invalidateQueries({ queryKey: orpc.platform.events.key() });
  }
  if (sessionStore.get().phase === "unreachable") void recheck();
  liveStore.update((live) => ({
    ...live,
    // A view that starts paused still needs one state to show.
    ...(live.paused && live.state !== null ? {} : newest),
    freshness: "live",
    receivedAt: Date.now(),
    problem: null,
    retryAt: null,
  }));
}

/** What a lifecycle event would have changed. */
function lifecycle(state: PlatformState): string {
  const threads = state.threads.map((thread) => [thread.id, thread.state, thread.since]);
  return JSON.stringify([state.instanceId, threads]);
}

async function pauseBeforeRetry(failures: number, ending: AbortSignal): Promise<void> {
  const delayMs = backOffMs[Math.min(failures, backOffMs.length - 1)] ?? 8_000;
  const { receivedAt } = liveStore.get();
  const ageMs = receivedAt === null ? Number.POSITIVE_INFINITY : Date.now() - receivedAt;
  const offline = ageMs > offlineAfterMs && failures > 1;
  liveStore.update((live) => ({
    ...live,
    freshness: offline ? "offline" : receivedAt === null ? "connecting" : "stale",
    retryAt: Date.now() + delayMs,
  }));
  const { promise, resolve } = Promise.withResolvers<null>();
  const proceed = () => resolve(null);
  const timer = setTimeout(proceed, delayMs);
  retryNow = proceed;
  ending.addEventListener("abort", proceed);
  await promise;
  clearTimeout(timer);
  ending.removeEventListener("abort", proceed);
  retryNow = null;
}

function untilVisible(ending: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      if (document.hidden && !ending.aborted) return;
      document.removeEventListener("visibilitychange", done);
      ending.removeEventListener("abort", done);
      resolve();
    };
    document.addEventListener("visibilitychange", done);
    ending.addEventListener("abort", done);
  });
}

/** Connects at once instead of waiting for the back-off. */
export function reconnectNow(): void {
  retryNow?.();
}

export function setPaused(paused: boolean): void {
  liveStore.update((live) => ({ ...live, ...(paused ? {} : newest), paused }));
}
