/** The validators as a monitor shows them, and the faults that people put upon them. */
import { setTimeout as sleep } from "node:timers/promises";
import { bytesToHex } from "@ethereumjs/util";
import { GroupError } from "../../consensus/live/group-error.ts";
import { faultyMax } from "../../consensus/quorum/byzantine.ts";
import type { ValidatorsStatus, ValidatorView } from "../contract-validators.ts";
import { blockchainProblem } from "../errors.ts";
import { validatorWatchLimits } from "../limits.ts";
import type { Chain } from "../node/chain.ts";

export function validatorsStatus(chain: Chain, at: number): ValidatorsStatus {
  const { validators: group } = chain;
  const { ordering, faults, simulation, ids } = group;
  const validators = ids.map((id) => validatorView(chain, id));
  const { messagesSent: sent, messagesLost: lost, messagesBlocked: blocked } = simulation.counts;
  const facts = {
    quorum: ordering.quorum,
    quorumReached: group.quorumReached,
    leader: group.leader,
    height: chain.height,
    validators,
  };
  return {
    at,
    ...verdictOver(facts, chain.failure),
    consensus: ordering.name,
    tolerates: ordering.name === "pbft" ? faultyMax(ids.length) : ids.length - ordering.quorum,
    resting: group.resting,
    ...facts,
    headHash: bytesToHex(chain.head.hash()),
    partition: faults.sides === null ? null : faults.sides.map((side) => [...side]),
    links: faults.links,
    faults: faults.describe(group.crashed).map((text) => text.replaceAll("node", "validator")),
    pending: chain.pool.size,
    elections: group.elections,
    lastFailoverMs: group.lastFailoverMs,
    messages: { sent, lost, blocked },
    events: [...group.events.newest(validatorWatchLimits.eventsMax)],
  };
}

type Facts = Pick<
  ValidatorsStatus,
  "quorum" | "quorumReached" | "leader" | "height" | "validators"
>;

/** "3 of 3 validators agree, height 1,204" */
function verdictOver(
  { quorum, quorumReached, leader, height, validators }: Facts,
  failure: Error | null,
): Pick<ValidatorsStatus, "health" | "verdict"> {
  if (failure !== null) {
    return { health: "failed", verdict: `The ledger stands still: ${failure.message}` };
  }
  const diverged = validators.filter(({ agrees }) => agrees === false);
  if (diverged.length > 0) {
    const names = diverged.map(({ id }) => id).join(" and ");
    return { health: "failed", verdict: `Validator ${names} holds another chain` };
  }
  const up = validators.filter(({ state }) => state === "up");
  const count = `${up.length} of ${validators.length} validators are up`;
  if (!quorumReached) {
    const verdict = `No blocks: ${count}, and fewer than the ${quorum} needed reach each other`;
    return { health: "failed", verdict };
  }
  if (leader === null) {
    return { health: "degraded", verdict: `No leader yet: ${count} and elect one` };
  }
  const agreeing = validators.filter(
    ({ state, agrees, follows }) => state === "up" && agrees === true && follows === leader,
  );
  return {
    health: agreeing.length === validators.length ? "healthy" : "degraded",
    verdict: `${agreeing.length} of ${validators.length} validators agree, height ${height.toLocaleString("en")}`,
  };
}

function validatorView(chain: Chain, id: number): ValidatorView {
  const { validators: group } = chain;
  const isUp = group.isUp(id);
  const life = group.lives.get(id);
  const status = isUp ? life?.manager.status() : undefined;
  const place = group.places.get(id);
  return {
    id,
    state: isUp ? "up" : "crashed",
    reason: group.failures.get(id) ?? status?.halted ?? null,
    role: status?.role ?? null,
    term: status?.term ?? null,
    follows: status?.leader ?? null,
    height: place?.height ?? null,
    headHash: place?.headHash ?? null,
    stateRoot: place?.stateRoot ?? null,
    entriesApplied: place?.sequence ?? null,
    lag: life?.lag ?? 0,
    agrees: place === undefined ? null : chain.agreesWith(place),
    reachable: [...group.reachable(id)],
  };
}

/** The present status at each pull, after a change or a silence: a slow reader skips steps. */
export async function* watchValidators(
  chain: Chain,
  now: () => number,
  signal: AbortSignal | undefined,
): AsyncGenerator<ValidatorsStatus> {
  const { intervalMs, silenceMaxMs } = validatorWatchLimits;
  let version = 0;
  const stops = [
    chain.validators.onChange(() => (version += 1)),
    chain.onBlock(() => (version += 1)),
  ];
  try {
    const isOver = () => signal?.aborted === true;
    while (!isOver()) {
      const seen = version;
      yield validatorsStatus(chain, now());
      for (let waitedMs = 0; waitedMs < silenceMaxMs; waitedMs += intervalMs) {
        await sleep(intervalMs, undefined, { ref: false });
        if (version !== seen || isOver()) break;
      }
    }
  } finally {
    for (const stop of stops) stop();
  }
}

/** Does something to the validators. @throws the problem that its caller is told */
export function disturb(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof GroupError)) throw error;
    const { reason, message } = error;
    if (reason === "node-unknown") throw blockchainProblem("VALIDATOR_UNKNOWN", message);
    if (reason === "node-state") throw blockchainProblem("VALIDATOR_STATE_CONFLICT", message);
    if (reason === "partition") throw blockchainProblem("VALIDATORS_PARTITION_INVALID", message);
    throw error;
  }
}
