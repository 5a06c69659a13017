/**
 * The thread in which the validators carry agreed entries out: it works beside the thread that talks
 * to people and tools, and a long block holds nobody up.
 */
import { setImmediate } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { yieldToOtherThreads } from "../service/background-thread.ts";
import { serveCalls } from "../service/child-calls.ts";
import { Pacer } from "./core/pacer.ts";
import { developerGenesis } from "./engine/genesis.ts";
import { readGenesisFile } from "./node/chain-files.ts";
import { chainLimits } from "./limits.ts";
import { type LedgerApi, ValidatorLedgers } from "./node/validator-ledgers.ts";
import type { LedgerWork } from "./validators/ledger.ts";
import type { ValidatorThreadData } from "./node/remote-ledgers.ts";

// Nobody waits for it: what is agreed on is carried out for people and tools in the subsystem's thread.
yieldToOtherThreads();

const { home, nowMs, genesis } = workerData as ValidatorThreadData;
const turns = { monotonicMs: () => performance.now(), breathe: () => setImmediate() };
const ledgers = new ValidatorLedgers({
  home,
  nowMs,
  genesis: genesis === null ? developerGenesis() : readGenesisFile(genesis),
  pacer: new Pacer(turns, chainLimits.sliceMs),
});

serveCalls({
  open: (validator: number) => ledgers.open(validator),
  apply: (work: readonly LedgerWork[]) => ledgers.apply(work),
  entriesAfter: (validator: number, after: number, limit: number) =>
    ledgers.entriesAfter(validator, after, limit),
  flush: (validator: number) => ledgers.flush(validator),
  close: () => {
    ledgers.close();
    parentPort?.close();
  },
} satisfies LedgerApi);
