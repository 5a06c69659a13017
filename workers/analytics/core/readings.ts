/** From states of the platform to readings of its series. */
import type { PlatformState, Thread } from "../../service/contract.ts";
import { seriesLimits } from "../limits.ts";
import type { Unit } from "./quantity.ts";

export interface SeriesInfo {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  /** A thread's id, or `platform`. */
  readonly subject: string;
  /** The least deviation that matters. */
  readonly deviationMin: number;
}

export interface Reading {
  readonly series: SeriesInfo;
  /** null: nothing was observed. */
  readonly value: number | null;
}

interface Kind {
  readonly name: string;
  readonly unit: Unit;
  readonly deviationMin: number;
}

const kinds = {
  cpu: { name: "CPU", unit: "fraction", deviationMin: 0.02 },
  memory: { name: "Memory", unit: "bytes", deviationMin: 4 * 2 ** 20 },
  delay: { name: "Event-loop delay", unit: "ms", deviationMin: 2 },
  // A control center that someone opens asks some ten times a second: that is no anomaly.
  requests: { name: "Requests", unit: "per second", deviationMin: 5 },
  errors: { name: "Errors", unit: "per second", deviationMin: 0.1 },
  restarts: { name: "Restarts", unit: "count", deviationMin: 0.1 },
} as const satisfies Record<string, Kind>;

/** Turns growing totals into rates, over at least `rateSpanMs`. */
class Rate {
  #seen: { at: number; total: number }[] = [];

  /** null until there is something to compare with, and after a restart set the total back. */
  step(at: number, total: number | null): number | null {
    const last = this.#seen.at(-1);
    if (total === null || (last !== undefined && total < last.total)) this.#seen = [];
    if (total === null) return null;
    this.#seen.push({ at, total });
    while (at - (this.#seen[1]?.at ?? at) >= seriesLimits.rateSpanMs) this.#seen.shift();
    const first = this.#seen[0];
    if (first === undefined || at - first.at < seriesLimits.rateSpanMs) return null;
    if (at - first.at > seriesLimits.gapMs + seriesLimits.rateSpanMs) return null;
    return ((total - first.total) / (at - first.at)) * 1_000;
  }
}

/** Takes the readings of one state after the other. */
export class PlatformReader {
  readonly #rates = new Map<string, Rate>();
  #restarts: number | null = null;

  read(state: PlatformState): Reading[] {
    const { at, process, threads } = state;
    const perThread = threads.map((thread) => this.#readThread(at, thread));
    const restarts = threads.reduce((sum, thread) => sum + thread.restarts, 0);
    const restarted = this.#restarts === null ? null : Math.max(0, restarts - this.#restarts);
    this.#restarts = restarts;
    return [
      reading("platform", "the platform", "cpu", process.cpuFraction),
      reading("platform", "the platform", "memory", process.residentBytes),
      reading("platform", "the platform", "delay", most(perThread, "delay")),
      reading("platform", "the platform", "requests", sumOf(perThread, "requests")),
      reading("platform", "the platform", "errors", sumOf(perThread, "errors")),
      reading("platform", "the platform", "restarts", restarted),
      ...perThread.flat(),
    ];
  }

  #readThread(at: number, thread: Thread): Reading[] {
    const { id, title, cpuFraction } = thread;
    const vitals = thread.state === "ready" ? thread.vitals : null;
    return [
      reading(id, title, "cpu", vitals && cpuFraction),
      reading(id, title, "memory", vitals && vitals.heapUsedBytes + vitals.externalBytes),
      reading(id, title, "delay", vitals && vitals.eventLoopDelayP99Ms),
      reading(id, title, "requests", this.#rate(`${id}.requests`, at, vitals?.requestsTotal)),
      reading(id, title, "errors", this.#rate(`${id}.errors`, at, vitals?.requestErrorsTotal)),
    ];
  }

  #rate(id: string, at: number, value: number | undefined): number | null {
    let rate = this.#rates.get(id);
    if (rate === undefined) this.#rates.set(id, (rate = new Rate()));
    return rate.step(at, value ?? null);
  }
}

function reading(
  subject: string,
  title: string,
  kind: keyof typeof kinds,
  value: number | null,
): Reading {
  const { name, unit, deviationMin } = kinds[kind];
  return {
    series: {
      id: `${subject}.${kind}`,
      title: `${name} of ${title}`,
      unit,
      subject,
      deviationMin,
    },
    value,
  };
}

function valuesOf(perThread: readonly (readonly Reading[])[], kind: string): number[] {
  return perThread
    .flat()
    .flatMap(({ series, value }) =>
      series.id.endsWith(`.${kind}`) && value !== null ? value : [],
    );
}

function sumOf(perThread: readonly (readonly Reading[])[], kind: string): number | null {
  const values = valuesOf(perThread, kind);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}

function most(perThread: readonly (readonly Reading[])[], kind: string): number | null {
  const values = valuesOf(perThread, kind);
  return values.length === 0 ? null : Math.max(...values);
}
