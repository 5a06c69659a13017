/** Opens the wallets of this thread; loaded after the ledger, whose packages they share. */
import { randomBytes, randomUUID } from "node:crypto";
import type { TransferParts } from "../handlers/transfer.ts";
import { openWalletDatabase, VaultStore } from "./vault-store.ts";
import { Wallets } from "./wallets.ts";

interface OpenOptions {
  readonly parts: TransferParts;
  readonly home: string | null;
  readonly now: () => number;
  readonly after: (ms: number, act: () => void) => () => void;
  readonly note: (text: string) => void;
}

/** @throws StartError as `openDatabase` */
export function openWallets({ parts, home, now, after, note }: OpenOptions): Wallets {
  return new Wallets({
    parts,
    store: new VaultStore(openWalletDatabase(home, now())),
    persistent: home !== null,
    host: {
      now,
      after,
      note,
      randomBytes: (length) => randomBytes(length),
      newId: () => randomUUID(),
    },
  });
}
