/** What is known of a run, bounded: losses, epochs, timeline and events, for whoever watches. */
import { epochsKept, eventsMax, lossPointsMax, spansMax, timelineSteps } from "./limits.ts";

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

export interface KeptRecord {
  readonly epochs: readonly EpochRecord[];
  readonly events: readonly EventRecord[];
  readonly lossSteps: number;
  readonly losses: readonly number[];
  readonly steps: readonly number[];
  readonly stepsPerPoint: number;
}

export class TrainingRecord {
  readonly epochs: EpochRecord[] = [];
  readonly events: EventRecord[] = [];
  #spans: SpanRecord[] = [];
  #newestStep = 0;
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
    for (const span of spans) {
      this.#newestStep = Math.max(this.#newestStep, span.step);
      this.#spans.push(span);
    }
    // Forgetting costs a pass, so some more are let in.
    if (this.#spans.length < 2 * spansMax) return;
    this.#spans = [...this.newestSpans()];
  }

  /** Those of the newest steps, as many as may be shown. */
  newestSpans(): readonly SpanRecord[] {
    for (let steps = timelineSteps; ; steps = Math.floor(steps / 2)) {
      const spans = this.#spans.filter(({ step }) => step > this.#newestStep - steps);
      if (spans.length <= spansMax || steps <= 1) return spans.slice(-spansMax);
    }
  }

  /** Goes on with what was kept of a run that was stopped. */
  restore(kept: KeptRecord): void {
    this.epochs.push(...kept.epochs);
    this.events.push(...kept.events);
    this.lossSteps = kept.lossSteps;
    this.#losses = [...kept.losses];
    this.#steps = [...kept.steps];
    this.#stepsPerPoint = kept.stepsPerPoint;
  }

  /** Plain JSON. */
  keep(): KeptRecord {
    return {
      epochs: [...this.epochs],
      events: [...this.events],
      lossSteps: this.lossSteps,
      losses: [...this.#losses],
      steps: [...this.#steps],
      stepsPerPoint: this.#stepsPerPoint,
    };
  }

  note(atMs: number, text: string): void {
    this.events.push({ atMs, text });
    if (this.events.length > eventsMax) this.events.shift();
  }
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
