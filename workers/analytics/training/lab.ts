/** Experiments: started, watched, steered, compared and asked. Training itself is a job. */
import { problemFrom } from "../../service/errors.ts";
import type { Specification } from "../contract-training-network.ts";
import {
  type CurvePoint,
  type Experiment,
  experimentsMax,
  type TrainingControl,
  type TrainingFrame,
} from "../contract-training.ts";
import { analyticsProblem } from "../errors.ts";
import { Changing } from "../../service/changing.ts";
import type { JobRun, Jobs } from "../jobs/jobs.ts";
import { appendCurve, curvePointOf } from "./curve.ts";
import type { ExperimentRecord, ExperimentStore } from "./experiment-store.ts";
import { type NetworkThread, NetworkThreads, ThreadsBusy } from "./network-threads.ts";
import { asked } from "./thread-answers.ts";
import { checkedPlan } from "./checked-plan.ts";
import { versionOf } from "./published-version.ts";
import type { NewVersion } from "../models/registry-rules.ts";
import type { SessionEvent } from "./session.ts";

export const trainingJobKind = "training";

interface LabHost {
  now(): number;
  monotonicMs(): number;
}

interface TrainingJob {
  readonly experiment: string;
}

/** What is held of an experiment beside what is stored. */
interface Live {
  record: ExperimentRecord;
  hasCheckpoint: boolean;
  curve: CurvePoint[];
  frame: TrainingFrame | null;
  readonly changes: Changing;
  /** Told when training comes to its end by itself. */
  ended: ((event: Extract<SessionEvent, { kind: "ended" }>) => void) | null;
  died: ((reason: string) => void) | null;
  report: JobRun["report"] | null;
  /** Resolves when its job has let go of it. */
  resting: Promise<void>;
}

const active = new Set<Experiment["state"]>(["queued", "running"]);

export class TrainingLab {
  readonly #host: LabHost;
  readonly #store: ExperimentStore;
  readonly #jobs: Jobs;
  readonly #threads: NetworkThreads;
  readonly #live = new Map<string, Live>();
  #isClosed = false;

  /** What was trained when the thread ended is "interrupted". */
  constructor(host: LabHost, store: ExperimentStore, jobs: Jobs) {
    this.#host = host;
    this.#store = store;
    this.#jobs = jobs;
    this.#threads = new NetworkThreads(() => host.monotonicMs());
    for (const { id, record } of store.list()) {
      if (!active.has(record.state)) continue;
      const message = "The thread ended while the network was trained.";
      store.update(id, { ...record, state: "interrupted", message });
    }
    jobs.register<TrainingJob>({
      kind: trainingJobKind,
      resumable: true,
      title: ({ experiment }) => `Trains ${this.get(experiment).name}`,
      run: (input, run) => this.#train(input.experiment, run),
    });
  }

  /** @throws NETWORK_INVALID, TRAINING_DATA_INVALID, JOBS_BUSY */
  async start(name: string, specification: Specification, paused: boolean): Promise<Experiment> {
    const plan = checkedPlan(specification);
    const now = this.#host.now();
    const id = this.#store.insert({
      name,
      createdAt: now,
      changedAt: now,
      state: "paused",
      message: null,
      specification,
      task: plan.task,
      parameters: plan.parameters,
      progress: 0,
      result: null,
      samplesPerSecond: 0,
      parameterHash: null,
      job: null,
    });
    const live = this.#liveOf(id);
    if (name === "") this.#change(id, live, { name: `${specification.data.kind} ${id.slice(4)}` });
    const mayForget = (other: string) => other !== id && !this.#isActive(other);
    for (const old of this.#store.forgetOldest(mayForget)) this.#drop(old);
    if (paused) {
      const thread = await this.#open(id, live);
      await asked(thread.show());
    } else this.#begin(id, live);
    return this.get(id);
  }

  list(): { experiments: Experiment[]; experimentsMax: number } {
    const experiments = this.#store
      .list()
      .map(({ id, record, hasCheckpoint }) =>
        experimentOf(id, this.#live.get(id) ?? { record, hasCheckpoint }),
      );
    return { experiments, experimentsMax };
  }

  /** @throws EXPERIMENT_UNKNOWN */
  get(id: string): Experiment {
    return experimentOf(id, this.#liveOf(id));
  }

  /** @throws EXPERIMENT_UNKNOWN */
  details(id: string) {
    const live = this.#liveOf(id);
    const { curve, frame } = live;
    return {
      experiment: experimentOf(id, live),
      curve,
      frame,
      plan: checkedPlan(live.record.specification),
    };
  }

  /** @throws EXPERIMENT_UNKNOWN */
  watch(id: string, signal: AbortSignal | undefined) {
    const live = this.#liveOf(id);
    return live.changes.watch(
      () => ({ experiment: experimentOf(id, live), frame: live.frame }),
      signal,
    );
  }

  /** @throws EXPERIMENT_UNKNOWN, EXPERIMENT_ENDED, TRAINING_BUSY, WEIGHT_UNKNOWN, JOBS_BUSY */
  async control(id: string, command: TrainingControl): Promise<Experiment> {
    const live = this.#liveOf(id);
    const isActive = active.has(live.record.state);
    switch (command.action) {
      case "pause":
      case "stop":
        if (isActive) await this.#rest(id, live);
        else if (command.action === "pause" && live.record.state !== "paused") {
          throw analyticsProblem("EXPERIMENT_ENDED", `${id} is ${live.record.state}.`);
        }
        if (command.action === "stop" && live.record.state !== "done")
          this.#change(id, live, { state: "stopped", message: "Stopped." });
        break;
      case "resume":
        if (isActive) break;
        if (live.record.state === "done")
          throw analyticsProblem("EXPERIMENT_ENDED", `${id} has done all its epochs.`);
        this.#begin(id, live);
        break;
      case "step":
        if (isActive) throw analyticsProblem("EXPERIMENT_RUNS", `${id} is being trained.`);
        if (live.record.state === "done")
          throw analyticsProblem("EXPERIMENT_ENDED", `${id} has done all its epochs.`);
        await this.#order(id, live, command);
        if (live.record.state !== "failed" && this.#live.get(id)?.record.state !== "done")
          this.#change(id, live, { state: "paused", message: null });
        break;
      default:
        await this.#order(id, live, command);
    }
    return this.get(id);
  }

  /** @throws EXPERIMENT_UNKNOWN */
  async remove(id: string): Promise<void> {
    const live = this.#liveOf(id);
    if (active.has(live.record.state)) await this.#rest(id, live);
    this.#store.delete(id, this.#host.now());
    this.#drop(id);
  }

  /** @throws EXPERIMENT_UNKNOWN */
  restore(id: string): Experiment {
    this.#store.restore(id);
    return this.get(id);
  }

  /** @throws EXPERIMENT_UNKNOWN, ANSWER_IMPOSSIBLE, TRAINING_BUSY */
  async predict(id: string, rows: readonly (readonly number[])[]) {
    const live = this.#liveOf(id);
    const thread = await this.#open(id, live);
    const outputs = await asked(thread.predict(rows));
    const { classes } = checkedPlan(live.record.specification);
    const answers = outputs.map((row) =>
      classes.length === 0 ? String(row[0]) : classes[row.indexOf(Math.max(...row))]!,
    );
    return { outputs, answers };
  }

  /** @throws EXPERIMENT_UNKNOWN, ANSWER_IMPOSSIBLE, TRAINING_BUSY */
  async onnx(id: string): Promise<Uint8Array> {
    const thread = await this.#open(id, this.#liveOf(id));
    return asked(thread.onnx());
  }

  /** For the registry. @throws EXPERIMENT_UNKNOWN, ANSWER_IMPOSSIBLE, TRAINING_BUSY */
  async publish(id: string): Promise<Omit<NewVersion, "name">> {
    const live = this.#liveOf(id);
    const thread = await this.#open(id, live);
    const { onnx, reference, dataHash } = await asked(thread.publish());
    return versionOf(experimentOf(id, live), onnx, { reference, dataHash });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const [id, live] of this.#live) {
      this.#store.saveCurve(id, live.curve, live.frame);
      if (!active.has(live.record.state)) continue;
      const message = "The thread ended while the network was trained.";
      this.#store.update(id, { ...live.record, state: "interrupted", message });
    }
    await this.#threads.close();
    this.#store.close();
  }

  #begin(id: string, live: Live): void {
    const { job } = live.record;
    this.#change(id, live, { state: "queued", message: null });
    try {
      const known = this.#jobs.list(Number.MAX_SAFE_INTEGER).find((each) => each.id === job);
      const started =
        known === undefined || known.state === "done"
          ? this.#jobs.start(trainingJobKind, { experiment: id })
          : this.#jobs.resume(known.id);
      this.#change(id, live, { job: started.id });
    } catch (error) {
      this.#change(id, live, { state: "paused", message: problemFrom(error).detail });
      throw error;
    }
  }

  /** What the job does: trains until the end, or until the job is given up. */
  async #train(id: string, run: JobRun): Promise<unknown> {
    const { signal } = run;
    const live = this.#liveOf(id);
    const rest = Promise.withResolvers<void>();
    live.resting = rest.promise;
    try {
      const thread = await this.#open(id, live);
      if (signal.aborted) return null;
      thread.isBusy = true;
      live.report = (progress) => run.report(progress);
      this.#change(id, live, { state: "running", message: null });
      const end = await this.#untilEnd(live, thread, signal);
      thread.isBusy = false;
      if (end === null) return null;
      this.#change(id, live, { state: end.state, message: end.message });
      if (end.state === "failed") throw analyticsProblem("TRAINING_FAILED", end.message);
      return { experiment: id, ...live.record.result };
    } catch (error) {
      if (!this.#isClosed && live.record.state !== "failed")
        this.#change(id, live, { state: "failed", message: problemFrom(error).detail });
      throw error;
    } finally {
      live.report = null;
      live.ended = null;
      live.died = null;
      if (!this.#isClosed && active.has(live.record.state))
        this.#change(id, live, { state: "paused", message: null });
      rest.resolve();
    }
  }

  /** null: it was given up. */
  async #untilEnd(live: Live, thread: NetworkThread, signal: AbortSignal) {
    const ended = Promise.withResolvers<Extract<SessionEvent, { kind: "ended" }> | null>();
    live.ended = ended.resolve;
    live.died = (reason) => ended.reject(analyticsProblem("TRAINING_FAILED", reason));
    const giveUp = () => {
      if (this.#isClosed) return ended.resolve(null);
      thread.command({ action: "pause" }).then(() => ended.resolve(null), ended.reject);
    };
    signal.addEventListener("abort", giveUp, { once: true });
    await asked(thread.command({ action: "resume" }));
    return ended.promise;
  }

  /** Gives the job up and waits until the network rests. */
  async #rest(id: string, live: Live): Promise<void> {
    const job = this.#jobs
      .list(Number.MAX_SAFE_INTEGER)
      .find(
        (each) =>
          each.id === live.record.job && (each.state === "queued" || each.state === "running"),
      );
    if (job !== undefined) this.#jobs.cancel(job.id);
    await live.resting;
    if (active.has(live.record.state)) this.#change(id, live, { state: "paused", message: null });
  }

  async #order(id: string, live: Live, command: TrainingControl): Promise<void> {
    const thread = await this.#open(id, live);
    await asked(thread.command(command));
  }

  async #open(id: string, live: Live): Promise<NetworkThread> {
    try {
      return await this.#threads.open(id, () => ({
        specification: live.record.specification,
        checkpoint: this.#store.checkpoint(id),
        onEvent: (event) => this.#hear(id, live, event),
        onDeath: (reason) => live.died?.(reason),
      }));
    } catch (error) {
      if (error instanceof ThreadsBusy) throw analyticsProblem("TRAINING_BUSY", error.message);
      throw error;
    }
  }

  #hear(id: string, live: Live, event: SessionEvent): void {
    if (this.#isClosed || this.#live.get(id) !== live) return;
    if (event.kind === "checkpoint") {
      this.#store.saveCheckpoint(id, event.bytes);
      this.#store.saveCurve(id, live.curve, live.frame);
      live.hasCheckpoint = true;
      return;
    }
    if (event.kind === "ended") {
      if (live.ended === null)
        this.#change(id, live, { state: event.state, message: event.message });
      else live.ended(event);
      return;
    }
    const { frame } = event;
    const point = curvePointOf(frame);
    live.frame = frame;
    live.curve = appendCurve(live.curve, point);
    const progress = Math.min(1, frame.epoch / live.record.specification.epochs);
    const { samplesPerSecond, parameterHash } = frame;
    this.#change(id, live, { result: point, progress, samplesPerSecond, parameterHash });
    live.report?.({ fraction: progress, message: messageOf(point) });
  }

  #change(id: string, live: Live, change: Partial<ExperimentRecord>): void {
    live.record = { ...live.record, ...change, changedAt: this.#host.now() };
    this.#store.update(id, live.record);
    live.changes.changed();
  }

  #isActive(id: string): boolean {
    const state = this.#live.get(id)?.record.state;
    return state !== undefined && active.has(state);
  }

  #liveOf(id: string): Live {
    const known = this.#live.get(id);
    if (known !== undefined) return known;
    const stored = this.#store.find(id);
    if (stored === undefined)
      throw analyticsProblem("EXPERIMENT_UNKNOWN", `There is no experiment ${id}.`);
    const live: Live = {
      record: stored.record,
      hasCheckpoint: stored.hasCheckpoint,
      curve: this.#store.curve(id),
      frame: this.#store.frame(id) as TrainingFrame | null,
      changes: new Changing(),
      ended: null,
      died: null,
      report: null,
      resting: Promise.resolve(),
    };
    this.#live.set(id, live);
    return live;
  }

  #drop(id: string): void {
    this.#live.delete(id);
    void this.#threads.end(id);
  }
}

function experimentOf(
  id: string,
  { record, hasCheckpoint }: Pick<Live, "record" | "hasCheckpoint">,
): Experiment {
  const { job: _, ...shown } = record;
  return { id, ...shown, hasCheckpoint };
}

function messageOf({ epoch, loss, validationAccuracy }: CurvePoint): string {
  const accuracy =
    validationAccuracy === null ? "" : `, accuracy ${(100 * validationAccuracy).toFixed(1)} %`;
  return `Epoch ${epoch.toFixed(1)}, loss ${loss?.toPrecision(3) ?? "unknown"}${accuracy}.`;
}
