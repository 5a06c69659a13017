/** The newest state as a genesis file: a chain that begins with it has the same accounts. */
import { bytesToHex } from "@ethereumjs/util";
import { emptyCodeHash, equalBytes, hexDigits } from "../engine/state-reader.ts";
import type { Chain } from "./chain.ts";

/** Accounts that are read from the database together. */
const accountsAtOnce = 128;

/** Pieces of JSON, of one version of the state whatever comes meanwhile. */
export async function* stateAsGenesis(chain: Chain): AsyncGenerator<string> {
  const { version, store } = chain;
  const { config } = chain.genesis.content as { readonly config: unknown };
  const { timestamp, gasLimit, baseFeePerGas } = chain.head.header;
  const header = {
    config,
    nonce: "0x0",
    timestamp: `0x${timestamp.toString(16)}`,
    gasLimit: `0x${gasLimit.toString(16)}`,
    difficulty: "0x0",
    ...(baseFeePerGas !== undefined && { baseFeePerGas: `0x${baseFeePerGas.toString(16)}` }),
  };
  yield `${JSON.stringify(header).slice(0, -1)},"alloc":{`;
  const reader = store.reader(version);
  let separator = "";
  for (let after = ""; ;) {
    const addresses = store.addresses(version, after, accountsAtOnce);
    const last = addresses.at(-1);
    if (last === undefined) break;
    for (const address of addresses) {
      const account = reader.account(address);
      if (account === null) continue;
      const hasCode = !equalBytes(account.codeHash, emptyCodeHash);
      const storage: Record<string, string> = {};
      for (const slot of reader.slotsOf(address)) {
        const value = reader.slot(address, slot);
        if (value !== null) storage[`0x${slot}`] = bytesToHex(value);
        await chain.pacer.pause();
      }
      const entry = {
        balance: `0x${account.balance.toString(16)}`,
        nonce: `0x${account.nonce.toString(16)}`,
        ...(hasCode && { code: bytesToHex(reader.code(hexDigits(account.codeHash))) }),
        ...(Object.keys(storage).length > 0 && { storage }),
      };
      yield `${separator}"0x${address}":${JSON.stringify(entry)}`;
      separator = ",";
    }
    after = last;
  }
  yield "}}";
}
