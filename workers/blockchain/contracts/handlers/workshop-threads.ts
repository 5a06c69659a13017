/** The threads of the workshop: one for debug sessions, one for all that is done in one go. */
import { childThread } from "../../../service/child-thread.ts";
import { problem as serviceProblem } from "../../../service/errors.ts";
import { JobError, JobThreads } from "../../../service/job-threads.ts";
import { blockchainProblem } from "../../errors.ts";
import { Compiler, SourcesRefused } from "../compiler/compiler.ts";
import type { CompileOrder, CompileStage } from "../compiler/compile.ts";
import type { ContractsChain } from "../contracts-chain.ts";
import { workshopLimits } from "../limits.ts";
import type { WorkshopStore } from "../store/workshop-store.ts";
import type {
  Refusal,
  WorkshopOrder,
  WorkshopOutcome,
  WorkshopProgress,
  WorkshopQuestion,
} from "../workshop/orders.ts";

type Threads = JobThreads<WorkshopOrder, WorkshopOutcome, WorkshopProgress>;
type Outcome<Kind extends WorkshopOutcome["kind"]> = Extract<WorkshopOutcome, { kind: Kind }>;

interface Options {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: WorkshopProgress) => void;
}

export interface ThreadEntries {
  readonly compiler: URL;
  readonly workshop: URL;
}

export const builtEntries = (): ThreadEntries => ({
  compiler: childThread("blockchain", "contracts/compiler/compile-thread"),
  workshop: childThread("blockchain", "contracts/workshop/workshop-thread"),
});

/** Orders that belong to the thread that holds the sessions. */
const sessionOrders = new Set<WorkshopOrder["kind"]>([
  "open",
  "view",
  "command",
  "go to",
  "breakpoints",
  "variables",
  "memory",
  "source",
  "close",
]);

export class WorkshopThreads {
  readonly #compiler: Compiler;
  readonly #sessions: Threads;
  readonly #work: Threads;
  readonly #chain: () => Promise<ContractsChain>;
  readonly #store: WorkshopStore;

  constructor(entries: ThreadEntries, store: WorkshopStore, chain: () => Promise<ContractsChain>) {
    this.#store = store;
    this.#chain = chain;
    this.#compiler = new Compiler(entries.compiler);
    const { queueLengthMax, durationMsMax, idleMs } = workshopLimits;
    const limits = { threadsMax: 1, queueLengthMax, durationMsMax, idleMs };
    const answer = (question: unknown) => this.#answer(question as WorkshopQuestion);
    this.#sessions = new JobThreads(entries.workshop, limits, answer);
    this.#work = new JobThreads(entries.workshop, limits, answer);
  }

  /** Rejects with a problem of the catalogue, or with the signal's reason. */
  async compile(
    order: CompileOrder,
    options: {
      signal?: AbortSignal | undefined;
      onProgress?: (stage: CompileStage) => void;
    } = {},
  ) {
    try {
      return await this.#compiler.compile(order, options);
    } catch (error) {
      if (error instanceof SourcesRefused)
        throw blockchainProblem("SOURCES_REFUSED", error.message);
      throw problemOf(error);
    }
  }

  /** Rejects with a problem of the catalogue, or with the signal's reason. */
  async perform<Kind extends WorkshopOutcome["kind"]>(
    kind: Kind,
    order: WorkshopOrder,
    options: Options = {},
  ): Promise<Outcome<Kind>> {
    const threads = sessionOrders.has(order.kind) ? this.#sessions : this.#work;
    let outcome: WorkshopOutcome;
    try {
      outcome = await threads.run(order, options);
    } catch (error) {
      throw problemOf(error);
    }
    if (outcome.kind === "refused") {
      throw blockchainProblem(refusalCodes[outcome.refusal], outcome.detail);
    }
    if (outcome.kind !== kind) throw new Error(`${order.kind} was answered with ${outcome.kind}`);
    return outcome as Outcome<Kind>;
  }

  async close(): Promise<void> {
    await Promise.all([this.#compiler.close(), this.#sessions.close(), this.#work.close()]);
  }

  async #answer(question: WorkshopQuestion): Promise<unknown> {
    if (question.kind === "compilation") return this.#store.compilationJson(question.id) ?? null;
    const chain = await this.#chain();
    const method = chainMethods.find((name) => name === question.method);
    if (method === undefined) throw new Error(`The chain is not asked for ${question.method}.`);
    const ask = chain[method] as (...values: unknown[]) => Promise<unknown>;
    return ask(...question.values);
  }
}

const chainMethods = [
  "genesis",
  "block",
  "blockHash",
  "account",
  "code",
  "storage",
  "transaction",
] as const;

const refusalCodes = {
  "not on chain": "TRANSACTION_UNKNOWN",
  "no such session": "DEBUG_SESSION_UNKNOWN",
  "no such compilation": "COMPILATION_UNKNOWN",
  "no such contract": "COMPILATION_UNKNOWN",
  "nothing executed": "NOTHING_TO_DEBUG",
  "no such step": "NOTHING_TO_DEBUG",
  "arguments invalid": "ARGUMENTS_INVALID",
  "has errors": "SOURCES_HAVE_ERRORS",
} as const satisfies Record<Refusal, string>;

function problemOf(error: unknown): unknown {
  if (!(error instanceof JobError)) return error;
  if (error.reason === "busy") return serviceProblem("OVERLOADED", error.message);
  if (error.reason === "overran") return blockchainProblem("COMPILE_TOO_LONG", error.message);
  return error;
}
