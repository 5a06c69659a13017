/** Runs of distributed training as jobs, and what can be done to those at work. */
import { randomUUID } from "node:crypto";
import { childThread } from "../../service/child-thread.ts";
import {
  type ScalingPoint,
  type TrainingInput,
  trainingInputSchema,
  type TrainingRun,
  trainingThreadsMax,
  type TrainingView,
} from "../contract-distributed-training.ts";
import type { JobDetails, JobRecord } from "../contract-jobs.ts";
import { analyticsProblem } from "../errors.ts";
import type { JobRun, Jobs } from "../jobs/jobs.ts";
import { checkpointOf, keepTraining, type KeptTraining } from "./kept-training.ts";
import { simulationPlan, threadOptions } from "./run-plans.ts";
import { type KeptSimulation, SimulatedRun } from "./simulated-runs.ts";
import type { Deed } from "./simulation-messages.ts";
import { ThreadTraining } from "./thread-training.ts";
import type { NewVersion } from "../models/registry-rules.ts";
import type { PreparedData, ThreadReport } from "./thread-messages.ts";
import { threadView } from "./training-views.ts";
import { WorkerHandle } from "./worker-handle.ts";

const kind = "distributed-training";
/** Between two checkpoints that are written down; those between are kept in memory alone. */
const keepIntervalMs = 2_000;
const reportIntervalMs = 200;
/** Threads are measured for so many epochs, of which the fastest counts. */
const scalingEpochs = 4;
const scalingThreads = [1, 2, 3, 4];

/** What a job is started with; `token` tells runs apart before they know their job. */
interface RunInput {
  readonly token: string;
  readonly training: TrainingInput;
}

type Live = (deed: Deed) => Promise<boolean> | boolean;

export interface RunsHost {
  /** Milliseconds since the Unix epoch, with fractions. */
  now(): number;
  /** Of a run that has ended, by its job. */
  keepParameters(job: string, parameters: Float32Array): void;
  /** null: they are no longer kept. */
  parametersOf(job: string): Float32Array | null;
}

export class TrainingRuns {
  readonly #jobs: Jobs;
  readonly #host: RunsHost;
  readonly #live = new Map<string, Live>();
  readonly #trainingEntry = childThread("analytics", "distributed-training/shard-thread");
  readonly #simulationEntry = childThread("analytics", "distributed-training/simulation-thread");
  #isMeasuring = false;

  constructor(jobs: Jobs, host: RunsHost) {
    this.#jobs = jobs;
    this.#host = host;
    jobs.register<RunInput>({
      kind,
      resumable: true,
      title: ({ training }) => titleOf(training),
      run: ({ token, training }, run) =>
        training.mode === "threads"
          ? this.#runThreads(token, training, run)
          : this.#runSimulation(token, training, run),
    });
  }

  /** @throws TRAINING_PLAN_IMPOSSIBLE, JOBS_BUSY */
  start(training: TrainingInput): JobRecord {
    checkPlan(training);
    return this.#jobs.start(kind, { token: randomUUID(), training } satisfies RunInput);
  }

  /** @throws JOB_UNKNOWN */
  get(id: string): TrainingRun {
    return runOf(this.#jobs.get(id));
  }

  /**
   * The trained network as an ONNX model that gives probabilities, and what is known of it.
   * @throws JOB_UNKNOWN, TRAINING_UNFINISHED
   */
  async published(id: string): Promise<Omit<NewVersion, "name">> {
    const { job, input, view } = this.get(id);
    const parameters = job.state === "done" ? this.#host.parametersOf(id) : null;
    if (parameters === null || parameters.length === 0) {
      const why = job.state === "done" ? "its parameters are no longer kept" : `it is ${job.state}`;
      throw analyticsProblem("TRAINING_UNFINISHED", `${id} has no network to give: ${why}.`);
    }
    const handle = new WorkerHandle(0, this.#trainingEntry);
    try {
      const { network } = threadOptions(input).plan;
      const choice = choiceOf(input);
      const report = await handle.ask({ kind: "publish", choice, network, parameters });
      if (report.kind !== "published") throw brokeOff(reasonOf(report));
      const accuracy = view?.epochs.at(-1)?.accuracy ?? null;
      return {
        bytes: report.onnx,
        labels: Array.from({ length: network.layers.at(-1)! }, (_, label) => String(label)),
        reference: report.reference,
        lineage: {
          kind,
          job: id,
          dataset: `${input.dataSet}, ${input.samples} samples, seed ${input.seed}`,
          datasetHash: report.dataHash,
          note: titleOf(input),
          metric: accuracy === null ? null : { name: "accuracy", value: accuracy },
        },
      };
    } finally {
      await handle.end("The network is given.");
    }
  }

  async *watch(id: string, signal: AbortSignal | undefined): AsyncGenerator<TrainingRun> {
    this.get(id);
    for await (const details of this.#jobs.watch(id, signal)) yield runOf(details);
  }

  /** @throws JOB_UNKNOWN, TRAINING_NOT_AT_WORK */
  async act(id: string, deed: Deed): Promise<{ done: boolean }> {
    const { token } = inputOf(this.#jobs.get(id));
    const live = this.#live.get(token);
    if (live === undefined) {
      throw analyticsProblem("TRAINING_NOT_AT_WORK", `${id} is not training now.`);
    }
    return { done: await live(deed) };
  }

  /** @throws TRAINING_PLAN_IMPOSSIBLE, SCALING_BUSY */
  async scaling(training: TrainingInput): Promise<{ points: ScalingPoint[] }> {
    checkPlan(training);
    if (this.#isMeasuring) throw analyticsProblem("SCALING_BUSY", "A measurement is under way.");
    this.#isMeasuring = true;
    try {
      return {
        points:
          training.mode === "threads"
            ? await this.#measureThreads(training)
            : await this.#measureSimulated(training),
      };
    } finally {
      this.#isMeasuring = false;
    }
  }

  async #runThreads(token: string, training: TrainingInput, run: JobRun): Promise<TrainingView> {
    run.report({ fraction: 0, message: "Prepares the samples." });
    const data = await this.#prepare(training);
    run.signal.throwIfAborted();
    let keptAt = Number.NEGATIVE_INFINITY;
    let reportedAt = Number.NEGATIVE_INFINITY;
    let keptStep = -1;
    const report = (threads: ThreadTraining): void => {
      const now = this.#host.now();
      const { checkpoint } = threads;
      if (checkpoint !== null && checkpoint.step !== keptStep && now - keptAt > keepIntervalMs) {
        [keptAt, keptStep] = [now, checkpoint.step];
        run.checkpoint(keepTraining(checkpoint, threads.record.keep()));
      }
      if (now - reportedAt < reportIntervalMs) return;
      reportedAt = now;
      run.report({ ...progressOf(threads), detail: threadView(threads) });
    };
    const threads: ThreadTraining = new ThreadTraining(threadOptions(training), data, {
      entry: this.#trainingEntry,
      now: () => this.#host.now(),
      changed: () => report(threads),
    });
    const saved = run.saved as KeptTraining | null;
    if (saved !== null) threads.restore(checkpointOf(saved), saved.record);
    const stop = (): void => {
      this.#live.delete(token);
      threads.stop();
    };
    run.signal.addEventListener("abort", stop, { once: true });
    this.#live.set(token, (deed) => actOnThreads(threads, deed));
    try {
      const outcome = await threads.run();
      if (outcome !== "done") throw brokeOff(`The workers ended early: ${outcome}.`);
      if (threads.checkpoint !== null) {
        this.#host.keepParameters(run.id, threads.checkpoint.state.parameters);
      }
      return threadView(threads);
    } finally {
      this.#live.delete(token);
      run.signal.removeEventListener("abort", stop);
    }
  }

  async #runSimulation(token: string, training: TrainingInput, run: JobRun): Promise<TrainingView> {
    const saved = (run.saved as KeptSimulation | null) ?? { events: 0, deeds: [] };
    const simulated = new SimulatedRun(this.#simulationEntry, {
      kind: "train",
      plan: simulationPlan(training),
      choice: choiceOf(training),
      stepsPerSecond: training.cluster.stepsPerSecond,
      ...saved,
    });
    const stop = (): void => {
      this.#live.delete(token);
      void simulated.end();
    };
    run.signal.addEventListener("abort", stop, { once: true });
    this.#live.set(token, (deed) => simulated.act(deed));
    try {
      const { view, parameters } = await simulated.finish((now, kept) => {
        run.checkpoint(kept);
        run.report({ ...progressOf(now), detail: now });
      });
      this.#host.keepParameters(run.id, parameters);
      return view;
    } catch (error) {
      throw brokeOff(error instanceof Error ? error.message : String(error));
    } finally {
      this.#live.delete(token);
      run.signal.removeEventListener("abort", stop);
      await simulated.end();
    }
  }

  /** In a thread, which is ended with what it needed to read the samples. */
  async #prepare(training: TrainingInput): Promise<PreparedData> {
    const handle = new WorkerHandle(0, this.#trainingEntry);
    try {
      const report = await handle.ask({ kind: "prepare", choice: choiceOf(training) });
      if (report.kind === "prepared") return report.data;
      const detail = `No ${training.dataSet} here: ${reasonOf(report)}`;
      throw analyticsProblem("DATA_SET_MISSING", detail);
    } finally {
      await handle.end("The samples are ready.");
    }
  }

  async #measureThreads(training: TrainingInput): Promise<ScalingPoint[]> {
    const data = await this.#prepare(training);
    const points: ScalingPoint[] = [];
    for (const workers of scalingThreads.filter((count) => count <= training.shards)) {
      const threads = new ThreadTraining(
        { ...threadOptions(training), workers, epochs: scalingEpochs, checkpointEverySteps: 0 },
        data,
        { entry: this.#trainingEntry, now: () => this.#host.now(), changed: () => {} },
      );
      await threads.run();
      const stepMs = Math.min(...threads.record.epochs.map(({ ms }) => ms / threads.perEpoch));
      const speedUp = (points[0]?.stepMs ?? stepMs) / stepMs;
      points.push({
        workers,
        stepMs,
        speedUp,
        efficiency: speedUp / workers,
        model: null,
        bytesPerStep: threads.bytesMoved / threads.totalSteps,
      });
    }
    return points;
  }

  async #measureSimulated(training: TrainingInput): Promise<ScalingPoint[]> {
    const simulated = new SimulatedRun(this.#simulationEntry, {
      kind: "scaling",
      plan: simulationPlan(training),
      choice: choiceOf(training),
    });
    try {
      return await simulated.scaling();
    } finally {
      await simulated.end();
    }
  }
}

function reasonOf(report: ThreadReport): string {
  return report.kind === "unavailable" ? report.reason : report.kind;
}

function brokeOff(detail: string) {
  return analyticsProblem("TRAINING_BROKE_OFF", detail);
}

function actOnThreads(threads: ThreadTraining, { deed, worker, amount }: Deed): boolean {
  if (deed === "add") return threads.add() !== null;
  if (worker === null) return false;
  if (deed === "slow") return threads.slow(worker, Math.round(amount));
  return threads[deed](worker);
}

function checkPlan({ mode, strategy, workers, shards }: TrainingInput): void {
  const impossible = (detail: string) => analyticsProblem("TRAINING_PLAN_IMPOSSIBLE", detail);
  if (mode === "threads" && strategy !== "tree") {
    throw impossible(`Threads exchange gradients by the tree, not by ${strategy}.`);
  }
  if (mode === "threads" && workers > trainingThreadsMax) {
    throw impossible(`${workers} threads; at most ${trainingThreadsMax} train together.`);
  }
  if (strategy === "tree" && workers > shards) {
    throw impossible(`${workers} workers share ${shards} shards: some would have none.`);
  }
}

function choiceOf({ dataSet, samples, seed }: TrainingInput) {
  return { kind: dataSet, samples, seed };
}

function titleOf({ mode, strategy, workers, dataSet }: TrainingInput): string {
  const how = mode === "threads" ? "threads" : `simulated workers, ${strategy}`;
  return `${dataSet} over ${workers} ${how}`;
}

function progressOf({ step, totalSteps }: { readonly step: number; readonly totalSteps: number }) {
  return { fraction: step / totalSteps, message: `Step ${step} of ${totalSteps}.` };
}

function inputOf({ id, input }: JobDetails): RunInput {
  const { token, training } = (input ?? {}) as Partial<RunInput>;
  const parsed = trainingInputSchema.safeParse(training);
  if (token === undefined || !parsed.success) {
    throw analyticsProblem("JOB_UNKNOWN", `${id} is no run of distributed training.`);
  }
  return { token, training: parsed.data };
}

function runOf(details: JobDetails): TrainingRun {
  const { input: _input, detail, result, ...job } = details;
  return {
    job,
    input: inputOf(details).training,
    view: ((result ?? detail) as TrainingView | null) ?? null,
  };
}
