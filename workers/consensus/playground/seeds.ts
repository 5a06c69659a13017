/** A document tried with many seeds: faults by chance, then repair, then the verdict of the checkers. */
import { checkAgainst, type RunDocument } from "./document.ts";
import type { Algorithm } from "../algorithms.ts";
import { PlaygroundRun, type RunOptions } from "./run.ts";

export interface SeedResult {
  readonly seed: number;
  /** null: all invariants held, the history is linearizable, and every client finished. */
  readonly failure: string | null;
  /** The event that showed it; null when the end of the run did. */
  readonly event: number | null;
  readonly events: number;
}

/** Virtual time after the faults in which a repaired cluster must finish. */
const livenessMs = 20_000;

/** The same run under another seed, without interventions and with work that comes to an end. */
export function seedDocument(document: RunDocument, seed: number): RunDocument {
  return {
    ...document,
    seed,
    clients: Math.max(1, document.clients),
    load: { ...document.load, operations: 12, pauseMs: 150 },
    faults: {
      preset: document.faults.preset === "none" ? "storm" : document.faults.preset,
      untilMs: 4000,
    },
    interventions: [],
  };
}

export function trySeed(
  document: RunDocument,
  algorithm: Algorithm,
  seed: number,
  options: RunOptions = {},
): SeedResult {
  const tried = seedDocument(document, seed);
  checkAgainst(tried, algorithm);
  const run = new PlaygroundRun(tried, algorithm, options);
  const { untilMs } = tried.faults;
  const failed = (): boolean => run.problems.length > 0;
  run.advanceTo(untilMs, failed);
  if (!failed()) run.advanceTo(untilMs + livenessMs, () => failed() || run.finished);
  const problem = run.problems[0];
  const base = { seed, events: run.event };
  if (problem !== undefined) {
    return { ...base, failure: `${problem.kind}: ${problem.message}`, event: problem.event };
  }
  const verdict = run.recorder.verdict();
  if (verdict.failing !== null) {
    return { ...base, failure: `key ${verdict.failing.key} is not linearizable`, event: null };
  }
  if (!run.finished) {
    const failure = `not finished ${livenessMs / 1000} s after the faults ended`;
    return { ...base, failure, event: null };
  }
  return { ...base, failure: null, event: null };
}
