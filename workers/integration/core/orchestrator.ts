/**
 * One request across every component: called in parallel, each with its own deadline, their answers
 * aggregated, and the aggregate agreed on where that is asked for. Time comes from the host.
 */
import assert from "node:assert";
import type { Agreement, ComponentRun, FlowState, ProcessInput, Run } from "../contract.ts";
import { aggregate, verdictOf } from "./aggregate.ts";
import { canonicalJson, sha256 } from "./canonical-json.ts";
import type { CallProblem, Component, ComponentCall } from "./component.ts";
import type { ConsensusPort } from "./consensus-port.ts";
import { DataFlowRunner, type DataFlow } from "./data-flow.ts";
import type { RunHistory } from "./run-history.ts";

export interface OrchestratorHost {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** For durations: never runs backwards. */
  monotonicMs(): number;
  /** Calls once after a delay, unless the returned function was called before. */
  after(delayMs: number, run: () => void): () => void;
  /** What may be told of anything thrown. */
  describe(error: unknown): CallProblem;
  /** Hears of each finished call, for metrics. */
  componentAnswered(component: string, status: ComponentRun["status"], durationMs: number): void;
  flowFinished(flow: string, status: "ok" | "failed", durationMs: number): void;
}

export interface OrchestratorParts {
  readonly history: RunHistory;
  readonly consensus: ConsensusPort | null;
  readonly consensusTimeoutMs: number;
  /** The flows that `setupDataFlows` defines. */
  readonly dataFlows: readonly DataFlow[];
}

type Settled = Pick<ComponentRun, "status" | "outcome" | "note" | "problem" | "result">;

/** Told apart from an abort by the caller, who has gone, and by a winner, who was faster. */
const deadlinePassed = Symbol("deadline passed");

export class DistributedSystemsOrchestrator {
  readonly #host: OrchestratorHost;
  readonly #parts: OrchestratorParts;
  readonly #components = new Map<string, Component>();
  readonly #flows = new Map<string, DataFlowRunner>();

  constructor(host: OrchestratorHost, parts: OrchestratorParts) {
    this.#host = host;
    this.#parts = parts;
  }

  /** From now on the component is asked with every request whose type it has a call for. */
  register(component: Component): void {
    assert(!this.#components.has(component.id), `${component.id} is registered already`);
    assert(component.timeoutMs > 0, `${component.id} needs a deadline`);
    this.#components.set(component.id, component);
  }

  /** Defines the named pipelines between components; a second call would define them twice. */
  setupDataFlows(): void {
    for (const flow of this.#parts.dataFlows) {
      assert(!this.#flows.has(flow.name), `the flow ${flow.name} is defined already`);
      this.#flows.set(flow.name, new DataFlowRunner(flow, this.#host));
    }
  }

  flows(): FlowState[] {
    return [...this.#flows.values()].map((flow) => flow.state());
  }

  /** @returns undefined for a flow of no such name */
  flow(name: string): DataFlowRunner | undefined {
    return this.#flows.get(name);
  }

  /** Always answers with a run; what failed in it is told in it. */
  async process(request: ProcessInput, traceId: string, signal?: AbortSignal): Promise<Run> {
    const { history } = this.#parts;
    const asked = [...this.#components.values()].flatMap((component) => {
      const call = component.calls[request.type];
      return call === undefined ? [] : [{ component, call }];
    });
    const begun = this.#host.monotonicMs();
    let run = history.begin(this.#blank(request, traceId, asked));
    const advance = (change: Partial<Run>): void => {
      run = { ...run, ...change };
      history.advance(run);
    };
    const race = new AbortController();
    const abort = (): void => race.abort(signal?.reason);
    if (signal?.aborted === true) abort();
    signal?.addEventListener("abort", abort, { once: true });
    let firstId: string | null = null;
    await Promise.all(
      asked.map(async ({ component, call }) => {
        const startedMs = this.#host.monotonicMs() - begun;
        const settled = await this.#ask(component, call, request, race.signal);
        const durationMs = this.#host.monotonicMs() - begun - startedMs;
        this.#host.componentAnswered(component.id, settled.status, durationMs);
        if (settled.outcome === "pass") firstId ??= component.id;
        const components = run.components.map((each) =>
          each.id === component.id ? { ...each, ...settled, startedMs, durationMs } : each,
        );
        advance({ components });
        if (firstId !== null && request.aggregation === "first") race.abort();
      }),
    );
    signal?.removeEventListener("abort", abort);
    const result = aggregate(request.aggregation, run.components, firstId);
    const resultHash = sha256(canonicalJson(result));
    const judged =
      request.aggregation === "first"
        ? run.components.filter(({ status }) => status !== "cancelled")
        : run.components;
    advance({ result, resultHash });
    if (request.requiresConsensus) {
      advance({ consensus: await this.#agree(run.id, resultHash) });
    }
    const agreed = run.consensus === null || run.consensus.status === "agreed";
    advance({
      status: agreed ? verdictOf(judged) : "failed",
      durationMs: this.#host.monotonicMs() - begun,
    });
    return run;
  }

  #blank(
    request: ProcessInput,
    traceId: string,
    asked: readonly { component: Component; call: ComponentCall }[],
  ): Omit<Run, "id"> {
    return {
      type: request.type,
      aggregation: request.aggregation,
      requiresConsensus: request.requiresConsensus,
      status: "running",
      at: this.#host.now(),
      durationMs: null,
      traceId,
      components: asked.map(({ component, call }) => ({
        id: component.id,
        title: component.title,
        operation: call.operation,
        status: "running" as const,
        deadlineMs: component.timeoutMs,
        startedMs: 0,
        durationMs: null,
        outcome: null,
        note: null,
        problem: null,
        result: null,
      })),
      result: null,
      resultHash: null,
      consensus: request.requiresConsensus ? pendingAgreement : null,
    };
  }

  async #ask(
    component: Component,
    call: ComponentCall,
    request: ProcessInput,
    race: AbortSignal,
  ): Promise<Settled> {
    if (!component.isPresent()) return { ...silent, status: "absent" };
    const outcome = await this.#withDeadline(component.timeoutMs, race, (signal) =>
      call.run(request, signal),
    );
    switch (outcome.kind) {
      case "value":
        return { status: "ok", problem: null, ...outcome.value };
      case "late": {
        const detail = `${component.title} did not answer within ${component.timeoutMs} ms.`;
        return { ...silent, status: "timeout", problem: lateProblem(detail) };
      }
      case "aborted":
        return { ...silent, status: "cancelled" };
      default: {
        const problem = this.#host.describe(outcome.error);
        return { ...silent, status: statusOf(problem), problem };
      }
    }
  }

  async #agree(runId: number, hash: string): Promise<Agreement> {
    const { consensus, consensusTimeoutMs } = this.#parts;
    assert(consensus !== null, "agreement is asked for only where there is a group");
    const began = this.#host.monotonicMs();
    const never = new AbortController().signal;
    const command = canonicalJson({ kind: "distributed-result", run: runId, sha256: hash });
    const outcome = await this.#withDeadline(consensusTimeoutMs, never, () =>
      consensus.propose(command),
    );
    const durationMs = this.#host.monotonicMs() - began;
    if (outcome.kind === "value") {
      const { term, index } = outcome.value;
      return { status: "agreed", term, index, durationMs, problem: null };
    }
    const problem =
      outcome.kind === "failed"
        ? this.#host.describe(outcome.error)
        : lateProblem(`The group did not commit within ${consensusTimeoutMs} ms.`);
    return { status: "failed", term: null, index: null, durationMs, problem };
  }

  /** Settles by the deadline whatever the work does with its signal. */
  async #withDeadline<T>(
    timeoutMs: number,
    outer: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<
    | { kind: "value"; value: T }
    | { kind: "late" }
    | { kind: "aborted" }
    | { kind: "failed"; error: unknown }
  > {
    const controller = new AbortController();
    const { signal } = controller;
    const cancel = this.#host.after(timeoutMs, () => controller.abort(deadlinePassed));
    const abort = (): void => controller.abort(outer.reason);
    if (outer.aborted) abort();
    outer.addEventListener("abort", abort, { once: true });
    try {
      if (signal.aborted) return { kind: "aborted" };
      return { kind: "value", value: await Promise.race([work(signal), rejectedBy(signal)]) };
    } catch (error) {
      if (!signal.aborted) return { kind: "failed", error };
      return { kind: signal.reason === deadlinePassed ? "late" : "aborted" };
    } finally {
      cancel();
      outer.removeEventListener("abort", abort);
    }
  }
}

const silent = { outcome: null, note: null, problem: null, result: null } as const;

const pendingAgreement: Agreement = {
  status: "pending",
  term: null,
  index: null,
  durationMs: null,
  problem: null,
};

function lateProblem(detail: string): CallProblem {
  return {
    code: "DEADLINE_EXCEEDED",
    detail,
    remedy: "Look at the trace and at the component's event-loop delay, then try again.",
  };
}

function statusOf({ code }: CallProblem): "down" | "timeout" | "failed" {
  if (code === "SUBSYSTEM_UNAVAILABLE") return "down";
  return code === "DEADLINE_EXCEEDED" ? "timeout" : "failed";
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
  });
}
