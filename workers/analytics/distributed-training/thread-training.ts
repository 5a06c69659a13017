/**
 * Data-parallel training over worker threads, led from here. Steps are done in segments, which end
 * at checkpoints and epochs; workers come and go between segments. When one dies within a segment the
 * others are called back, and all go on from the last checkpoint: whatever happens, the parameters
 * come out with the same bits.
 */
import { stepsPerEpoch } from "../core/distributed-training/batches.ts";
import type { ReplicaState } from "../core/distributed-training/replica.ts";
import { shardsOf } from "../core/distributed-training/reduction-tree.ts";
import { RoundControl } from "./barrier.ts";
import { threadWorkersMax } from "./distributed-training-limits.ts";
import type { PreparedData, SegmentReport, TrainingPlan } from "./thread-messages.ts";
import { type KeptRecord, TrainingRecord } from "../core/distributed-training/training-record.ts";
import { WorkerGone, WorkerHandle } from "./worker-handle.ts";

export interface ThreadTrainingOptions {
  readonly plan: TrainingPlan;
  readonly workers: number;
  readonly epochs: number;
  /** Besides those at the end of each epoch; 0: only those. */
  readonly checkpointEverySteps: number;
  /** A worker that shows no progress for so long is given up. */
  readonly stallMs: number;
}

export interface TrainingHost {
  /** The entry of the workers' threads. */
  readonly entry: URL;
  /** Milliseconds since the Unix epoch, with fractions. */
  now(): number;
  /** Something that is shown has changed. */
  changed(): void;
}

export interface Checkpoint {
  readonly step: number;
  readonly state: ReplicaState;
  readonly hash: string;
}

interface Member {
  readonly handle: WorkerHandle;
  state: "training" | "leaving";
  slowMs: number;
  /** It is to begin from the checkpoint. */
  isFresh: boolean;
}

export type Outcome = "done" | "stopped" | "no workers left";

export class ThreadTraining {
  readonly record = new TrainingRecord();
  readonly totalSteps: number;
  readonly perEpoch: number;
  parameters = 0;
  step = 0;
  /** Median of the newest segment, over its workers. */
  stepMs: number | null = null;
  checkpoint: Checkpoint | null = null;
  /** Checkpoints that were taken so far. */
  checkpoints = 0;
  /** Bytes that workers wrote for each other to read. */
  bytesMoved = 0;
  readonly #options: ThreadTrainingOptions;
  readonly #data: PreparedData;
  readonly #host: TrainingHost;
  readonly #began: number;
  readonly #members = new Map<number, Member>();
  readonly #arrivals: number[] = [];
  #newestId = 0;
  #round: { readonly control: RoundControl; readonly ids: readonly number[] } | null = null;
  #slots: readonly SharedArrayBuffer[] = [];
  #stopping = false;
  #isAtWork = false;
  #epochMs = 0;
  #epochLoss = 0;

  constructor(options: ThreadTrainingOptions, data: PreparedData, host: TrainingHost) {
    this.#options = options;
    this.#data = data;
    this.#host = host;
    this.#began = host.now();
    this.perEpoch = stepsPerEpoch(data.training.labels.length, options.plan.batchSize);
    this.totalSteps = this.perEpoch * options.epochs;
    for (let each = 1; each <= options.workers; each++) this.#arrivals.push(each);
    this.#newestId = options.workers;
  }

  get members(): readonly {
    id: number;
    state: "training" | "leaving" | "joining" | "stopped";
    slowMs: number;
  }[] {
    const members = [
      ...[...this.#members].map(([id, { state, slowMs }]) => ({ id, state, slowMs })),
      ...this.#arrivals.map((id) => ({
        id,
        state: this.#isAtWork ? ("joining" as const) : ("stopped" as const),
        slowMs: 0,
      })),
    ];
    return members.toSorted((a, b) => a.id - b.id);
  }

  get elapsedMs(): number {
    return this.#host.now() - this.#began;
  }

  /** Before the first run: goes on from what another left. */
  restore(checkpoint: Checkpoint, record: KeptRecord): void {
    this.checkpoint = checkpoint;
    this.step = checkpoint.step;
    this.record.restore(record);
  }

  /** A new worker takes part from the next segment on. Returns its number, or null at the limit. */
  add(): number | null {
    const most = Math.min(threadWorkersMax, this.#options.plan.shards);
    if (this.#members.size + this.#arrivals.length >= most) return null;
    this.#newestId += 1;
    this.#arrivals.push(this.#newestId);
    this.#note(`Worker ${this.#newestId} joins at the next checkpoint`);
    return this.#newestId;
  }

  /** A worker leaves at the end of this segment. */
  remove(id: number): boolean {
    const member = this.#members.get(id);
    if (member === undefined) return this.#forgetArrival(id);
    member.state = "leaving";
    this.#note(`Worker ${id} leaves at the next checkpoint`);
    return true;
  }

  /** Ends a worker's thread in the middle of its work. */
  crash(id: number): boolean {
    const member = this.#members.get(id);
    if (member === undefined) return false;
    this.#note(`Worker ${id} is crashed`);
    void member.handle.end("It was crashed on purpose.");
    return true;
  }

  slow(id: number, delayMs: number): boolean {
    const member = this.#members.get(id);
    if (member === undefined) return false;
    member.slowMs = delayMs;
    const rank = this.#round?.ids.indexOf(id) ?? -1;
    if (rank >= 0) this.#round?.control.slow(rank, delayMs);
    this.#note(
      delayMs > 0
        ? `Worker ${id} is slowed by ${delayMs} ms a step`
        : `Worker ${id} runs at full speed again`,
    );
    return true;
  }

  /** A worker stands still, as a thread in an endless loop does. */
  freeze(id: number): boolean {
    const rank = this.#round?.ids.indexOf(id) ?? -1;
    if (rank < 0) return false;
    this.#round?.control.freeze(rank);
    this.#note(`Worker ${id} is frozen`);
    return true;
  }

  /** Calls the workers back; what came after the last checkpoint is done again on resumption. */
  stop(): void {
    this.#stopping = true;
    this.#round?.control.giveUp();
  }

  /** Trains to the end, or until it is stopped or nobody is left; may be called again after that. */
  async run(): Promise<Outcome> {
    this.#stopping = false;
    this.#isAtWork = true;
    this.#rollBack();
    try {
      while (this.step < this.totalSteps) {
        if (this.#stopping) return this.#end("stopped");
        await this.#changeMembers();
        if (this.#members.size === 0) return this.#end("no workers left");
        await this.#segment();
        this.#host.changed();
      }
      return this.#end("done");
    } finally {
      this.#isAtWork = false;
      await this.#endAll();
    }
  }

  #end(outcome: Outcome): Outcome {
    this.#note(
      {
        done: "Training is done",
        stopped: "Stopped",
        "no workers left": "Nobody is left to train",
      }[outcome],
    );
    return outcome;
  }

  /** Ends all threads; the same workers come again when the run is resumed. */
  async #endAll(): Promise<void> {
    const staying = [...this.#members].filter(([, { state }]) => state === "training");
    await Promise.all(
      [...this.#members.values()].map(({ handle }) => handle.end("The run ended.")),
    );
    this.#members.clear();
    this.#arrivals.unshift(...staying.map(([id]) => id));
  }

  async #changeMembers(): Promise<void> {
    const goes = [...this.#members].filter(
      ([, { handle, state }]) => state === "leaving" || handle.isGone,
    );
    for (const [id, { handle, state }] of goes) {
      this.#members.delete(id);
      await handle.end("It left.");
      this.#note(state === "leaving" ? `Worker ${id} has left` : `Worker ${id} is gone`);
    }
    const ids = this.#arrivals.splice(0);
    const opened = await Promise.allSettled(ids.map((id) => this.#open(id)));
    opened.forEach((each, index) => {
      if (each.status === "rejected")
        this.#note(`Worker ${ids[index]} could not start: ${String(each.reason)}`);
    });
  }

  async #open(id: number): Promise<void> {
    const handle = new WorkerHandle(id, this.#host.entry);
    const { plan, stallMs } = this.#options;
    const report = await handle.ask({
      kind: "open",
      plan,
      data: this.#data,
      longestMs: 2 * stallMs,
    });
    if (report.kind !== "opened") throw new Error(`A worker answered ${report.kind}.`);
    this.parameters = report.parameters;
    this.#members.set(id, { handle, state: "training", slowMs: 0, isFresh: true });
  }

  async #segment(): Promise<void> {
    const { plan } = this.#options;
    const from = this.step;
    const to = this.#segmentEnd(from);
    const members = [...this.#members].toSorted(([a], [b]) => a - b).map(([, member]) => member);
    const control = new RoundControl(members.length);
    const ids = members.map(({ handle }) => handle.id);
    this.#round = { control, ids };
    members.forEach(({ slowMs }, rank) => control.slow(rank, slowMs));
    if (members.length > 1 && this.#slots.length === 0) {
      const bytes = plan.shards * this.parameters * 4;
      this.#slots = [new SharedArrayBuffer(bytes), new SharedArrayBuffer(bytes)];
    }
    const finished = new Set<number>();
    const watch = this.#watch(control, members, finished);
    const reports = await Promise.all(
      members.map(async ({ handle, isFresh }, rank) => {
        try {
          const report = await handle.ask({
            kind: "segment",
            rank,
            workers: members.length,
            control: control.buffer,
            slots: this.#slots,
            fromStep: from,
            toStep: to,
            state: isFresh ? (this.checkpoint?.state ?? null) : null,
            wantsState: rank === 0,
            wantsAccuracy: rank === 0 && to % this.perEpoch === 0,
          });
          finished.add(rank);
          return report;
        } catch (error) {
          if (!(error instanceof WorkerGone)) throw error;
          this.#note(`Worker ${handle.id} died at step ${from} to ${to}: ${error.message}`);
          control.giveUp();
          return null;
        }
      }),
    ).finally(() => {
      clearInterval(watch);
      this.#round = null;
    });
    const whole = reports.filter((report) => report?.kind === "segment");
    if (whole.length < members.length) this.#rollBack();
    else this.#accept(from, to, ids, whole);
  }

  #segmentEnd(from: number): number {
    const every = this.#options.checkpointEverySteps;
    const epochEnd = (Math.floor(from / this.perEpoch) + 1) * this.perEpoch;
    return every === 0 ? epochEnd : Math.min(epochEnd, (Math.floor(from / every) + 1) * every);
  }

  /** Gives up whoever is behind and shows no progress. */
  #watch(
    control: RoundControl,
    members: readonly Member[],
    finished: ReadonlySet<number>,
  ): NodeJS.Timeout {
    const { stallMs } = this.#options;
    let [least, since] = [-1, this.#host.now()];
    return setInterval(() => {
      const open = members.map((_, rank) => rank).filter((rank) => !finished.has(rank));
      const lowest = Math.min(...open.map((rank) => control.progress(rank)));
      if (lowest !== least) [least, since] = [lowest, this.#host.now()];
      else if (this.#host.now() - since > stallMs) {
        for (const rank of open.filter((each) => control.progress(each) === least)) {
          void members[rank]!.handle.end(`It made no progress for ${stallMs} ms.`);
        }
      }
    }, stallMs / 8);
  }

  #accept(
    from: number,
    to: number,
    ids: readonly number[],
    reports: readonly SegmentReport[],
  ): void {
    const { plan } = this.#options;
    const count = reports.length;
    const ms = Math.max(...reports.map((report) => report.ms));
    for (let step = from; step < to; step++) {
      let sum = 0;
      reports.forEach(({ losses }, rank) => {
        const { start, end } = shardsOf(rank, count, plan.shards);
        const at = (step - from) * (end - start);
        for (const loss of losses.subarray(at, at + end - start)) sum += loss;
      });
      this.#epochLoss += sum;
      this.record.addLoss(sum / this.#rowsOf(step));
    }
    this.step = to;
    this.stepMs = ms / (to - from);
    this.#epochMs += ms;
    if (count > 1) this.bytesMoved += (to - from) * 4 * this.parameters * (2 * count - 1);
    reports.forEach(({ spans }, rank) => {
      this.record.addSpans(
        spans.map(({ step, kind, from: start, to: end }) => ({
          worker: ids[rank]!,
          step,
          kind,
          fromMs: start - this.#began,
          toMs: end - this.#began,
        })),
      );
    });
    for (const member of this.#members.values()) member.isFresh = false;
    const [first] = reports;
    if (first !== undefined && first.state !== null) {
      this.checkpoint = { step: to, state: first.state, hash: first.hash };
      this.checkpoints += 1;
    }
    if (to % this.perEpoch === 0) {
      this.record.addEpoch({
        epoch: to / this.perEpoch,
        loss: this.#epochLoss / this.#data.training.labels.length,
        accuracy: first?.accuracy ?? null,
        hashes: reports.map(({ hash }, rank) => ({ worker: ids[rank]!, hash })),
        workers: count,
        ms: this.#epochMs,
      });
      this.#epochMs = 0;
      this.#epochLoss = 0;
    }
  }

  #rowsOf(step: number): number {
    const { batchSize } = this.#options.plan;
    const samples = this.#data.training.labels.length;
    return Math.min(batchSize, samples - (step % this.perEpoch) * batchSize);
  }

  #rollBack(): void {
    const step = this.checkpoint?.step ?? 0;
    if (this.step > 0 && !this.#stopping) this.#note(`Back to the checkpoint of step ${step}`);
    this.step = step;
    for (const member of this.#members.values()) member.isFresh = true;
  }

  #forgetArrival(id: number): boolean {
    const at = this.#arrivals.indexOf(id);
    if (at >= 0) this.#arrivals.splice(at, 1);
    return at >= 0;
  }

  #note(text: string): void {
    this.record.note(this.#host.now() - this.#began, text);
    this.#host.changed();
  }
}
