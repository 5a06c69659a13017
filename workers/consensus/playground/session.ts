/**
 * A run with a position in time. Going back is running again from the seed, which takes a thousandth
 * of the time that has passed in the run: nothing but the document needs to be kept.
 */
import type { Algorithm } from "../algorithms.ts";
import {
  checkAgainst,
  DocumentError,
  forkAt,
  intervene,
  type Intervention,
  type RunDocument,
  undo,
} from "./document.ts";
import { type Frame, frameOf } from "./frame.ts";
import { runLengthMaxMs } from "./limits.ts";
import type { HistoryVerdict, OperationView } from "./recorder.ts";
import { PlaygroundRun, type RunOptions } from "./run.ts";
import type { EventView, Mark, MessageView } from "./trace.ts";
import { playgroundAlgorithms } from "./variants.ts";

export type SessionOptions = RunOptions & {
  /** The compiled form of the document's own algorithm. */
  readonly custom?: Algorithm | undefined;
};

/** An intervention before it has a moment. */
export type Action = Intervention extends infer One
  ? One extends Intervention
    ? Omit<One, "atMs">
    : never
  : never;

export class Session {
  readonly algorithm: Algorithm;
  #options: SessionOptions;
  #document: RunDocument;
  #run: PlaygroundRun;
  /** Marks of the furthest that this document was run to. */
  #marks: readonly Mark[] = [];
  #furthestMs = 0;

  /** @throws DocumentError when there is no such algorithm, or it cannot run this. */
  constructor(document: RunDocument, options: SessionOptions = {}) {
    this.algorithm = algorithmOf(document, options.custom);
    checkAgainst(document, this.algorithm);
    this.#options = options;
    this.#document = document;
    this.#run = this.#start();
  }

  get document(): RunDocument {
    return this.#document;
  }

  get run(): PlaygroundRun {
    return this.#run;
  }

  /** Elections, commits and interventions, as far as the run has ever come. */
  get marks(): readonly Mark[] {
    return this.#marks;
  }

  get furthestMs(): number {
    return this.#furthestMs;
  }

  frame(): Frame {
    return frameOf(this.#run);
  }

  /** Goes to a moment, forwards or backwards. */
  seek(timeMs: number): void {
    const target = Math.max(0, Math.min(timeMs, runLengthMaxMs));
    if (target < this.#run.nowMs) this.#run = this.#start();
    this.#run.advanceTo(target);
    this.#keepMarks();
  }

  /** Goes to just after the event of this number. */
  seekEvent(event: number): void {
    if (event < this.#run.event) this.#run = this.#start();
    this.#run.advanceToEvent(event);
    this.#keepMarks();
  }

  stepForward(): void {
    this.seekEvent(this.#run.event + 1);
  }

  stepBack(): void {
    this.seekEvent(Math.max(0, this.#run.event - 1));
  }

  /** Does something to the cluster now. What was done later in an earlier course is forgotten. */
  act(action: Action): void {
    const { event, nowMs } = this.#run;
    // The smallest step of virtual time later: after all that has happened.
    const atMs = Math.min(Math.round(nowMs * 1000 + 1) / 1000, runLengthMaxMs);
    const before = forkAt(this.#document, nowMs);
    const next = intervene(before, { ...action, atMs });
    checkAgainst(next, this.algorithm);
    this.#change(next);
    this.#run.advanceToEvent(event);
    this.#run.advanceTo(atMs);
    this.#keepMarks();
  }

  /** Takes back the last intervention; the position in time stays. */
  undo(): void {
    const { nowMs } = this.#run;
    this.#change(undo(this.#document));
    this.#run.advanceTo(nowMs);
    this.#keepMarks();
  }

  events(max: number): readonly EventView[] {
    return this.#run.trace.events(max);
  }

  messages(sinceMs: number, max: number): readonly MessageView[] {
    return this.#run.trace.messages(sinceMs, max);
  }

  operations(max: number): readonly OperationView[] {
    return this.#run.recorder.operations(max);
  }

  verdict(): HistoryVerdict {
    return this.#run.recorder.verdict();
  }

  #change(document: RunDocument): void {
    this.#document = document;
    // The event that hung belongs to the course that is left.
    this.#options = { ...this.#options, stopBefore: undefined };
    this.#run = this.#start();
    this.#marks = [];
    this.#furthestMs = 0;
  }

  #start(): PlaygroundRun {
    return new PlaygroundRun(this.#document, this.algorithm, this.#options);
  }

  #keepMarks(): void {
    if (this.#run.nowMs < this.#furthestMs) return;
    this.#furthestMs = this.#run.nowMs;
    this.#marks = this.#run.trace.marks;
  }
}

function algorithmOf(document: RunDocument, custom: Algorithm | undefined): Algorithm {
  if ("source" in document.algorithm) {
    if (custom === undefined) throw new DocumentError("The algorithm has not been compiled.");
    return custom;
  }
  const { id } = document.algorithm;
  const algorithm = playgroundAlgorithms.get(id);
  if (algorithm === undefined) {
    const known = [...playgroundAlgorithms.keys()].join(", ");
    throw new DocumentError(`algorithm.id: there is no algorithm "${id}" among ${known}.`);
  }
  return algorithm;
}
