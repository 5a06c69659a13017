/**
 * How host and thread speak: Comlink over the worker's own channel, wrapped once. Stock Comlink
 * calls never settle when the other side dies, so every call here races the thread's exit and a
 * deadline.
 */
import { parentPort, type MessagePort, type Worker } from "node:worker_threads";
import { expose, wrap, type Remote } from "comlink";
import nodeEndpoint from "comlink/dist/esm/node-adapter.mjs";
import type { LifecycleEvent, PlatformState, SubsystemId, Thread } from "./contract.ts";
import { platformLimits } from "./limits.ts";
import type { PortTable } from "./ports.ts";

/** What a thread is born with. */
/** What the blockchain's thread needs to know of its ledger. */
interface LedgerSetup {
  readonly validators: number;
  readonly consensus: "raft" | "pbft";
  /** Absolute path of a genesis file; null: the developer's chain. */
  readonly genesis: string | null;
  /** Absolute path of a file of blocks; null: none. */
  readonly import: string | null;
}

export interface ThreadSetup {
  readonly id: SubsystemId;
  readonly instanceId: string;
  readonly version: string;
  readonly host: string;
  readonly ports: PortTable;
  readonly auth: "open" | "required";
  /** Foreign origins that may use the ledger's JSON-RPC. */
  readonly allowedOrigins: readonly string[];
  readonly token: string;
  /** One-time sign-in code of this thread; null once used. */
  readonly signInCode: string | null;
  readonly home: string | null;
  /** True under Electron, whose pages call from app://demo. */
  readonly desktop: boolean;
  readonly rendererFolder: string;
  readonly ledger: LedgerSetup;
  readonly vitals: SharedArrayBuffer;
}

/**
 * The first message to a worker: which subsystem to become. A worker that has not got it yet is a
 * standby with everything shared already loaded, which makes a restart several times faster.
 */
export interface Birth {
  /** File URL of the subsystem's worker module. */
  readonly entry: string;
  readonly setup: ThreadSetup;
  /** Calls to the host. */
  readonly hostPort: MessagePort;
  /** Calls from the host. */
  readonly threadPort: MessagePort;
}

/** What a standby is made with: a module that any birth would load. */
export interface StandbyData {
  readonly preload: string;
}

export type Fault = "crash" | "exit" | "spin";

/** What the host may ask of a thread. */
export interface ThreadApi {
  /** A pair of ports to another thread: one to call it, one to be called by it. */
  connect(peer: SubsystemId, callPort: MessagePort, servePort: MessagePort): void;
  platformChanged(state: PlatformState, events: readonly LifecycleEvent[]): void;
  /** Answers when its event loop turns, and says so in its vital signs. */
  checkIn(): void;
  /** Breaks the thread on purpose. */
  fault(kind: Fault): void;
  /** Stops listening, lets running requests finish, flushes what is queued. */
  drain(): Promise<void>;
}

export type ThreadAction = "start" | "stop" | "restart" | "kill" | Fault;

/** What a thread may ask of the host. */
export interface HostApi {
  /** Resolves with the thread's state when the action is done. */
  control(id: SubsystemId, action: ThreadAction): Promise<Thread>;
  signInCodeUsed(id: SubsystemId): void;
}

/** The thread's first message: it is ready, or why it cannot be. */
export type ThreadGreeting =
  | { readonly kind: "ready" }
  | { readonly kind: "start-failed"; readonly code: string; readonly message: string };

export class ThreadGoneError extends Error {
  override name = "ThreadGoneError";
}

/** The host's side of one worker; dispose it when the worker has exited. */
export class ThreadLink {
  readonly #remote: Remote<ThreadApi>;
  #gone!: (error: ThreadGoneError) => void;
  readonly #exit: Promise<never>;

  constructor(worker: Worker, port: MessagePort) {
    this.#remote = wrap<ThreadApi>(nodeEndpoint(port));
    this.#exit = new Promise<never>((_, reject) => {
      this.#gone = reject;
    });
    this.#exit.catch(() => {});
    worker.once("exit", () => this.#gone(new ThreadGoneError("The thread exited.")));
  }

  /** Settles always: with the answer, when the thread exits, or at the deadline. */
  async call<T>(
    use: (remote: Remote<ThreadApi>) => Promise<T>,
    timeoutMs: number = platformLimits.lifecycleCallTimeoutMs,
  ): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new ThreadGoneError(`The thread did not answer within ${timeoutMs} ms.`));
      }, timeoutMs);
    });
    try {
      return await Promise.race([use(this.#remote), this.#exit, deadline]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Serves the host's functions to a thread over a port of their own. */
export function exposeHost(port: MessagePort, api: HostApi): void {
  expose(api, nodeEndpoint(port));
  port.start();
}

const born: { birth?: Birth } = {};

/** Waits for this worker's first message. */
export function awaitBirth(): Promise<Birth> {
  return new Promise((resolve) => {
    requireParent().once("message", (birth: Birth) => resolve((born.birth = birth)));
  });
}

/** The thread's side: what it was born with, and the host to call. */
export function bornWith(): { setup: ThreadSetup; host: Remote<HostApi> } {
  const { setup, hostPort } = requireBirth();
  return { setup, host: wrap<HostApi>(nodeEndpoint(hostPort)) };
}

export function exposeThread(api: ThreadApi): void {
  expose(api, nodeEndpoint(requireBirth().threadPort));
}

function requireBirth(): Birth {
  if (born.birth === undefined) throw new Error("A thread boots after its birth message only.");
  return born.birth;
}

export function greet(greeting: ThreadGreeting): void {
  requireParent().postMessage({ greeting });
}

function requireParent(): MessagePort {
  if (parentPort === null) throw new Error("This module runs in a worker thread only.");
  return parentPort;
}
