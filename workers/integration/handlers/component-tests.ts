/** What each subsystem is asked to do in a comprehensive test, and how its answer is checked. */
import type { analyticsContract } from "../../analytics/contract.ts";
import type { blockchainContract } from "../../blockchain/contract.ts";
import type { edgeContract } from "../../edge/contract.ts";
import type { microservicesContract } from "../../microservices/contract.ts";
import type { quantumContract } from "../../quantum/contract.ts";
import type { SubsystemKit } from "../../service/boot.ts";
import type { ComponentAnswer, ComponentCall } from "../core/component.ts";
import { testLimits } from "../limits.ts";

type Test = (kit: SubsystemKit) => ComponentCall;

export function answer(result: unknown, passed: boolean, note: string): ComponentAnswer {
  return { result, outcome: passed ? "pass" : "fail", note };
}

export const componentTests: Partial<Record<string, Test>> = {
  quantum: (kit) => {
    const client = kit.client<typeof quantumContract>("quantum");
    const input = { items: ["apple", "banana", "cherry", "date"], target: "cherry" };
    return {
      operation: "quantum.search",
      async run(_, signal) {
        const result = await client.search(input, { signal, context: callContext });
        // One of four is found for certain after one iteration (Boyer et al. 1998, section 3).
        const passed = result.found && result.deviation < 1e-9;
        return answer(result, passed, `Grover search measured “${result.item}”.`);
      },
    };
  },
  analytics: (kit) => {
    const client = kit.client<typeof analyticsContract>("analytics");
    return {
      operation: "analytics.predict",
      async run(_, signal) {
        const result = await client.predict(straightLine, { signal, context: callContext });
        const next = result.forecasts[0]?.points[0]?.mean ?? Number.NaN;
        const passed = Math.abs(next - straightLineNext) < straightLineNext * 0.05;
        return answer(result, passed, `A straight line was continued with ${next.toFixed(1)}.`);
      },
    };
  },
  edge: (kit) => {
    const client = kit.client<typeof edgeContract>("edge");
    const input = {
      type: "ai_inference",
      model: "image_classifier",
      data: [1, 2, 3, 4, 5],
      cache: "bypass" as const,
    };
    return {
      operation: "edge.process",
      async run(_, signal) {
        const result = await client.process(input, { signal, context: callContext });
        const passed = isDistribution(result.result);
        return answer(result, passed, `Classified on ${result.node.place}.`);
      },
    };
  },
  microservices: (kit) => {
    const client = kit.client<typeof microservicesContract>("microservices");
    return {
      operation: "microservices.status",
      async run(_, signal) {
        const options = { signal, context: callContext };
        const status = await client.status({}, options);
        const { routes } = await client.gateway.routes({}, options);
        const route = routes.find(({ healthy }) => healthy > 0);
        if (route === undefined) return answer({ status }, true, status.sentence);
        const request = { name: route.service, method: "GET" as const, path: "/" };
        const sent = await client.gateway.send(request, options);
        const note = `The gateway sent ${route.service} a request: ${sent.status}.`;
        return answer({ status, gateway: sent }, sent.status < 500, note);
      },
    };
  },
  blockchain: (kit) => {
    const client = kit.client<typeof blockchainContract>("blockchain");
    return {
      operation: "blockchain.status or transfer",
      async run({ transfer }, signal) {
        const options = { signal, context: callContext };
        if (!transfer) {
          const status = await client.status({}, options);
          return answer(status, status.status === "healthy", status.verdict);
        }
        const moved = await client.transfer(smallTransfer, options);
        const note = `Moved 1 unit in block ${moved.blockNumber}.`;
        return answer(moved, moved.status === "success", note);
      },
    };
  },
};

const smallTransfer = {
  from: "0x123...",
  to: "0x456...",
  amount: 1,
  type: "transfer",
} as const;

const callContext = { timeoutMs: testLimits.componentTimeoutMs };

/** Values on a line: whatever model is chosen, the next one is known. */
const straightLine = {
  series: Array.from({ length: 16 }, (_, step) => 10 * (step + 1)),
  horizon: 1,
  season: 1,
};
const straightLineNext = 170;

/** Class probabilities are a distribution, and the label is its most probable class. */
function isDistribution(
  result: {
    readonly kind: string;
  } & Partial<{
    readonly label: string;
    readonly probabilities: readonly { readonly label: string; readonly probability: number }[];
  }>,
): boolean {
  const { label, probabilities = [] } = result;
  const sum = probabilities.reduce((total, { probability }) => total + probability, 0);
  const best = probabilities.toSorted((a, b) => b.probability - a.probability)[0];
  return Math.abs(sum - 1) < 1e-3 && best?.label === label;
}
