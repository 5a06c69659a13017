/** What is known of a run, bounded: losses, epochs, timeline and events, for whoever watches. */
import { epochsKept, eventsMax, lossPointsMax, timelineSteps } from "./limits.ts";

export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number | null;
  /** Of the parameters of each worker. */
  readonly hashes: readonly { readonly worker: number; readonly hash: string }[];
  readonly workers: number;
  readonly ms: number;
}

export interface SpanRecord {
  readonly worker: number;
  readonly step: number;
  readonly kind: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface EventRecord {
  /** Since the run began. */
  readonly atMs: number;
  readonly text: string;
}

export class TrainingRecord {
  readonly epochs: EpochRecord[] = [];
  readonly events: EventRecord[] = [];
  spans: SpanRecord[] = [];
  #spansKept = 64;
  #losses: number[] = [];
  /** Steps that one point of the curve is the mean of. */
  #stepsPerPoint = 1;
  #steps: number[] = [];

  /** Losses that were added so far. */
  lossSteps = 0;

  addLoss(loss: number): void {
    this.lossSteps += 1;
    this.#steps.push(loss);
    if (this.#steps.length < this.#stepsPerPoint) return;
    this.#losses.push(meanOf(this.#steps));
    this.#steps = [];
    if (this.#losses.length < lossPointsMax) return;
    this.#losses = Array.from({ length: lossPointsMax / 2 }, (_, at) =>
      meanOf(this.#losses.slice(2 * at, 2 * at + 2)),
    );
    this.#stepsPerPoint *= 2;
  }

  get losses(): { readonly stepsPerPoint: number; readonly values: readonly number[] } {
    const values = [...this.#losses];
    if (values.length === 0 && this.#steps.length > 0) values.push(meanOf(this.#steps));
    return { stepsPerPoint: this.#stepsPerPoint, values };
  }

  addEpoch(epoch: EpochRecord): void {
    this.epochs.push(epoch);
    if (this.epochs.length > epochsKept) this.epochs.shift();
  }

  addSpans(spans: readonly SpanRecord[]): void {
    this.spans.push(...spans);
    const newest = this.spans.reduce((most, { step }) => Math.max(most, step), 0);
    // Forgetting costs a pass, so some more are let in.
    if (this.spans.length < 2 * this.#spansKept) return;
    this.spans = this.spans.filter(({ step }) => step > newest - timelineSteps);
    this.#spansKept = Math.max(64, this.spans.length);
  }

  note(atMs: number, text: string): void {
    this.events.push({ atMs, text });
    if (this.events.length > eventsMax) this.events.shift();
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
