/** Raft's options with the values that suit a local network. */
import { votersOnly } from "./configuration.ts";
import { raftRules } from "./rules.ts";
import type { RaftOptions } from "./types.ts";

export function raftOptions(
  voters: readonly number[],
  changes: Partial<RaftOptions> = {},
): RaftOptions {
  const options: RaftOptions = {
    configuration: votersOnly(voters),
    electionTimeoutMinMs: 150,
    electionTimeoutMaxMs: 300,
    heartbeatMs: 50,
    preVote: true,
    checkQuorum: true,
    leaseReads: null,
    entriesPerMessageMax: 256,
    appendsInFlightMax: 64,
    uncommittedEntriesMax: 10_000,
    snapshotEveryEntries: null,
    trailingEntries: 100,
    snapshots: null,
    rules: raftRules,
    ...changes,
  };
  checkOptions(options);
  return options;
}

function checkOptions(options: RaftOptions): void {
  const { electionTimeoutMinMs: min, electionTimeoutMaxMs: max, heartbeatMs } = options;
  if (!(heartbeatMs > 0 && heartbeatMs < min && min < max)) {
    throw new RangeError(
      `Raft needs 0 < heartbeat < least < greatest election timeout, not ${heartbeatMs}, ${min}, ${max} ms`,
    );
  }
  if (options.configuration.incoming.length === 0) {
    throw new RangeError("Raft needs at least one voter");
  }
  for (const name of [
    "entriesPerMessageMax",
    "appendsInFlightMax",
    "uncommittedEntriesMax",
  ] as const) {
    if (!(options[name] >= 1)) throw new RangeError(`${name} must be at least 1`);
  }
  if (options.leaseReads !== null && !options.checkQuorum) {
    throw new RangeError(
      "lease reads need checkQuorum, which makes followers loyal to their leader",
    );
  }
}
