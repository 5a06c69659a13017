/** The options of Multi-Paxos with the values that suit a local network. */
import type { NodeId } from "../../cluster/process.ts";
import { paxosRules } from "./rules.ts";
import type { PaxosOptions } from "./types.ts";

export function paxosOptions(
  members: readonly NodeId[],
  changes: Partial<PaxosOptions> = {},
): PaxosOptions {
  const options: PaxosOptions = {
    members,
    electionTimeoutMinMs: 150,
    electionTimeoutMaxMs: 300,
    heartbeatMs: 50,
    backOffDoublingsMax: 3,
    windowSlots: 1000,
    slotsPerMessageMax: 64,
    snapshotEverySlots: 64,
    trailingSlots: 16,
    service: null,
    rules: paxosRules,
    ...changes,
  };
  const { electionTimeoutMinMs: min, electionTimeoutMaxMs: max, heartbeatMs } = options;
  if (!(heartbeatMs > 0 && heartbeatMs < min && min < max)) {
    throw new RangeError(
      `Paxos needs 0 < heartbeat < least < greatest election timeout, not ${heartbeatMs}, ${min}, ${max} ms`,
    );
  }
  if (members.length === 0) throw new RangeError("Paxos needs at least one acceptor");
  for (const name of ["windowSlots", "slotsPerMessageMax", "snapshotEverySlots"] as const) {
    if (!(options[name] >= 1)) throw new RangeError(`${name} must be at least 1`);
  }
  return options;
}
