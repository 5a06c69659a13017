/** The components that distributed requests ask, each with a check of its own answer. */
import { SpanKind, SpanStatusCode, context, trace } from "@opentelemetry/api";
import type { SubsystemKit } from "../../service/boot.ts";
import type { platformContract } from "../../service/contract.ts";
import { subsystems, type SubsystemId } from "../../service/contract.ts";
import { startSpan } from "../../service/telemetry/span.ts";
import type { ProcessInput } from "../contract.ts";
import type { Component, ComponentCall } from "../core/component.ts";
import type { ConsensusPort } from "../core/consensus-port.ts";
import { testLimits } from "../limits.ts";
import { answer, componentTests } from "./component-tests.ts";

const tracer = trace.getTracer("orchestrator");

/** Every thread but this one, in the order of the table, and the consensus group if there is one. */
export function platformComponents(
  kit: SubsystemKit,
  consensus: ConsensusPort | null,
): readonly Component[] {
  const threads = subsystems
    .filter(({ id }) => id !== kit.setup.id)
    .map(({ id, title }): Component => {
      const health = healthCall(kit, id);
      return {
        id,
        title,
        timeoutMs: testLimits.componentTimeoutMs,
        isPresent: () => isRunningHere(kit, id),
        calls: {
          comprehensive_test: componentTests[id]?.(kit) ?? health,
          health_check: health,
        },
      };
    });
  return consensus === null ? threads : [...threads, consensusComponent(consensus)];
}

export function isRunningHere(kit: SubsystemKit, id: string): boolean {
  return kit.platform.state().threads.some((thread) => thread.id === id);
}

function healthCall(kit: SubsystemKit, id: SubsystemId): ComponentCall {
  const client = kit.client<{ platform: typeof platformContract }>(id);
  return {
    operation: "platform.health",
    async run(_, signal) {
      const result = await client.platform.health({}, { signal, context: healthContext });
      return answer(result, result.subsystem === id, `The thread answers, ${result.version}.`);
    },
  };
}

const healthContext = { timeoutMs: testLimits.healthTimeoutMs };

function consensusComponent(consensus: ConsensusPort): Component {
  return {
    id: "consensus",
    title: "Consensus",
    timeoutMs: testLimits.consensusTimeoutMs,
    isPresent: () => true,
    calls: {
      comprehensive_test: {
        operation: "consensus.propose",
        async run(request: ProcessInput) {
          const command = JSON.stringify({ kind: "test", type: request.type });
          const result = await proposeTraced(consensus, command);
          const passed = result.term > 0 && result.index > 0;
          return answer(result, passed, `Committed at ${result.index} in term ${result.term}.`);
        },
      },
      health_check: {
        operation: "consensus.status",
        run() {
          const result = consensus.status();
          const { leader, term } = result;
          const note = leader === null ? "No leader is known." : `${leader} leads term ${term}.`;
          return Promise.resolve(answer(result, leader !== null, note));
        },
      },
    },
  };
}

/** A proposal with its span: the group runs in this thread, so no message port traces it. */
export function proposeTraced(
  consensus: ConsensusPort,
  command: string,
): ReturnType<ConsensusPort["propose"]> {
  const start = { name: "consensus.propose", kind: SpanKind.INTERNAL, parent: context.active() };
  return startSpan(tracer, start, async (span) => {
    try {
      const committed = await consensus.propose(command);
      span.setAttributes({ "raft.term": committed.term, "raft.index": committed.index });
      return committed;
    } catch (error) {
      span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
      throw error;
    }
  });
}
