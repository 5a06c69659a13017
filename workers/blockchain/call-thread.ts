/**
 * The thread of calls, estimates, simulations and traces. It is ended when one of them does not end,
 * and begun anew.
 */
import { setImmediate } from "node:timers/promises";
import { type MessagePort, workerData } from "node:worker_threads";
import { ChildCalls, serveCalls } from "../service/child-calls.ts";
import { callService } from "./calls/call-service.ts";
import { FarState, type FarArchive } from "./calls/far-state.ts";
import { Machines } from "./calls/machines.ts";
import { developerGenesis } from "./engine/genesis.ts";
import { readGenesisFile } from "./node/chain-files.ts";

export interface CallThreadData {
  /** Absolute path of a genesis file; null: the developer's chain. */
  readonly genesis: string | null;
  /** Where the archive answers. */
  readonly archive: MessagePort;
  /** The version of the newest state. */
  readonly version: number;
}

const { genesis, archive: port, version } = workerData as CallThreadData;
const turns = { monotonicMs: () => performance.now(), breathe: () => setImmediate() };
const archive: FarArchive = new ChildCalls(port);
const far = new FarState(archive, version);
const rules = genesis === null ? developerGenesis() : readGenesisFile(genesis);
serveCalls(callService(new Machines(rules, archive, far, turns), far));
