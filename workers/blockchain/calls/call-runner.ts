/**
 * Calls from the thread that serves people: they wait in a line, go to the thread of calls, and are
 * given up when they take too long. That thread holds no block up.
 */
import { MessageChannel, Worker } from "node:worker_threads";
import { type ChildApi, ChildCalls, serveCalls } from "../../service/child-calls.ts";
import { childThread } from "../../service/child-thread.ts";
import type { CallThreadData } from "../call-thread.ts";
import { callLimits } from "../limits.ts";
import type { Chain } from "../node/chain.ts";
import { RpcError, rpcCodes } from "../protocols/json-rpc/errors.ts";
import type { BlockRow } from "../store/chain-rows.ts";
import { bytesToHex } from "@ethereumjs/util";
import type { Answer, CallService } from "./call-service.ts";
import type { ArchiveApi, CallMessage, CallPlace, Overrides } from "./requests.ts";

/** All that a caller waits for. */
type Service = Omit<CallService, "settle">;
type ValueOf<Name extends keyof Service> =
  Awaited<ReturnType<Service[Name]>> extends Answer<infer Value> ? Value : never;

interface Waiting {
  readonly name: keyof Service;
  readonly parameters: readonly unknown[];
  readonly resolve: (answer: Answer<unknown>) => void;
  readonly reject: (error: unknown) => void;
  startedMs: number;
  /** Once more, when the thread had to be replaced because of another. */
  wasRetried: boolean;
}

interface Thread {
  readonly worker: Worker;
  readonly calls: ChildCalls<CallService>;
  readonly running: Set<Waiting>;
}

const watchIntervalMs = 250;

export class CallRunner {
  readonly #chain: Chain;
  readonly #genesis: string | null;
  readonly #after: (ms: number, act: () => void) => () => void;
  readonly #stopListening: () => void;
  #line: Waiting[] = [];
  #thread: Thread | null = null;
  #callOffWatch: (() => void) | null = null;
  #stopped = false;

  /** @param genesis absolute path of the chain's genesis file; null: the developer's chain */
  constructor(
    chain: Chain,
    genesis: string | null,
    after: (ms: number, act: () => void) => () => void,
  ) {
    this.#chain = chain;
    this.#genesis = genesis;
    this.#after = after;
    this.#stopListening = chain.onChange(({ version, changes }) => {
      // Nobody waits for it; a thread that is gone reads anew.
      void this.#thread?.calls.call("settle", version, changes).catch(() => {});
    });
  }

  /** @throws RpcError */
  async run<Name extends keyof Service>(
    name: Name,
    ...parameters: Parameters<Service[Name]>
  ): Promise<ValueOf<Name>> {
    if (this.#line.length >= callLimits.waitingMax) {
      throw new RpcError(
        rpcCodes.limitExceeded,
        `${this.#line.length} calls wait already; send more slowly`,
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<Answer<unknown>>();
    this.#line.push({ name, parameters, resolve, reject, startedMs: 0, wasRetried: false });
    this.#advance();
    const answer = await promise;
    if ("value" in answer) return answer.value as ValueOf<Name>;
    const { code, message, data } = answer.failure;
    throw new RpcError(code, message, data);
  }

  placeOf(row: BlockRow): CallPlace {
    return { version: this.#chain.versionAfter(row), block: bytesToHex(row.hash) };
  }

  /** @returns what the code returned. @throws RpcError */
  call(message: CallMessage, row: BlockRow, overrides: Overrides | null = null) {
    return this.run("call", this.placeOf(row), message, overrides);
  }

  /** @throws RpcError */
  estimateGas(message: CallMessage, row: BlockRow, overrides: Overrides | null = null) {
    return this.run("estimateGas", this.placeOf(row), message, overrides);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#stopListening();
    this.#callOffWatch?.();
    const open = [...this.#line, ...(this.#thread?.running ?? [])];
    this.#line = [];
    for (const { reject } of open) reject(stopping());
    await this.#thread?.worker.terminate();
    this.#thread = null;
  }

  #advance(): void {
    while (!this.#stopped) {
      const thread = (this.#thread ??= this.#begin());
      if (thread.running.size >= callLimits.inFlightMax) return;
      const next = this.#line.shift();
      if (next === undefined) return;
      this.#start(thread, next);
    }
  }

  #start(thread: Thread, waiting: Waiting): void {
    waiting.startedMs = performance.now();
    thread.running.add(waiting);
    this.#callOffWatch ??= this.#after(watchIntervalMs, () => this.#watch());
    const { name, parameters } = waiting;
    const done = thread.calls.call(name, ...(parameters as never)) as Promise<Answer<unknown>>;
    done.then(
      (answer) => {
        if (!thread.running.delete(waiting)) return;
        waiting.resolve(answer);
        this.#advance();
      },
      (error: unknown) => {
        if (!thread.running.delete(waiting)) return;
        if (this.#thread === thread && isGone(error)) this.#replace([]);
        waiting.reject(error);
        this.#advance();
      },
    );
  }

  #watch(): void {
    this.#callOffWatch = null;
    const running = this.#thread?.running ?? new Set();
    if (running.size === 0) return;
    this.#callOffWatch = this.#after(watchIntervalMs, () => this.#watch());
    const latest = performance.now() - callLimits.deadlineMs - callLimits.graceMs;
    const overdue = [...running].filter(({ startedMs }) => startedMs < latest);
    if (overdue.length > 0) this.#replace(overdue);
  }

  /** Ends the thread and what is overdue; what else was under way begins again, once. */
  #replace(overdue: readonly Waiting[]): void {
    const thread = this.#thread;
    if (thread === null) return;
    this.#thread = null;
    const others = [...thread.running].filter((each) => !overdue.includes(each));
    thread.running.clear();
    void thread.worker.terminate();
    for (const { reject } of overdue) reject(timedOut());
    for (const each of others) if (each.wasRetried) each.reject(timedOut());
    const again = others.filter(({ wasRetried }) => !wasRetried);
    for (const each of again) each.wasRetried = true;
    this.#line.unshift(...again);
    this.#advance();
  }

  #begin(): Thread {
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(childThread("blockchain", "call-thread"), {
      workerData: {
        genesis: this.#genesis,
        archive: port2,
        version: this.#chain.version,
      } satisfies CallThreadData,
      transferList: [port2],
    });
    serveCalls(this.#archive() as unknown as ChildApi, port1);
    worker.once("exit", () => port1.close());
    return { worker, calls: new ChildCalls<CallService>(worker), running: new Set() };
  }

  #archive(): ArchiveApi {
    const { store, index, roots } = this.#chain;
    const reader = (version: number) =>
      version === this.#chain.version ? this.#chain.present : store.reader(version);
    return {
      account: (version, address) => reader(version).account(address),
      slot: (version, address, slot) => reader(version).slot(address, slot),
      slotsOf: (version, address) => reader(version).slotsOf(address),
      code: (hash) => this.#chain.present.code(hash),
      block: (reference) => {
        const row = index.block(reference);
        return row === undefined ? null : { rlp: row.rlp, version: row.version };
      },
      blockHash: (number) => store.blockHash(number) ?? null,
      rootWith: (version, changes) => roots.rootWith(version, changes),
    };
  }
}

function timedOut(): RpcError {
  const seconds = callLimits.deadlineMs / 1_000;
  return new RpcError(rpcCodes.server, `execution aborted (timeout = ${seconds}s)`);
}

function stopping(): RpcError {
  return new RpcError(rpcCodes.server, "the chain is being stopped");
}

function isGone(error: unknown): boolean {
  return error instanceof Error && error.message === "The thread has ended.";
}
