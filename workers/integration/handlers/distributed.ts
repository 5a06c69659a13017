/** Distributed requests, their history, and the data flows. */
import { trace } from "@opentelemetry/api";
import { problemFrom, problem as serviceProblem } from "../../service/errors.ts";
import type { SubsystemKit } from "../../service/boot.ts";
import type { FlowState, ProcessInput, Run, RunSummary } from "../contract.ts";
import type { ConsensusPort } from "../core/consensus-port.ts";
import type { DataFlow } from "../core/data-flow.ts";
import { DistributedSystemsOrchestrator, type OrchestratorHost } from "../core/orchestrator.ts";
import { RunHistory } from "../core/run-history.ts";
import { problem } from "../errors.ts";
import { testLimits } from "../limits.ts";
import { platformComponents } from "./components.ts";

/** What the thread lends to the orchestrator: clocks, timers, metrics. */
export function orchestratorHost(kit: SubsystemKit): OrchestratorHost {
  const calls = kit.metrics.meter.createHistogram("distributed.component.duration", {
    unit: "s",
    description: "Duration of component calls of distributed requests",
  });
  const flows = kit.metrics.meter.createHistogram("distributed.flow.duration", {
    unit: "s",
    description: "Duration of data flows",
  });
  return {
    now: kit.now,
    monotonicMs: kit.monotonicMs,
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    describe(error) {
      const { code, detail, remedy } = problemFrom(error);
      if (code === "INTERNAL") kit.log.error(`A component failed: ${String(error)}`);
      return { code, detail, remedy };
    },
    componentAnswered: (component, status, durationMs) =>
      calls.record(durationMs / 1_000, { component, status }),
    flowFinished: (flow, status, durationMs) => flows.record(durationMs / 1_000, { flow, status }),
  };
}

export class Distributed {
  readonly #history = new RunHistory(testLimits.runsKeptMax);
  readonly #orchestrator: DistributedSystemsOrchestrator;
  readonly #consensus: ConsensusPort | null;

  constructor(kit: SubsystemKit, consensus: ConsensusPort | null, dataFlows: readonly DataFlow[]) {
    this.#consensus = consensus;
    this.#orchestrator = new DistributedSystemsOrchestrator(orchestratorHost(kit), {
      history: this.#history,
      consensus,
      consensusTimeoutMs: testLimits.consensusTimeoutMs,
      dataFlows,
    });
    for (const component of platformComponents(kit, consensus)) {
      this.#orchestrator.register(component);
    }
    this.#orchestrator.setupDataFlows();
  }

  async process(input: ProcessInput, signal: AbortSignal | undefined): Promise<Run> {
    if (input.requiresConsensus && this.#consensus === null) {
      throw problem("CONSENSUS_UNAVAILABLE", "This thread runs no consensus group.");
    }
    if (this.#history.running >= testLimits.runsInFlightMax) {
      throw serviceProblem(
        "OVERLOADED",
        `${this.#history.running} distributed requests run already.`,
      );
    }
    const run = await this.#orchestrator.process(input, currentTraceId(), signal);
    if (run.consensus?.status !== "failed") return run;
    const { detail } = run.consensus.problem ?? { detail: "The group did not commit." };
    throw problem("AGREEMENT_FAILED", `Run ${run.id} has its results, but no agreement: ${detail}`);
  }

  list(limit: number): { runs: Run[]; dropped: number } {
    return { runs: [...this.#history.list(limit)], dropped: this.#history.dropped };
  }

  get(id: number): Run {
    const run = this.#history.get(id);
    if (run !== undefined) return run;
    throw problem("TEST_UNKNOWN", `Run ${id} is not among those that are kept.`);
  }

  /** The newest run at each pull: a slow reader skips steps instead of queueing them. */
  async *watch(signal: AbortSignal | undefined): AsyncGenerator<{ run: RunSummary | null }> {
    let seen: Run | null | undefined;
    for (;;) {
      if (signal?.aborted === true) return;
      const run = this.#history.list(1)[0] ?? null;
      if (run === seen) await this.#changed(signal);
      else yield { run: (seen = run) };
    }
  }

  flows(): FlowState[] {
    return this.#orchestrator.flows();
  }

  async runFlow(name: string): Promise<FlowState> {
    const flow = this.#orchestrator.flow(name);
    if (flow === undefined) throw problem("FLOW_UNKNOWN", `There is no data flow “${name}”.`);
    return flow.run(currentTraceId());
  }

  #changed(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        stop();
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const stop = this.#history.onChange(done);
      signal?.addEventListener("abort", done, { once: true });
    });
  }
}

export function currentTraceId(): string {
  return trace.getActiveSpan()?.spanContext().traceId ?? "";
}
