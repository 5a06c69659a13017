/**
 * A thread's vital signs in shared memory: the thread writes, the supervisor reads without a
 * message, so that a blocked thread can still be observed.
 */
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
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
const slots = { beats: 0, cpuMs: 1, vitals: 2 } as const;

export function createVitalsMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer((slots.vitals + fields.length) * bytesPerNumber);
}

/** The supervisor's side. */
export class VitalsReader {
  readonly #beats: BigInt64Array;
  readonly #numbers: Float64Array;

  constructor(memory: SharedArrayBuffer) {
    this.#beats = new BigInt64Array(memory, 0, 1);
    this.#numbers = new Float64Array(memory);
  }

  /** Turns of the thread's event loop that it reported; stands still while the loop is blocked. */
  beats(): bigint {
    return Atomics.load(this.#beats, slots.beats);
  }

  /** CPU time of the thread at its last beat, milliseconds. */
  cpuMsAtBeat(): number {
    return this.#numbers[slots.cpuMs] as number;
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
/** Each sample wakes the thread, so a finer one would cost an idle platform more. */
const delayResolutionMs = 50;

export interface VitalsReport {
  /**
   * To be called between separate pieces of work, which may all fall into one turn of the event loop:
   * a thread that answers a burst of requests is busy, one that is lost in a single request spins.
   */
  readonly progress: () => void;
  readonly stop: () => void;
}

/** The thread's side. */
export function reportVitals(memory: SharedArrayBuffer, counts: () => RequestCounts): VitalsReport {
  const beats = new BigInt64Array(memory, 0, 1);
  const numbers = new Float64Array(memory);
  const delay = monitorEventLoopDelay({ resolution: delayResolutionMs });
  delay.enable();
  let utilization = performance.eventLoopUtilization();

  let beatAtMs = 0;
  const beat = () => {
    beatAtMs = performance.now();
    const { user, system } = process.threadCpuUsage();
    numbers[slots.cpuMs] = (user + system) / 1_000;
    Atomics.add(beats, slots.beats, 1n);
  };

  const measure = () => {
    const { heapUsed, heapTotal, external } = process.memoryUsage();
    const now = performance.eventLoopUtilization();
    const used = performance.eventLoopUtilization(now, utilization).utilization;
    utilization = now;
    const sample: Vitals = {
      heapUsedBytes: heapUsed,
      heapTotalBytes: heapTotal,
      externalBytes: external,
      eventLoopDelayP50Ms: toMs(delay.percentile(50)),
      eventLoopDelayP99Ms: toMs(delay.percentile(99)),
      eventLoopDelayMaxMs: toMs(delay.max),
      eventLoopUtilization: used,
      ...counts(),
    };
    delay.reset();
    fields.forEach((field, i) => (numbers[slots.vitals + i] = sample[field]));
  };

  beat();
  measure();
  const timers = [
    setInterval(beat, platformLimits.heartbeatIntervalMs),
    setInterval(measure, vitalsIntervalMs),
  ];
  return {
    progress() {
      if (performance.now() - beatAtMs > platformLimits.heartbeatIntervalMs) beat();
    },
    stop() {
      timers.forEach(clearInterval);
      delay.disable();
    },
  };
}

/** The monitor reports its own sampling interval as delay; only what exceeds it counts. */
function toMs(nanoseconds: number): number {
  return Math.max(0, nanoseconds / 1e6 - delayResolutionMs);
}
