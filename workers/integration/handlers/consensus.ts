/** The API of the live consensus group. */
import { setTimeout as sleep } from "node:timers/promises";
import { implement } from "@orpc/server";
import {
  consensusContract,
  type ConsensusEvent,
  type ConsensusStatus,
} from "../../consensus/contract.ts";
import type { ConsensusGroup } from "../../consensus/live/group.ts";
import { GroupError, type GroupErrorReason } from "../../consensus/live/group-error.ts";
import { problem as serviceProblem } from "../../service/errors.ts";
import { problem } from "../errors.ts";
import { stripTypes } from "./strip-types.ts";
import { consensusWatchLimits } from "../limits.ts";

const codes = {
  "no-quorum": "NO_QUORUM",
  "no-leader": "NO_LEADER",
  undecided: "PROPOSAL_UNDECIDED",
  stopped: "CONSENSUS_UNAVAILABLE",
  "node-unknown": "NODE_UNKNOWN",
  "node-state": "NODE_STATE_CONFLICT",
  partition: "PARTITION_INVALID",
} as const satisfies Record<Exclude<GroupErrorReason, "busy">, string>;

/** What the group refuses, as the problem that its caller is told. */
export function groupProblem(error: unknown): unknown {
  if (!(error instanceof GroupError)) return error;
  if (error.reason === "busy") return serviceProblem("OVERLOADED", error.message);
  return problem(codes[error.reason], error.message);
}

/** The first refusal, and how many of the batch are agreed on all the same. */
function batchProblem(
  reason: unknown,
  outcomes: readonly PromiseSettledResult<unknown>[],
): unknown {
  if (!(reason instanceof GroupError)) return reason;
  const agreed = outcomes.filter(({ status }) => status === "fulfilled").length;
  const message = `${reason.message} Of the batch, ${agreed} of ${outcomes.length} commands are agreed on.`;
  return groupProblem(new GroupError(reason.reason, message));
}

function textOf(command: string | object): string {
  return typeof command === "string" ? command : JSON.stringify(command);
}

export function consensusRouter(group: ConsensusGroup) {
  const os = implement(consensusContract);
  const then = (change: () => void): ConsensusStatus => {
    try {
      change();
    } catch (error) {
      throw groupProblem(error);
    }
    return group.status();
  };
  return {
    status: os.status.handler(() => group.status()),
    log: os.log.handler(({ input: { node, before, limit } }) => {
      try {
        return group.log(node, before ?? Number.MAX_SAFE_INTEGER, limit);
      } catch (error) {
        throw groupProblem(error);
      }
    }),
    events: os.events.handler(({ input: { before, limit } }) => {
      const events = [...group.events.page(before ?? Number.MAX_SAFE_INTEGER, limit)];
      const { dropped } = group.events;
      const oldest = events.at(-1)?.id ?? 0;
      return { events, next: oldest > dropped + 1 ? oldest : null, dropped };
    }),
    propose: os.propose.handler(async ({ input: { command, timeoutMs }, signal }) => {
      try {
        return await group.propose(textOf(command), { signal, timeoutMs });
      } catch (error) {
        throw groupProblem(error);
      }
    }),
    proposeBatch: os.proposeBatch.handler(async ({ input: { commands, timeoutMs }, signal }) => {
      const all = commands.map((command) => group.propose(textOf(command), { signal, timeoutMs }));
      const outcomes = await Promise.allSettled(all);
      const places: { readonly term: number; readonly index: number }[] = [];
      let committedAfterMs = 0;
      for (const outcome of outcomes) {
        if (outcome.status === "rejected") throw batchProblem(outcome.reason, outcomes);
        const { term, index } = outcome.value;
        places.push({ term, index });
        committedAfterMs = Math.max(committedAfterMs, outcome.value.committedAfterMs);
      }
      return { places, committedAfterMs };
    }),
    crash: os.crash.handler(({ input }) => then(() => group.crash(input.id))),
    restart: os.restart.handler(({ input }) => then(() => group.restart(input.id))),
    partition: os.partition.handler(({ input }) => then(() => group.partition(input.groups))),
    faults: os.faults.handler(({ input }) => then(() => group.setFaults(input))),
    heal: os.heal.handler(() => then(() => group.heal())),
    compile: os.compile.handler(({ input }) => ({ javascript: stripTypes(input.source) })),
    watch: os.watch.handler(({ signal }) => watchGroup(group, signal)),
  };
}

/** The present status at each pull, after a change or a silence: a slow reader skips steps. */
async function* watchGroup(
  group: ConsensusGroup,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ status: ConsensusStatus; events: ConsensusEvent[] }> {
  const { intervalMs, silenceMaxMs, eventsMax } = consensusWatchLimits;
  let seen = 0;
  for (;;) {
    if (signal?.aborted === true) return;
    const version = group.events.version;
    const events = [...group.events.since(seen, eventsMax)];
    seen = group.events.newest;
    yield { status: group.status(), events };
    await sleep(intervalMs);
    if (group.events.version === version) await changed(group, signal, silenceMaxMs - intervalMs);
  }
}

function changed(
  group: ConsensusGroup,
  signal: AbortSignal | undefined,
  timeoutMs: number,
): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stop();
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, timeoutMs);
    const stop = group.subscribe(done);
    signal?.addEventListener("abort", done, { once: true });
  });
}
