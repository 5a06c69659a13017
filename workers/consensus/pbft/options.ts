/** The options of PBFT with the values that suit a local network. */
import type { NodeId } from "../../cluster/process.ts";
import { pbftRules } from "./rules.ts";
import type { PbftOptions } from "./types.ts";

/** Without a service every command is valid and there is no state. */
const noService = { take: () => "", restore: () => undefined, isValid: () => true };

export function pbftOptions(
  members: readonly NodeId[],
  changes: Partial<PbftOptions> = {},
): PbftOptions {
  const options: PbftOptions = {
    members,
    requestTimeoutMs: 250,
    timeoutDoublingsMax: 5,
    statusEveryMs: 100,
    checkpointEvery: 16,
    windowSize: 32,
    waitingMax: 1000,
    resendMax: 16,
    service: noService,
    rules: pbftRules,
    ...changes,
  };
  if (members.length === 0) throw new RangeError("PBFT needs at least one replica");
  const { checkpointEvery, windowSize } = options;
  if (!(checkpointEvery >= 1 && windowSize >= checkpointEvery)) {
    throw new RangeError(
      `the window must hold a checkpoint: ${windowSize} requests, one every ${checkpointEvery}`,
    );
  }
  return options;
}
