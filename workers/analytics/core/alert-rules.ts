/** What is worth an alert. Each rule looks at one observation and says what it found. */
import type { Alert } from "../contract.ts";
import type { FoundAnomaly } from "./anomaly-log.ts";
import type { PlatformState, Thread } from "../../service/contract.ts";
import { quantity, seconds } from "./quantity.ts";

export interface Observation {
  readonly at: number;
  readonly state: PlatformState;
  /** Newest reading of a series, null when there is none. */
  readonly latest: (series: string) => number | null;
  readonly anomalyOn: (series: string) => FoundAnomaly | null;
}

export interface Finding {
  readonly subject: string;
  readonly value: number | null;
  /** `between` is the band of the hysteresis: neither begins nor ends an alert. */
  readonly verdict: "breached" | "between" | "clear" | "unknown";
  readonly observed: string;
  readonly action: string;
  readonly evidence: string;
}

export interface Rule {
  readonly id: string;
  readonly category: Alert["category"];
  readonly severity: Alert["severity"];
  readonly title: string;
  readonly condition: string;
  /** How long the condition must hold before it fires, and be clear before it resolves. */
  readonly forMs: number;
  readonly clearForMs: number;
  readonly find: (observation: Observation) => readonly Finding[];
}

/** A limit that fires above `fire` and resolves below `clear`. */
interface Limit {
  readonly fire: number;
  readonly clear: number;
}

function against(value: number | null, { fire, clear }: Limit): Finding["verdict"] {
  if (value === null) return "unknown";
  return value > fire ? "breached" : value < clear ? "clear" : "between";
}

const limits = {
  delayMs: { fire: 50, clear: 30 },
  errorShare: { fire: 0.01, clear: 0.001 },
  residentBytes: { fire: 600 * 2 ** 20, clear: 550 * 2 ** 20 },
  cpuOfMachine: { fire: 0.85, clear: 0.7 },
  cpuOfThread: { fire: 0.9, clear: 0.7 },
} as const satisfies Record<string, Limit>;

/** Fewer requests than this a second say nothing about a share of errors. */
const requestsMin = 0.5;
const restartsMax = 3;
const restartsWithinMs = 300_000;

export function createRules(): readonly Rule[] {
  return [
    threadDown,
    restartLoop(),
    slowThread,
    failingRequests,
    residentMemory,
    machineCpu,
    threadCpu,
    unusualTraffic,
  ];
}

const threadDown: Rule = {
  id: "thread-down",
  category: "health",
  severity: "critical",
  title: "A thread does not serve",
  condition: "A thread is not ready for 3 s, unless it was stopped on request.",
  forMs: 3_000,
  clearForMs: 2_000,
  find: ({ at, state }) =>
    state.threads.map((thread) => {
      const down = !["ready", "stopping", "stopped"].includes(thread.state);
      return {
        subject: thread.id,
        value: null,
        verdict: down ? "breached" : "clear",
        observed: `${thread.title} is ${thread.state} since ${seconds(at - thread.since)}${cause(thread)}`,
        action:
          thread.state === "failed"
            ? `Read its last exit, then start it again: POST /api/platform/threads/${thread.id}/start.`
            : "The supervisor brings it back; if it does not, read its last exit under Components.",
        evidence: `/components?thread=${thread.id}`,
      };
    }),
};

function cause({ lastExit }: Thread): string {
  if (lastExit === null) return ".";
  // The place in the code belongs to the evidence, not into a sentence.
  return `; it ended with: ${lastExit.reason.split(/\s+at \S+ \(/)[0]}`;
}

/** Remembers when restarts were counted, so it is made anew for each engine. */
function restartLoop(): Rule {
  const seen = new Map<string, { total: number; times: number[] }>();
  return {
    id: "restart-loop",
    category: "health",
    severity: "critical",
    title: "A thread restarts again and again",
    condition: `${restartsMax} automatic restarts of one thread within 5 min; over when they are past.`,
    forMs: 0,
    clearForMs: 0,
    find: ({ at, state }) =>
      state.threads.map((thread) => {
        const before = seen.get(thread.id) ?? { total: thread.restarts, times: [] };
        const fresh = Array.from({ length: Math.max(0, thread.restarts - before.total) }, () => at);
        const times = [...before.times, ...fresh]
          .filter((time) => at - time < restartsWithinMs)
          .slice(-100);
        seen.set(thread.id, { total: thread.restarts, times });
        return {
          subject: thread.id,
          value: times.length,
          verdict: times.length >= restartsMax ? "breached" : "clear",
          observed: `${thread.title} was restarted ${times.length} times within 5 min${cause(thread)}`,
          action: "Read why it ends under Components; stop what provokes it, or the thread itself.",
          evidence: `/components?thread=${thread.id}`,
        };
      }),
  };
}

const slowThread: Rule = {
  id: "slow-thread",
  category: "performance",
  severity: "warning",
  title: "A thread cannot answer within 50 ms",
  condition: "Event-loop delay (p99) above 50 ms for 10 s; over below 30 ms for 10 s.",
  forMs: 10_000,
  clearForMs: 10_000,
  find: ({ state, latest }) =>
    state.threads.map(({ id, title }) => {
      const delayMs = latest(`${id}.delay`);
      return {
        subject: id,
        value: delayMs,
        verdict: against(delayMs, limits.delayMs),
        observed: `Event-loop delay of ${title} is ${delayMs === null ? "unknown" : quantity(delayMs, "ms")}; promised are answers under 50 ms.`,
        action: "Lower the load on it, or look for the long computation in its traces.",
        evidence: `/analytics?series=${id}.delay`,
      };
    }),
};

const failingRequests: Rule = {
  id: "failing-requests",
  category: "performance",
  severity: "critical",
  title: "Requests fail",
  condition: "More than 1 % of a thread's requests fail for 5 s; over below 0.1 % for 15 s.",
  forMs: 5_000,
  clearForMs: 15_000,
  find: ({ state, latest }) =>
    state.threads.map(({ id, title }) => {
      const [requests, errors] = [latest(`${id}.requests`), latest(`${id}.errors`)];
      const share = errorShare(requests, errors);
      return {
        subject: id,
        value: share,
        verdict: against(share, limits.errorShare),
        observed: `${share === null ? "An unknown share" : quantity(share, "fraction")} of the requests to ${title} fail; promised are 99.9 % answered.`,
        action: "Read the errors of this thread under logs, by their trace ids.",
        evidence: `/analytics?series=${id}.errors`,
      };
    }),
};

function errorShare(requests: number | null, errors: number | null): number | null {
  if (requests === null || errors === null) return null;
  return requests < requestsMin ? 0 : errors / requests;
}

const residentMemory: Rule = {
  id: "resident-memory",
  category: "capacity",
  severity: "warning",
  title: "Memory above its budget",
  condition: "Resident memory above 600 MiB for 30 s; over below 550 MiB for 30 s.",
  forMs: 30_000,
  clearForMs: 30_000,
  find: ({ state }) => {
    const bytes = state.process.residentBytes;
    return [
      {
        subject: "platform",
        value: bytes,
        verdict: against(bytes, limits.residentBytes),
        observed: `The process holds ${quantity(bytes, "bytes")}; its budget is 600 MiB.`,
        action: "See which thread grows, and restart that one.",
        evidence: "/analytics?series=platform.memory",
      },
    ];
  },
};

const machineCpu: Rule = {
  id: "machine-cpu",
  category: "capacity",
  severity: "warning",
  title: "The machine is nearly used up",
  condition: "The platform uses 85 % of all cores for 30 s; over below 70 % for 30 s.",
  forMs: 30_000,
  clearForMs: 30_000,
  find: ({ state }) => {
    const share = state.process.cpuFraction / Math.max(1, state.process.cores);
    return [
      {
        subject: "platform",
        value: share,
        verdict: against(share, limits.cpuOfMachine),
        observed: `The platform uses ${quantity(share, "fraction")} of ${state.process.cores} cores.`,
        action: "Stop experiments and threads that are not needed, or give it a larger machine.",
        evidence: "/analytics?series=platform.cpu",
      },
    ];
  },
};

const threadCpu: Rule = {
  id: "thread-cpu",
  category: "capacity",
  severity: "warning",
  title: "A thread has no reserve left",
  condition: "A thread uses 90 % of a core for 15 s; over below 70 % for 15 s.",
  forMs: 15_000,
  clearForMs: 15_000,
  find: ({ state, latest }) =>
    state.threads.map(({ id, title }) => {
      const share = latest(`${id}.cpu`);
      return {
        subject: id,
        value: share,
        verdict: against(share, limits.cpuOfThread),
        observed: `${title} uses ${share === null ? "an unknown share" : quantity(share, "fraction")} of the one core it can have.`,
        action: "A thread cannot use a second core: send it less, or wait until its work is done.",
        evidence: `/analytics?series=${id}.cpu`,
      };
    }),
};

const unusualTraffic: Rule = {
  id: "unusual-traffic",
  category: "security",
  severity: "warning",
  title: "Unusually many requests",
  condition: "Requests a second of a thread are a rising anomaly for 10 s; over when it ends.",
  forMs: 10_000,
  clearForMs: 0,
  find: ({ state, anomalyOn, latest }) =>
    state.threads.map(({ id, title }) => {
      const anomaly = anomalyOn(`${id}.requests`);
      const rising = anomaly !== null && anomaly.score > 0;
      return {
        subject: id,
        value: latest(`${id}.requests`),
        verdict: rising ? "breached" : "clear",
        observed: rising ? anomaly.explanation : `Requests to ${title} are as usual.`,
        action: "If you are not testing it, see in the traces who calls and what is refused.",
        evidence: `/analytics?series=${id}.requests`,
      };
    }),
};
