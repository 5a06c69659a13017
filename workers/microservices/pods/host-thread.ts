/** A pod host thread, seen from the runtime: orders, heartbeats, its end. */
import { Worker } from "node:worker_threads";
import { childThread } from "../../service/child-thread.ts";
import type { ContainerExit } from "./container-spec.ts";
import type { HostOrder, HostReport, Measured } from "./host-protocol.ts";
import type { PodRuntimeLimits } from "./pod-limits.ts";

const entry = childThread("microservices", "pods/pod-host-thread");
const killedCode = 137;

export interface HostThreadEvents {
  readonly hear: (report: HostReport) => void;
  /** Once: nothing of the thread runs any more, and this is how its containers ended. */
  readonly gone: (exit: ContainerExit) => void;
}

export class HostThread {
  readonly isShared: boolean;
  /** Numbers of the containers in it. */
  readonly containers = new Set<number>();
  readonly #limits: PodRuntimeLimits;
  readonly #events: HostThreadEvents;
  readonly #worker: Worker;
  readonly #calls = new Map<number, (containers: readonly Measured[]) => void>();
  readonly #exited: Promise<void>;
  #newestCall = 0;
  #heartbeat: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #missed = 0;
  #gone = false;

  constructor(isShared: boolean, limits: PodRuntimeLimits, events: HostThreadEvents) {
    this.isShared = isShared;
    this.#limits = limits;
    this.#events = events;
    this.#worker = new Worker(entry, {
      resourceLimits: { maxOldGenerationSizeMb: limits.threadHeapMbMax },
    });
    this.#worker.on("message", (report: HostReport) => this.#hear(report));
    this.#worker.on("error", (error: NodeJS.ErrnoException) => {
      const isMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
      this.#end({
        exitCode: killedCode,
        reason: isMemory ? "OOMKilled" : "Error",
        message: `The thread ended: ${error.message}`,
      });
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.once("exit", () => {
        this.#end({ exitCode: killedCode, reason: "Error", message: "The thread ended." });
        resolve();
      });
    });
    this.#heartbeat = setTimeout(() => this.#stuck(), limits.threadStartMsMax);
  }

  get isGone(): boolean {
    return this.#gone;
  }

  add(container: number): void {
    this.containers.add(container);
    clearTimeout(this.#idle);
  }

  /** A thread without containers is ended: at once when it was made for one, else after a while. */
  remove(container: number): void {
    this.containers.delete(container);
    if (this.containers.size > 0 || this.#gone) return;
    if (!this.isShared) void this.close();
    else this.#idle = setTimeout(() => void this.close(), this.#limits.threadIdleMs);
  }

  order(order: HostOrder): void {
    if (!this.#gone) this.#worker.postMessage(order);
  }

  /** What its containers use; empty when the thread does not answer in time. */
  measure(): Promise<readonly Measured[]> {
    if (this.#gone) return Promise.resolve([]);
    this.#newestCall += 1;
    const call = this.#newestCall;
    return new Promise((resolve) => {
      const timer = setTimeout(() => finish([]), this.#limits.callMsMax);
      const finish = (containers: readonly Measured[]) => {
        clearTimeout(timer);
        this.#calls.delete(call);
        resolve(containers);
      };
      this.#calls.set(call, finish);
      this.order({ kind: "measure", call });
    });
  }

  async close(): Promise<void> {
    this.#end({ exitCode: killedCode, reason: "Error", message: "The runtime was closed." });
    await this.#exited;
  }

  #hear(report: HostReport): void {
    this.#missed = 0;
    if (this.#gone) return;
    if (report.kind === "ready") {
      clearTimeout(this.#heartbeat);
      this.#heartbeat = setInterval(() => this.#beat(), this.#limits.heartbeatMs);
    } else if (report.kind === "measured") this.#calls.get(report.call)?.(report.containers);
    else if (report.kind !== "pong") this.#events.hear(report);
  }

  /** Counts beats rather than time: when this thread itself stood still, nothing was missed. */
  #beat(): void {
    if (this.#missed >= this.#limits.heartbeatsMissedMax) return this.#stuck();
    this.#missed += 1;
    this.order({ kind: "ping" });
  }

  #stuck(): void {
    const seconds = (this.#limits.heartbeatsMissedMax * this.#limits.heartbeatMs) / 1_000;
    const message = `The thread gave no sign of life for ${seconds} s and was ended.`;
    this.#end({ exitCode: killedCode, reason: "Error", message });
  }

  #end(exit: ContainerExit): void {
    if (this.#gone) return;
    this.#gone = true;
    clearTimeout(this.#heartbeat);
    clearTimeout(this.#idle);
    for (const finish of this.#calls.values()) finish([]);
    void this.#worker.terminate();
    // Its ports are free when it has ended, not before.
    void this.#exited.then(() => this.#events.gone(exit));
  }
}
