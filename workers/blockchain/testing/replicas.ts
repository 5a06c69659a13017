/** Replicas without a folder, for tests. */
import { setImmediate } from "node:timers/promises";
import { Pacer } from "../core/pacer.ts";
import type { BlockEntry, EntryTransaction, LedgerEntry } from "../engine/entry.ts";
import type { Genesis } from "../engine/genesis.ts";
import { Replica } from "../engine/replica.ts";
import { chainLimits } from "../limits.ts";
import { openLedgerDatabase, type Profile } from "../store/ledger-database.ts";
import { LedgerStore } from "../store/ledger-store.ts";

export function testPacer(): Pacer {
  const turns = { monotonicMs: () => performance.now(), breathe: () => setImmediate() };
  return new Pacer(turns, chainLimits.sliceMs);
}

export function openStore(profile: Profile = "plain", home: string | null = null): LedgerStore {
  return new LedgerStore(openLedgerDatabase("test", profile, home, 0));
}

export async function openReplica(
  genesis: Genesis,
  store: LedgerStore = openStore(),
): Promise<{ replica: Replica; store: LedgerStore }> {
  return { replica: await Replica.open(store, genesis, testPacer()), store };
}

let ids = 0;

export function withId<Entry extends object>(entry: Entry): Entry & { id: string } {
  ids += 1;
  return { id: `entry-${ids}`, ...entry };
}

/** A block of transactions a second after the last, for the fee recipient 0xfe..fe. */
export function blockOf(
  transactions: readonly EntryTransaction[],
  fields: Partial<BlockEntry> = {},
): LedgerEntry {
  return withId({
    kind: "block",
    timestamp: 1_700_000_000,
    feeRecipient: `0x${"fe".repeat(20)}`,
    gasLimit: String(chainLimits.blockGasLimit),
    mineEmpty: false,
    transactions,
    ...fields,
  });
}
