/** The options of HotStuff with the values that suit a local network. */
import type { NodeId } from "../../cluster/process.ts";
import { hotStuffRules } from "./rules.ts";
import type { HotStuffOptions } from "./types.ts";

/** Without a service every command is valid and there is no state. */
const noService = { take: () => "", restore: () => undefined, isValid: () => true };

export function hotStuffOptions(
  members: readonly NodeId[],
  changes: Partial<HotStuffOptions> = {},
): HotStuffOptions {
  const options: HotStuffOptions = {
    members,
    viewTimeoutMs: 120,
    timeoutDoublingsMax: 5,
    statusEveryMs: 100,
    batchMax: 16,
    waitingMax: 1000,
    snapshotEveryBlocks: 8,
    service: noService,
    rules: hotStuffRules,
    ...changes,
  };
  if (members.length === 0) throw new RangeError("HotStuff needs at least one replica");
  for (const name of ["viewTimeoutMs", "batchMax", "snapshotEveryBlocks"] as const) {
    if (!(options[name] >= 1)) throw new RangeError(`${name} must be at least 1`);
  }
  return options;
}
