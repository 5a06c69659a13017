import { createFeeMarket1559Tx } from "@ethereumjs/tx";
import { bytesToHex } from "@ethereumjs/util";
import { setImmediate } from "node:timers/promises";
import { Pacer } from "./core/pacer.ts";
import { developerAccounts, developerKey } from "./core/developer-accounts.ts";
import { developerGenesis } from "./engine/genesis.ts";
import { Replica } from "./engine/replica.ts";
import { openLedgerDatabase } from "./store/ledger-database.ts";
import { LedgerStore } from "./store/ledger-store.ts";
const per = Number(process.argv[2] ?? 1), n = Number(process.argv[3] ?? 2000);
const genesis = developerGenesis();
const pacer = new Pacer({ monotonicMs: () => performance.now(), breathe: () => setImmediate() as Promise<void> }, 8);
const replica = await Replica.open(new LedgerStore(openLedgerDatabase("b", (process.argv[4] ?? "plain") as "plain", null, 0)), genesis, pacer);
const map = new Map<string, any>();
const txs: string[] = [];
for (let i = 0; i < n; i++) { const dev = developerAccounts[i % 8]!; const tx = createFeeMarket1559Tx({ nonce: BigInt(Math.floor(i / 8)), to: `0x${(0x1000000000000000000000000000000000000000n + BigInt(i % 97)).toString(16)}`, value: 1n, gasLimit: 21000n, maxFeePerGas: 50000000000n, maxPriorityFeePerGas: 1000000000n, chainId: 1337n }, { common: replica.common }).sign(developerKey(dev.counter)); tx.getSenderAddress(); const raw = bytesToHex(tx.serialize()); map.set(raw, tx); txs.push(raw); }
const t0 = performance.now(); let seq = 0;
for (let i = 0; i < n; i += per) { const a = await replica.apply(++seq, { kind: "block", id: `e${i}`, timestamp: 1, feeRecipient: "0x8ee030556e0595e917eaf22655293ac408f502e3", gasLimit: "30000000", mineEmpty: false, transactions: txs.slice(i, i + per).map((raw) => ({ raw: raw as `0x${string}`, sender: null })) }, (raw) => map.get(raw)); if (a.outcome.kind !== "block") throw new Error(JSON.stringify(a.outcome)); }
const ms = performance.now() - t0;
console.log(`per block ${per}: ${(n / ms * 1000).toFixed(0)} tx/s, ${(ms / (n / per)).toFixed(2)} ms per block`);
