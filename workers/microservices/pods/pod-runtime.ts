/**
 * Runs containers in threads, many to a thread, and speaks of them in Kubernetes' terms. It knows specs
 * and events; which containers there should be is somebody else's affair.
 */
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { ContainerLog } from "./container-log.ts";
import { probeContainer } from "./container-probe.ts";
import { ContainerRecord } from "./container-record.ts";
import {
  type ContainerExit,
  type ContainerProbe,
  type ContainerSpec,
  type ContainerStats,
  keyOf,
  type LogOptions,
  PodRuntimeError,
  type RuntimeEvent,
} from "./container-spec.ts";
import type { HostReport } from "./host-protocol.ts";
import type { HostThread } from "./host-thread.ts";
import { HostThreads } from "./host-threads.ts";
import { pullFailure, resolveImage } from "./images/catalogue.ts";
import { type ClusterFetch, fetchFrom } from "./pod-fetch.ts";
import { podRuntimeLimits, type PodRuntimeLimits } from "./pod-limits.ts";
import type { ProbeOutcome } from "./probe.ts";
import { ProcessSession } from "./process-session.ts";

export interface PodRuntimeOptions {
  readonly onEvent: (event: RuntimeEvent) => void;
  /** Calls services of the cluster for the programs. */
  readonly fetch: ClusterFetch;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly limits?: Partial<PodRuntimeLimits>;
}

export interface ContainerAddress {
  readonly host: "127.0.0.1";
  readonly port: number;
}

export class PodRuntime {
  readonly #options: PodRuntimeOptions;
  readonly #limits: PodRuntimeLimits;
  readonly #threads: HostThreads;
  /** By key, the newest container of each; those that ended stay for their logs. */
  readonly #records = new Map<string, ContainerRecord>();
  /** By number, those that have not ended. */
  readonly #live = new Map<number, ContainerRecord>();
  readonly #sessions = new Map<number, { record: ContainerRecord; session: ProcessSession }>();
  #newestContainer = 0;
  #newestSession = 0;
  #closed = false;

  constructor(options: PodRuntimeOptions) {
    this.#options = options;
    this.#limits = { ...podRuntimeLimits, ...options.limits };
    this.#threads = new HostThreads(this.#limits, (thread) => ({
      hear: (report) => this.#hear(thread(), report),
      gone: (exit) => this.#threadGone(thread(), exit),
    }));
  }

  /** Threads and containers at the moment. */
  get occupancy(): { readonly threads: number; readonly containers: number } {
    return { threads: this.#threads.all.length, containers: this.#live.size };
  }

  /**
   * Starts a container, or starts it again. Returns its id; what becomes of it comes as events.
   * @throws PodRuntimeError
   */
  start(spec: ContainerSpec): string {
    if (this.#closed) throw new PodRuntimeError("Closed", "The runtime is closed.");
    const key = keyOf(spec);
    const before = this.#records.get(key);
    if (before !== undefined && before.state !== "exited") {
      throw new PodRuntimeError("Running", `Container ${key} runs already.`);
    }
    const resolved = resolveImage(spec.image);
    if (resolved === null) throw new PodRuntimeError("UnknownImage", pullFailure(spec.image));
    const thread = this.#threads.place(resolved.image.ownThread);
    this.#newestContainer += 1;
    const number = this.#newestContainer;
    const id = `pods://${randomBytes(32).toString("hex")}`;
    const log = new ContainerLog(this.#limits);
    const previousLog = before?.log ?? null;
    const record = new ContainerRecord(number, id, spec, resolved.image, thread, log, previousLog);
    // Deleted first, so that the newest are the last.
    this.#records.delete(key);
    this.#records.set(key, record);
    this.#live.set(number, record);
    this.#forgetOldest();
    thread.add(number);
    thread.order({ kind: "start", container: number, spec });
    return id;
  }

  /** SIGTERM, then SIGKILL after the grace. A container that has ended stays ended. */
  stop(key: string, graceMs: number): void {
    const record = this.#records.get(key);
    record?.thread.order({ kind: "stop", container: record.number, graceMs });
  }

  kill(key: string): void {
    this.stop(key, 0);
  }

  /** Drops what is kept of a container that has ended. */
  forget(key: string): void {
    if (this.#records.get(key)?.state === "exited") this.#records.delete(key);
  }

  /** Where its program can be reached; null while nothing listens on this container's port. */
  address(key: string, containerPort?: number): ContainerAddress | null {
    const record = this.#records.get(key);
    if (record === undefined || record.port === null) return null;
    if (containerPort !== undefined && containerPort !== record.containerPort) return null;
    return { host: "127.0.0.1", port: record.port };
  }

  /** Never rejects: what keeps a probe from succeeding is its message. */
  async probe(key: string, probe: ContainerProbe): Promise<ProbeOutcome> {
    try {
      return await probeContainer(probe, {
        portOf: (containerPort) => this.address(key, containerPort)?.port ?? null,
        exec: (command) => this.exec(key, command),
      });
    } catch (error) {
      return { ok: false, message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Runs a command in a container. @throws PodRuntimeError */
  exec(
    key: string,
    command: readonly string[],
    { tty = false }: { readonly tty?: boolean } = {},
  ): ProcessSession {
    const record = this.#running(key);
    this.#allowSession(record);
    this.#newestSession += 1;
    const session = this.#newestSession;
    const { thread, number } = record;
    const windowBytes = this.#limits.sessionWindowBytes;
    const process = new ProcessSession(
      {
        input: (text) => thread.order({ kind: "input", session, text }),
        taken: (bytes) => thread.order({ kind: "taken", session, bytes }),
        end: () => thread.order({ kind: "end-session", session }),
      },
      windowBytes,
      this.#limits.sessionIdleMsMax,
    );
    this.#sessions.set(session, { record, session: process });
    thread.order({ kind: "exec", container: number, session, command, tty, windowBytes });
    return process;
  }

  /** Joins the container's own program: what it writes from now on, and its input if it has one. */
  attach(key: string): ProcessSession {
    const record = this.#running(key);
    this.#allowSession(record);
    const { thread, number, spec, attached } = record;
    const session: ProcessSession = new ProcessSession(
      {
        input: (text) => {
          // Its end is the session's, not the program's.
          if (spec.stdin && text !== null) {
            thread.order({ kind: "attach-input", container: number, text });
          }
          queueMicrotask(() => session.inputTaken(Buffer.byteLength(text ?? "")));
        },
        taken: () => {},
        end: () => {
          attached.delete(session);
          session.finish(0);
        },
      },
      this.#limits.sessionWindowBytes,
      this.#limits.sessionIdleMsMax,
    );
    attached.add(session);
    return session;
  }

  /** @throws PodRuntimeError when there is no such container, or none before the last restart */
  logs(key: string, options: LogOptions = {}): AsyncGenerator<string, void, undefined> {
    const record = this.#record(key);
    const log = options.previous === true ? record.previousLog : record.log;
    if (log === null) {
      const { container, podName } = record.spec;
      const message = `previous terminated container "${container}" in pod "${podName}" not found`;
      throw new PodRuntimeError("NotFound", message);
    }
    return log.read(options);
  }

  /** Of all containers at once, by key: one question to each thread. */
  async statsOfAll(): Promise<ReadonlyMap<string, ContainerStats>> {
    return this.#measured(this.#threads.all);
  }

  /** Null when it does not run, or its thread does not answer. */
  async stats(key: string): Promise<ContainerStats | null> {
    const record = this.#records.get(key);
    if (record?.state !== "running") return null;
    return (await this.#measured([record.thread])).get(key) ?? null;
  }

  /**
   * A connection to a port of the container; listen to its errors.
   * @throws PodRuntimeError
   */
  portForward(key: string, containerPort: number): Duplex {
    this.#running(key);
    const address = this.address(key, containerPort);
    if (address === null) {
      const message = `failed to connect to localhost:${containerPort}: connection refused`;
      throw new PodRuntimeError("NotRunning", message);
    }
    return connect(address);
  }

  /** Ends every container (137) and every stream; resolves when no thread is left. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#threads.close();
    this.#records.clear();
  }

  #record(key: string): ContainerRecord {
    const record = this.#records.get(key);
    if (record === undefined) throw new PodRuntimeError("NotFound", `No container ${key}.`);
    return record;
  }

  #running(key: string): ContainerRecord {
    const record = this.#record(key);
    if (record.state !== "running") {
      throw new PodRuntimeError("NotRunning", `Container ${key} does not run.`);
    }
    return record;
  }

  #allowSession(record: ContainerRecord): void {
    const { sessionsMax, sessionsPerContainerMax } = this.#limits;
    let [all, own] = [this.#sessions.size, record.attached.size];
    for (const open of this.#sessions.values()) if (open.record === record) own += 1;
    for (const { attached } of this.#live.values()) all += attached.size;
    if (own >= sessionsPerContainerMax || all >= sessionsMax) {
      throw new PodRuntimeError("Full", "Too many sessions are open; end one of them first.");
    }
  }

  async #measured(threads: readonly HostThread[]): Promise<Map<string, ContainerStats>> {
    const all = await Promise.all(threads.map((thread) => thread.measure()));
    const stats = new Map<string, ContainerStats>();
    for (const { container, ...measured } of all.flat()) {
      const record = this.#live.get(container);
      if (record !== undefined) stats.set(record.key, measured);
    }
    return stats;
  }

  #forgetOldest(): void {
    let excess = this.#records.size - this.#live.size - this.#limits.recordsMax;
    if (excess <= 0) return;
    for (const [key, { state }] of this.#records) {
      if (state !== "exited") continue;
      this.#records.delete(key);
      excess -= 1;
      if (excess <= 0) return;
    }
  }

  #hear(thread: HostThread, report: HostReport): void {
    if (report.kind === "started") this.#started(report.container, report.port);
    else if (report.kind === "exited") this.#exited(report.container, report.exit);
    else if (report.kind === "output") {
      for (const chunk of report.chunks) {
        this.#live.get(chunk.container)?.write(chunk, 4 * this.#limits.sessionWindowBytes);
      }
    } else if (report.kind === "session-output") {
      this.#sessions.get(report.session)?.session.hear(report.stream, report.text);
    } else if (report.kind === "input-taken") {
      this.#sessions.get(report.session)?.session.inputTaken(report.bytes);
    } else if (report.kind === "session-ended") {
      this.#sessions.get(report.session)?.session.finish(report.exitCode);
      this.#sessions.delete(report.session);
    } else if (report.kind === "fetch") void this.#fetch(thread, report);
  }

  #started(container: number, port: number | null): void {
    const record = this.#live.get(container);
    if (record === undefined) return;
    record.state = "running";
    record.port = port;
    const { key, id: containerId, containerPort } = record;
    this.#options.onEvent({ kind: "started", key, containerId, port, containerPort });
  }

  #exited(container: number, exit: ContainerExit): void {
    const record = this.#live.get(container);
    if (record === undefined) return;
    this.#live.delete(container);
    for (const [number, open] of this.#sessions) {
      if (open.record !== record) continue;
      open.session.finish(killedCode);
      this.#sessions.delete(number);
    }
    record.end(exit, this.#options.now());
    record.thread.remove(container);
    const { key, id: containerId } = record;
    this.#options.onEvent({ kind: "exited", key, containerId, ...exit });
  }

  #threadGone(thread: HostThread, exit: ContainerExit): void {
    for (const container of thread.containers) this.#exited(container, exit);
  }

  async #fetch(
    thread: HostThread,
    { call, container, request }: Extract<HostReport, { kind: "fetch" }>,
  ): Promise<void> {
    const record = this.#live.get(container);
    if (record === undefined) return;
    const { spec } = record;
    try {
      const portOf = (port: number) => this.#portInPod(spec.podUid, port);
      const answer = await fetchFrom(spec, request, portOf, this.#options.fetch);
      thread.order({ kind: "fetched", call, answer });
    } catch (error) {
      const failure = error instanceof Error ? error.message : String(error);
      thread.order({ kind: "fetched", call, failure });
    }
  }

  /** Containers of a pod share their localhost. */
  #portInPod(podUid: string, containerPort: number): number | null {
    for (const { spec, containerPort: own, port } of this.#live.values()) {
      if (spec.podUid === podUid && own === containerPort && port !== null) return port;
    }
    return null;
  }
}

const killedCode = 137;
