/**
 * A thread's vital signs in shared memory: the thread writes, the supervisor reads without a
 * message, so that a blocked thread can still be observed.
 */
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";
import type { Vitals } from "./contract.ts";
import { platformLimits } from "./limits.ts";

const fields = [
  "heapUsedBytes",
  "heapTotalBytes",
  "externalBytes",
  "eventLoopDelayP50Ms",
  "eventLoopDelayP99Ms",
  "eventLoopDelayMaxMs",
  "eventLoopUtilization",
  "requestsTotal",
  "requestErrorsTotal",
  "requestsInFlight",
] as const satisfies readonly (keyof Vitals)[];

const bytesPerNumber = 8;
const slots = { beats: 0, cpuMs: 1, activeMs: 2, atMs: 3, vitals: 4 } as const;

export function createVitalsMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer((slots.vitals + fields.length) * bytesPerNumber);
}

/** What the thread had used when it last beat. */
export interface Beat {
  /** CPU time, milliseconds. */
  readonly cpuMs: number;
  /** Time that its event loop was not waiting, milliseconds; never less than the CPU time since. */
  readonly activeMs: number;
  /** On the thread's own monotonic clock. */
  readonly atMs: number;
}

/** The supervisor's side. */
export class VitalsReader {
  readonly #beats: BigInt64Array;
  readonly #numbers: Float64Array;

  constructor(memory: SharedArrayBuffer) {
    this.#beats = new BigInt64Array(memory, 0, 1);
    this.#numbers = new Float64Array(memory);
  }

  /** How often the thread has beaten: once a second and between pieces of work. */
  beats(): bigint {
    return Atomics.load(this.#beats, slots.beats);
  }

  lastBeat(): Beat {
    const [, cpuMs = 0, activeMs = 0, atMs = 0] = this.#numbers;
    return { cpuMs, activeMs, atMs };
  }

  vitals(): Vitals {
    const entries = fields.map((field, i) => [field, this.#numbers[slots.vitals + i]]);
    return Object.fromEntries(entries) as Vitals;
  }
}

export interface RequestCounts {
  readonly requestsTotal: number;
  readonly requestErrorsTotal: number;
  readonly requestsInFlight: number;
}

const vitalsIntervalMs = 1_000;
/** The part of a second from which on a thread is busy enough for its delays to be sampled. */
const busyUtilization = 0.1;
/** Each sample wakes the thread. */
const delayResolutionMs = 50;

export interface VitalsReport {
  /**
   * To be called between separate pieces of work, which may all fall into one turn of the event loop:
   * a thread that answers a burst of requests is busy, one that is lost in a single request spins.
   */
  readonly progress: () => void;
  /** A sign of life at once. */
  readonly beat: () => void;
  readonly stop: () => void;
}

/** The thread's side. */
export function reportVitals(memory: SharedArrayBuffer, counts: () => RequestCounts): VitalsReport {
  const beats = new BigInt64Array(memory, 0, 1);
  const numbers = new Float64Array(memory);
  const delays = new LoopDelays();

  let beatAtMs = 0;
  const beat = () => {
    beatAtMs = performance.now();
    const { user, system } = process.threadCpuUsage();
    numbers[slots.cpuMs] = (user + system) / 1_000;
    numbers[slots.activeMs] = performance.eventLoopUtilization().active;
    numbers[slots.atMs] = beatAtMs;
    Atomics.add(beats, slots.beats, 1n);
  };

  let utilization = performance.eventLoopUtilization();
  const measure = () => {
    // Not process.memoryUsage, which also reads the resident size of the whole process.
    const heap = getHeapStatistics();
    const now = performance.eventLoopUtilization();
    const used = performance.eventLoopUtilization(now, utilization).utilization;
    utilization = now;
    const sample: Vitals = {
      heapUsedBytes: heap.used_heap_size,
      heapTotalBytes: heap.total_heap_size,
      externalBytes: heap.external_memory,
      ...delays.sinceLast(performance.now(), used),
      eventLoopUtilization: used,
      ...counts(),
    };
    fields.forEach((field, i) => (numbers[slots.vitals + i] = sample[field]));
    beat();
  };

  measure();
  const timer = setInterval(measure, vitalsIntervalMs);
  return {
    beat,
    progress() {
      if (performance.now() - beatAtMs > platformLimits.beatIntervalMs) beat();
    },
    stop() {
      clearInterval(timer);
      delays.stop();
    },
  };
}

type Delays = Pick<Vitals, "eventLoopDelayP50Ms" | "eventLoopDelayP99Ms" | "eventLoopDelayMaxMs">;

/**
 * How late the event loop is. An idle thread has nothing to be late with, so it is sampled only by the
 * timer that asks; a busy one also in between.
 */
class LoopDelays {
  readonly #monitor = monitorEventLoopDelay({ resolution: delayResolutionMs });
  #askedAtMs: number | undefined;

  /** Since the last call, which is made every `vitalsIntervalMs`. */
  sinceLast(nowMs: number, utilization: number): Delays {
    const expectedMs = this.#askedAtMs === undefined ? nowMs : this.#askedAtMs + vitalsIntervalMs;
    this.#askedAtMs = nowMs;
    const lateMs = Math.max(0, nowMs - expectedMs);
    const { count } = this.#monitor;
    const delays = {
      eventLoopDelayP50Ms: count === 0 ? lateMs : this.#percentileMs(50),
      eventLoopDelayP99Ms: count === 0 ? lateMs : this.#percentileMs(99),
      eventLoopDelayMaxMs: count === 0 ? lateMs : this.#percentileMs(100),
    };
    this.#monitor.reset();
    if (utilization > busyUtilization) this.#monitor.enable();
    else this.#monitor.disable();
    return delays;
  }

  stop(): void {
    this.#monitor.disable();
  }

  /** The monitor reports its own sampling interval as delay; only what exceeds it counts. */
  #percentileMs(percentile: number): number {
    return Math.max(0, this.#monitor.percentile(percentile) / 1e6 - delayResolutionMs);
  }
}
