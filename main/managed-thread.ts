/** One subsystem thread under supervision: its worker, its state, its restarts. */
import { randomBytes } from "node:crypto";
import { MessageChannel, type Worker } from "node:worker_threads";
import type { Thread, ThreadExit } from "../workers/service/contract.ts";
import {
  exposeHost,
  ThreadLink,
  type Birth,
  type HostApi,
  type ThreadGreeting,
  type ThreadSetup,
} from "../workers/service/lifecycle.ts";
import { type Beat, createVitalsMemory, VitalsReader } from "../workers/service/vitals.ts";
import { supervisorLimits } from "./limits.ts";
import { StartupError } from "./startup-error.ts";

export type ExitKind = ThreadExit["kind"];

export interface ThreadConfig {
  readonly setup: Omit<ThreadSetup, "vitals" | "signInCode">;
  readonly title: string;
  readonly url: string | null;
  readonly entry: string;
  readonly hostApi: HostApi;
}

export interface ThreadEvents {
  /** A worker that waits for its birth message. */
  takeWorker(): Worker;
  /** The worker exists; connect it to the others. */
  onCreated(thread: ManagedThread): void;
  onChanged(thread: ManagedThread): void;
  onLog(thread: ManagedThread, level: "info" | "warn" | "error", message: string): void;
}

interface Running {
  readonly worker: Worker;
  readonly link: ThreadLink;
  readonly vitals: VitalsReader;
  readonly createdAt: number;
  /** Set before the worker is ended on purpose, and by its own last words. */
  ending: { kind: ExitKind; reason: string } | null;
  readonly exited: Promise<void>;
}

export class ManagedThread {
  readonly config: ThreadConfig;
  readonly signInCode: string | null;
  readonly #events: ThreadEvents;
  #running: Running | null = null;
  #state: Thread["state"] = "stopped";
  #since = Date.now();
  #startedAt: number | null = null;
  #restarts = 0;
  #failuresInRow = 0;
  #restartTimer: NodeJS.Timeout | undefined;
  #startDurationMs: number | null = null;
  #downtimeMs: number | null = null;
  #lastExit: ThreadExit | null = null;
  #signInCodeUsed = false;
  #cpu: { of: Running | null; beat: Beat | null; fraction: number | null } = {
    of: null,
    beat: null,
    fraction: null,
  };

  constructor(config: ThreadConfig, events: ThreadEvents) {
    this.config = config;
    this.#events = events;
    const needsCode = config.setup.auth === "required" && config.url !== null;
    this.signInCode = needsCode ? randomBytes(24).toString("base64url") : null;
  }

  get id() {
    return this.config.setup.id;
  }
  get state() {
    return this.#state;
  }
  /** The running worker, ready or on its way; null when there is none. */
  get running(): Running | null {
    return this.#running;
  }

  /** @throws StartupError with the thread's own sentence when it cannot start. */
  async start(): Promise<void> {
    // Two operators may order the same; a second worker would fight the first for its port.
    if (this.#running !== null) {
      throw new StartupError(`The ${this.id} thread is ${this.#state} already.`);
    }
    clearTimeout(this.#restartTimer);
    this.#change("starting");
    const running = this.#create();
    const greeting = await this.#greeting(running);
    if (greeting.kind === "ready") {
      this.#becameReady(running);
      return;
    }
    running.ending = { kind: "start-failed", reason: greeting.message };
    await running.worker.terminate();
    await running.exited;
    throw new StartupError(greeting.message);
  }

  /** Lets running requests finish, then ends the worker. */
  async stop(): Promise<void> {
    clearTimeout(this.#restartTimer);
    const running = this.#running;
    if (running === null) {
      this.#change("stopped");
      this.#events.onLog(this, "info", "Stopped before its restart.");
      return;
    }
    running.ending = { kind: "stopped", reason: "Stopped by an operator." };
    this.#change("stopping");
    await running.link
      .call((remote) => remote.drain(), supervisorLimits.drainTimeoutMs)
      .catch((error: Error) =>
        this.#events.onLog(this, "warn", `Drain cut short: ${error.message}`),
      );
    await running.worker.terminate();
    await running.exited;
  }

  /** Ends the worker now; the supervisor's back-off decides when it starts again. */
  async end(kind: ExitKind, reason: string): Promise<void> {
    const running = this.#running;
    if (running === null || running.ending !== null) return;
    running.ending = { kind, reason };
    await running.worker.terminate();
  }

  codeUsed(): void {
    this.#signInCodeUsed = true;
  }

  /** Share of one core between its last beats. */
  sampleCpu(): void {
    const running = this.#state === "ready" ? this.#running : null;
    const beat = running?.vitals.lastBeat() ?? null;
    const last = this.#cpu.of === running ? this.#cpu.beat : null;
    // A thread that has not beaten again is shown as it was.
    if (beat !== null && beat.atMs === last?.atMs) return;
    const fraction =
      beat === null || last === null ? null : (beat.cpuMs - last.cpuMs) / (beat.atMs - last.atMs);
    this.#cpu = { of: running, beat, fraction };
  }

  snapshot(): Thread {
    const ready = this.#state === "ready";
    return {
      id: this.id,
      title: this.config.title,
      state: this.#state,
      port: this.config.setup.ports[this.id],
      url: this.config.url,
      since: this.#since,
      startedAt: ready ? this.#startedAt : null,
      restarts: this.#restarts,
      startDurationMs: this.#startDurationMs,
      downtimeMs: this.#downtimeMs,
      lastExit: this.#lastExit,
      cpuFraction: ready ? this.#cpu.fraction : null,
      vitals: ready ? (this.#running?.vitals.vitals() ?? null) : null,
    };
  }

  #create(): Running {
    const vitals = createVitalsMemory();
    const [toHost, toThread] = [new MessageChannel(), new MessageChannel()];
    exposeHost(toHost.port1, this.config.hostApi);
    const signInCode = this.#signInCodeUsed ? null : this.signInCode;
    const worker = this.#events.takeWorker();
    const birth: Birth = {
      entry: this.config.entry,
      setup: { ...this.config.setup, vitals, signInCode },
      hostPort: toHost.port2,
      threadPort: toThread.port2,
    };
    worker.postMessage(birth, [toHost.port2, toThread.port2]);
    const exited = new Promise<void>((resolve) => {
      worker.once("exit", (code) => {
        toHost.port1.close();
        toThread.port1.close();
        this.#exited(running, code);
        resolve();
      });
    });
    const running: Running = {
      worker,
      link: new ThreadLink(worker, toThread.port1),
      vitals: new VitalsReader(vitals),
      createdAt: performance.now(),
      ending: null,
      exited,
    };
    worker.on("error", (error: Error) => {
      running.ending ??= { kind: "crash", reason: describe(error) };
    });
    this.#running = running;
    this.#events.onCreated(this);
    return running;
  }

  #greeting({ worker }: Running): Promise<ThreadGreeting> {
    return new Promise((resolve) => {
      const failed = (message: string): ThreadGreeting => ({
        kind: "start-failed",
        code: "START_FAILED",
        message,
      });
      const settle = (greeting: ThreadGreeting) => {
        clearTimeout(timer);
        worker.off("message", onMessage);
        resolve(greeting);
      };
      const onMessage = (message: { greeting?: ThreadGreeting }) => {
        if (message.greeting !== undefined) settle(message.greeting);
      };
      const { startTimeoutMs } = supervisorLimits;
      const timer = setTimeout(() => {
        settle(failed(`The ${this.id} thread was not ready within ${startTimeoutMs} ms.`));
      }, startTimeoutMs);
      worker.on("message", onMessage);
      worker.once("error", (error: Error) => settle(failed(describe(error))));
      worker.once("exit", (code) => settle(failed(`The ${this.id} thread exited with ${code}.`)));
    });
  }

  #becameReady(running: Running): void {
    const now = Date.now();
    this.#startDurationMs = performance.now() - running.createdAt;
    this.#downtimeMs = this.#lastExit === null ? null : now - this.#lastExit.at;
    this.#startedAt = now;
    this.#change("ready");
    const took = `${Math.round(this.#startDurationMs)} ms`;
    const gap = this.#downtimeMs === null ? "" : `, ${this.#downtimeMs} ms after the last exit`;
    this.#events.onLog(this, "info", `Ready after ${took}${gap}.`);
  }

  #exited(running: Running, code: number): void {
    if (this.#running !== running) return;
    const { kind, reason } = running.ending ?? {
      kind: "exit" as const,
      reason: `The thread exited by itself with code ${code}.`,
    };
    const wasReadyFor = this.#startedAt === null ? 0 : Date.now() - this.#startedAt;
    this.#running = null;
    this.#lastExit = { at: Date.now(), kind, reason };
    this.#startedAt = null;
    if (kind === "stopped") {
      this.#change("stopped");
      this.#events.onLog(this, "info", "Stopped.");
    } else if (this.#state === "starting") {
      this.#change("failed");
      this.#events.onLog(this, "error", `Could not start: ${reason}`);
    } else {
      if (wasReadyFor > supervisorLimits.stableAfterMs) this.#failuresInRow = 0;
      this.#scheduleRestart(kind, reason);
    }
  }

  #scheduleRestart(kind: ExitKind, reason: string): void {
    this.#failuresInRow += 1;
    if (this.#failuresInRow > supervisorLimits.restartsInRowMax) {
      this.#change("failed");
      const tries = supervisorLimits.restartsInRowMax;
      this.#events.onLog(this, "error", `Given up after ${tries} restarts in a row: ${reason}`);
      this.#failuresInRow = 0;
      return;
    }
    const delayMs = restartDelayMs(this.#failuresInRow);
    this.#change("restarting");
    this.#events.onLog(this, "error", `Ended (${kind}): ${reason} Restart in ${delayMs} ms.`);
    this.#restarts += 1;
    this.#restartTimer = setTimeout(() => void this.#restart(), delayMs);
  }

  async #restart(): Promise<void> {
    const running = this.#create();
    const greeting = await this.#greeting(running);
    if (greeting.kind === "ready") {
      this.#becameReady(running);
      return;
    }
    running.ending ??= { kind: "start-failed", reason: greeting.message };
    await running.worker.terminate();
  }

  #change(state: Thread["state"]): void {
    this.#state = state;
    this.#since = Date.now();
    this.#events.onChanged(this);
  }
}

/** At once the first time, then 100 ms doubling up to the limit. */
export function restartDelayMs(failuresInRow: number): number {
  if (failuresInRow <= 1) return 0;
  return Math.min(100 * 2 ** (failuresInRow - 2), supervisorLimits.restartDelayMaxMs);
}

function describe(error: Error): string {
  const [first = error.message, place = ""] = (error.stack ?? error.message).split("\n");
  return `${first} ${place.trim()}`.trim();
}
