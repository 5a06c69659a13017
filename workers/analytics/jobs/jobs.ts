/**
 * Long work as jobs. A kind of job is registered once with what runs it; jobs then queue, report progress,
 * can be cancelled, and go on from their last checkpoint after a cancel, a failure or a restart.
 */
import { randomUUID } from "node:crypto";
import { problemFrom } from "../../service/errors.ts";
import type { JobDetails, JobRecord } from "../contract-jobs.ts";
import { analyticsProblem } from "../errors.ts";
import { Changing } from "../handlers/watch.ts";
import type { JobTable } from "./job-table.ts";
import { jobLimits } from "./limits.ts";

interface Progress {
  /** 0 to 1. */
  readonly fraction: number;
  readonly message: string;
  /** Live readings, plain JSON; the newest replaces the one before. */
  readonly detail?: unknown;
}

export interface JobRun {
  /** Aborted when the job is cancelled or the thread ends. */
  readonly signal: AbortSignal;
  /** What `checkpoint` saved last, null in a fresh job. */
  readonly saved: unknown;
  report(progress: Progress): void;
  /** Keeps plain JSON from which `run` can go on; throws when it is over the limit. */
  checkpoint(state: unknown): void;
}

export interface JobKind<Input> {
  readonly kind: string;
  /** Whether it writes checkpoints. */
  readonly resumable: boolean;
  title(input: Input): string;
  /** @returns the result, plain JSON */
  run(input: Input, run: JobRun): Promise<unknown>;
}

interface LiveJob {
  record: JobRecord;
  detail: unknown;
  stop: AbortController | null;
  readonly changes: Changing;
}

/** What the host gives: `now` in milliseconds since the Unix epoch. */
interface JobHost {
  readonly now: () => number;
  readonly monotonicMs: () => number;
}

const ended = new Set<JobRecord["state"]>(["done", "failed", "cancelled", "interrupted"]);
const cancelled = Symbol("cancelled");
const threadEnds = Symbol("thread ends");

export class Jobs {
  readonly #host: JobHost;
  readonly #table: JobTable;
  readonly #kinds = new Map<string, JobKind<unknown>>();
  /** In the order of their creation. */
  readonly #jobs = new Map<string, LiveJob>();
  readonly #changes = new Changing();

  /** Jobs that ran when the thread ended are "interrupted". */
  constructor(host: JobHost, table: JobTable) {
    this.#host = host;
    this.#table = table;
    for (const record of table.records()) {
      const job = { record, detail: null, stop: null, changes: new Changing() };
      this.#jobs.set(record.id, job);
      if (ended.has(record.state)) continue;
      this.#change(job, {
        state: "interrupted",
        endedAt: host.now(),
        message: "The thread ended while the job was at work.",
      });
    }
  }

  register<Input>(kind: JobKind<Input>): void {
    this.#kinds.set(kind.kind, kind);
  }

  /** @throws JOBS_BUSY, JOB_TOO_LARGE */
  start(kindName: string, input: unknown): JobRecord {
    const kind = this.#kindOf(kindName);
    const text = bounded(input, jobLimits.inputCharactersMax, "input");
    this.#refuseWhenFull();
    const record: JobRecord = {
      id: `job-${randomUUID()}`,
      kind: kind.kind,
      title: kind.title(input).slice(0, jobLimits.messageLengthMax),
      state: "queued",
      fraction: 0,
      message: "Waits for its turn.",
      resumable: kind.resumable,
      checkpointAt: null,
      createdAt: this.#host.now(),
      startedAt: null,
      endedAt: null,
    };
    this.#table.insert(record, text);
    this.#jobs.set(record.id, { record, detail: null, stop: null, changes: new Changing() });
    this.#forgetOldest();
    this.#runNext();
    return this.#find(record.id).record;
  }

  /** Newest first. */
  list(limit: number, kind?: string): JobRecord[] {
    const records = [...this.#jobs.values()].map(({ record }) => record).toReversed();
    return records.filter((record) => kind === undefined || record.kind === kind).slice(0, limit);
  }

  /** @throws JOB_UNKNOWN */
  get(id: string): JobDetails {
    const { record, detail } = this.#find(id);
    return { ...record, input: this.#table.input(id), detail, result: this.#table.result(id) };
  }

  watchAll(limit: number, kind: string | undefined, signal: AbortSignal | undefined) {
    return this.#changes.watch(
      () => ({ at: this.#host.now(), jobs: this.list(limit, kind) }),
      signal,
    );
  }

  /** Ends when the job has. @throws JOB_UNKNOWN */
  async *watch(id: string, signal: AbortSignal | undefined): AsyncGenerator<JobDetails> {
    const job = this.#find(id);
    const input = this.#table.input(id);
    const read = () => {
      const { record, detail } = job;
      const result = record.state === "done" ? this.#table.result(id) : null;
      return { ...record, input, detail, result };
    };
    for await (const details of job.changes.watch(read, signal)) {
      yield details;
      if (ended.has(details.state)) return;
    }
  }

  /** @throws JOB_UNKNOWN, JOB_ENDED */
  cancel(id: string): JobRecord {
    const job = this.#find(id);
    if (ended.has(job.record.state)) {
      throw analyticsProblem("JOB_ENDED", `${id} has ended already: ${job.record.state}.`);
    }
    job.stop?.abort(cancelled);
    this.#end(job, "cancelled", "Cancelled.");
    return job.record;
  }

  /** @throws JOB_UNKNOWN, JOB_RUNS, JOB_NOT_RESUMABLE, JOBS_BUSY */
  resume(id: string): JobRecord {
    const job = this.#find(id);
    if (!ended.has(job.record.state)) {
      throw analyticsProblem("JOB_RUNS", `${id} is ${job.record.state}.`);
    }
    if (!job.record.resumable || job.record.state === "done") {
      throw analyticsProblem("JOB_NOT_RESUMABLE", `${id} is ${job.record.state} and cannot go on.`);
    }
    this.#kindOf(job.record.kind);
    this.#refuseWhenFull();
    this.#change(job, { state: "queued", endedAt: null, message: "Waits for its turn." });
    this.#runNext();
    return job.record;
  }

  /** @throws JOB_UNKNOWN, JOB_RUNS */
  remove(id: string): JobRecord {
    const job = this.#find(id);
    if (!ended.has(job.record.state)) {
      throw analyticsProblem("JOB_RUNS", `${id} is ${job.record.state}; cancel it first.`);
    }
    this.#table.delete(id);
    this.#jobs.delete(id);
    this.#changes.changed();
    return job.record;
  }

  /** Jobs at work are interrupted and can be resumed after the next start. */
  close(): void {
    for (const job of this.#jobs.values()) {
      if (ended.has(job.record.state)) continue;
      job.stop?.abort(threadEnds);
      this.#end(job, "interrupted", "The thread ended while the job was at work.");
    }
    this.#table.close();
  }

  #runNext(): void {
    // A job that was cancelled and resumed waits until its former run has come to its end.
    const waiting = [...this.#jobs.values()].filter(
      ({ record, stop }) => record.state === "queued" && stop === null,
    );
    const running = [...this.#jobs.values()].filter(({ stop }) => stop !== null).length;
    for (const job of waiting.slice(0, Math.max(0, jobLimits.runningMax - running))) {
      void this.#run(job);
    }
  }

  async #run(job: LiveJob): Promise<void> {
    const { id } = job.record;
    const stop = new AbortController();
    job.stop = stop;
    this.#change(job, { state: "running", startedAt: this.#host.now(), message: "Starts." });
    try {
      const result = await this.#kindOf(job.record.kind).run(
        this.#table.input(id),
        this.#runOf(job, stop.signal),
      );
      if (!stop.signal.aborted) {
        const text = bounded(result, jobLimits.resultCharactersMax, "result");
        const end = { state: "done", fraction: 1, message: "Done.", checkpointAt: null } as const;
        job.record = { ...job.record, ...end, endedAt: this.#host.now() };
        this.#table.finish(job.record, text);
        this.#tell(job);
      }
    } catch (error) {
      // What a cancelled job still throws is its way of ending.
      if (!stop.signal.aborted) this.#end(job, "failed", problemFrom(error).detail);
    } finally {
      job.stop = null;
      if (stop.signal.reason !== threadEnds) this.#runNext();
    }
  }

  #runOf(job: LiveJob, signal: AbortSignal): JobRun {
    let toldAt = Number.NEGATIVE_INFINITY;
    return {
      signal,
      saved: this.#table.checkpoint(job.record.id),
      report: ({ fraction, message, detail }) => {
        if (signal.aborted) return;
        job.detail = detail ?? job.detail;
        job.record = {
          ...job.record,
          fraction: Math.min(1, Math.max(0, fraction)),
          message: message.slice(0, jobLimits.messageLengthMax),
        };
        const now = this.#host.monotonicMs();
        if (now - toldAt < jobLimits.progressIntervalMs) return;
        toldAt = now;
        this.#tell(job);
      },
      checkpoint: (state) => {
        if (signal.aborted) return;
        const text = bounded(state, jobLimits.checkpointCharactersMax, "checkpoint");
        job.record = { ...job.record, checkpointAt: this.#host.now() };
        this.#table.saveCheckpoint(job.record, text);
        this.#tell(job);
      },
    };
  }

  #end(job: LiveJob, state: "failed" | "cancelled" | "interrupted", message: string): void {
    this.#change(job, {
      state,
      endedAt: this.#host.now(),
      message: message.slice(0, jobLimits.messageLengthMax),
    });
  }

  #change(job: LiveJob, change: Partial<JobRecord>): void {
    job.record = { ...job.record, ...change };
    this.#table.update(job.record);
    this.#tell(job);
  }

  #tell(job: LiveJob): void {
    job.changes.changed();
    this.#changes.changed();
  }

  #find(id: string): LiveJob {
    const job = this.#jobs.get(id);
    if (job === undefined) throw analyticsProblem("JOB_UNKNOWN", `There is no job ${id}.`);
    return job;
  }

  #kindOf(name: string): JobKind<unknown> {
    const kind = this.#kinds.get(name);
    if (kind === undefined) {
      throw analyticsProblem("JOB_NOT_RESUMABLE", `Jobs of kind ${name} are not known here.`);
    }
    return kind;
  }

  #refuseWhenFull(): void {
    const queued = [...this.#jobs.values()].filter(({ record }) => record.state === "queued");
    if (queued.length >= jobLimits.queuedMax) {
      throw analyticsProblem("JOBS_BUSY", `${queued.length} jobs wait already.`);
    }
  }

  #forgetOldest(): void {
    for (const [id, { record, stop }] of this.#jobs) {
      if (this.#jobs.size <= jobLimits.keptMax) return;
      if (!ended.has(record.state) || stop !== null) continue;
      this.#table.delete(id);
      this.#jobs.delete(id);
    }
  }
}

function bounded(value: unknown, charactersMax: number, what: string): string {
  const text = JSON.stringify(value ?? null);
  if (text.length > charactersMax) {
    throw analyticsProblem(
      "JOB_TOO_LARGE",
      `The job's ${what} has ${text.length} characters; ${charactersMax} are allowed.`,
    );
  }
  return text;
}
