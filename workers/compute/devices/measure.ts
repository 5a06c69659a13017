/**
 * The choice of a backend by what it does on this machine: first whether every value is right, then how
 * fast. Never by what is there.
 */
import { seededChance } from "../seeded-chance.ts";
import {
  inputLengths,
  type KernelBackend,
  type KernelTask,
  operationsOf,
  sizeOf,
} from "./kernel-backend.ts";
import { gainMin, measuringLimits as limits } from "./limits.ts";
import { referenceOf } from "./reference.ts";

/** What a network of the training lab spends its time on, in sizes that take milliseconds. */
export const measuredTasks: readonly KernelTask[] = [
  { operation: "product", rows: 512, inner: 512, columns: 512 },
  { operation: "product", rows: 64, inner: 784, columns: 128 },
  { operation: "convolution", channels: 8, side: 64, filters: 16, kernel: 3 },
  { operation: "sigmoid", count: 2 ** 20 },
  { operation: "multiply", count: 2 ** 20 },
  { operation: "column sums", rows: 1_024, columns: 1_024 },
];

/** Only "right" may be chosen. */
export type Verdict = "right" | "wrong" | "slow" | "failed";

export interface Measurement {
  readonly backend: string;
  readonly operation: KernelTask["operation"];
  readonly size: string;
  /** null where it did not come to a measurement. */
  readonly msMedian: number | null;
  /** 10^9 multiplications and additions a second; for single-input operations 10^9 values. */
  readonly gigaflops: number | null;
  /** As a share of the largest value of the reference; null where nothing could be compared. */
  readonly maxError: number | null;
  readonly verdict: Verdict;
  /** What was wrong; empty when it is right. */
  readonly note: string;
}

interface Host {
  /** Milliseconds from an arbitrary start. */
  now(): number;
  /** After each task. */
  report?(measurement: Measurement): void;
}

/** Every task in turn. One that is not answered in time ends the measuring of that backend. */
export async function measureBackend(
  backend: KernelBackend,
  tasks: readonly KernelTask[],
  host: Host,
): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  let silent = "";
  for (const task of tasks) {
    const measurement =
      silent === ""
        ? await measureTask(backend, task, host)
        : { ...blank(backend.name, task), note: silent };
    if (measurement.note.startsWith("no answer")) silent = "given up before";
    measurements.push(measurement);
    host.report?.(measurement);
  }
  return measurements;
}

async function measureTask(
  backend: KernelBackend,
  task: KernelTask,
  host: Host,
): Promise<Measurement> {
  const chance = seededChance(1);
  const inputs = inputLengths(task).map((length) =>
    Float32Array.from({ length }, () => chance.float() * 2 - 1),
  );
  const expected = referenceOf(task, inputs);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const times: number[] = [];
  let maxError = 0;
  const began = host.now();
  try {
    do {
      const start = host.now();
      const values = await within(backend.run(task, inputs), limits.answerMsMax);
      const ms = host.now() - start;
      // Each run is compared: a device may be right once.
      maxError = Math.max(maxError, differenceOf(values, expected, largest));
      if (!(maxError <= limits.errorMax)) {
        const note = `differs from the reference by ${shown(maxError)} of its largest value`;
        return { ...blank(backend.name, task), maxError: finite(maxError), verdict: "wrong", note };
      }
      times.push(ms);
      if (times.length === 1 && ms > limits.runMsMax) {
        const note = `one run took ${Math.round(ms)} ms`;
        return {
          ...blank(backend.name, task),
          ...timed(task, ms),
          maxError,
          verdict: "slow",
          note,
        };
      }
    } while (times.length <= limits.roundsMax && host.now() - began < limits.taskMsMax);
  } catch (error) {
    const isSilent = error instanceof NoAnswer;
    const note = error instanceof Error ? error.message : String(error);
    return { ...blank(backend.name, task), verdict: isSilent ? "slow" : "failed", note };
  }
  // The first run compiles, unless it is all there is.
  const counted = (times.length > 1 ? times.slice(1) : times).toSorted((a, b) => a - b);
  const ms = counted[Math.floor(counted.length / 2)]!;
  return { ...blank(backend.name, task), ...timed(task, ms), maxError, verdict: "right", note: "" };
}

export interface Choice {
  readonly operation: KernelTask["operation"];
  readonly size: string;
  readonly backend: string;
}

/** The fastest that is right, for each task; those outside the caller's thread have to be worth the way. */
export function chooseBackends(measurements: readonly Measurement[]): readonly Choice[] {
  const tasks = new Map<string, Measurement[]>();
  for (const each of measurements) {
    const key = `${each.operation} ${each.size}`;
    tasks.set(key, [...(tasks.get(key) ?? []), each]);
  }
  return [...tasks.values()].flatMap((rows): readonly Choice[] => {
    const right = rows.filter(({ verdict, msMedian }) => verdict === "right" && msMedian !== null);
    const fastest = (among: readonly Measurement[]) =>
      among.toSorted((a, b) => a.msMedian! - b.msMedian!)[0];
    const own = fastest(right.filter(({ backend }) => !backend.startsWith("gpu.js-")));
    const best = fastest(right);
    if (best === undefined) return [];
    const { backend } = own !== undefined && best.msMedian! * gainMin > own.msMedian! ? own : best;
    return [{ operation: best.operation, size: best.size, backend }];
  });
}

/** Rows for a backend that could not be measured at all. */
export function unmeasured(
  backend: string,
  tasks: readonly KernelTask[],
  verdict: "slow" | "failed",
  note: string,
): readonly Measurement[] {
  return tasks.map((task) => ({ ...blank(backend, task), verdict, note }));
}

class NoAnswer extends Error {}

async function within<T>(work: T | Promise<T>, ms: number): Promise<T> {
  if (!(work instanceof Promise)) return work;
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer(`no answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Infinity for values that are missing, or not numbers. */
function differenceOf(values: Float32Array, expected: Float64Array, largest: number): number {
  if (values.length !== expected.length) return Infinity;
  let most = 0;
  for (let at = 0; at < values.length; at++) {
    const difference = Math.abs(values[at]! - expected[at]!);
    // Written so that NaN is a difference.
    if (!(difference <= most)) most = Number.isNaN(difference) ? Infinity : difference;
  }
  return most / largest;
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const shown = (value: number): string =>
  Number.isFinite(value) ? value.toPrecision(2) : "values that are missing or not numbers,";

function timed(task: KernelTask, msMedian: number) {
  // A clock that is too coarse shows no speed.
  const gigaflops = msMedian > 0 ? operationsOf(task) / msMedian / 1e6 : null;
  return { msMedian, gigaflops };
}

function blank(backend: string, task: KernelTask): Measurement {
  return {
    backend,
    operation: task.operation,
    size: sizeOf(task),
    msMedian: null,
    gigaflops: null,
    maxError: null,
    verdict: "failed",
    note: "",
  };
}
