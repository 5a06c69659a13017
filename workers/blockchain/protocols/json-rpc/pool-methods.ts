/** The transactions that wait for their block (txpool_*). */
import { bytesToHex, toChecksumAddress } from "@ethereumjs/util";
import { z } from "zod";
import type { PoolEntry } from "../../core/pool.ts";
import { formatTransaction, quantityHex } from "./format.ts";
import { method, noParams, type RpcMethods, type RpcParts } from "./method.ts";
import { address } from "./params.ts";

export function poolMethods({ chain }: RpcParts): RpcMethods {
  /** Those that can be mined now, and those that wait for the nonces before theirs. */
  const parted = <View>(senders: readonly string[], view: (entry: PoolEntry) => View) => {
    const pending: Record<string, Record<string, View>> = {};
    const queued: Record<string, Record<string, View>> = {};
    for (const sender of senders) {
      const next = chain.pendingNonce(sender);
      for (const entry of chain.pool.of(sender)) {
        const part = entry.tx.nonce < next ? pending : queued;
        const own = (part[toChecksumAddress(sender)] ??= {});
        own[String(entry.tx.nonce)] = view(entry);
      }
    }
    return { pending, queued };
  };
  const whole = ({ tx, hash, sender }: PoolEntry) =>
    formatTransaction(tx, { hash: bytesFrom(hash), sender: bytesFrom(sender), mined: null });
  const count = (part: Record<string, object>) =>
    quantityHex(Object.values(part).reduce((sum, own) => sum + Object.keys(own).length, 0));

  return {
    txpool_status: method(noParams, () => {
      const { pending, queued } = parted(chain.pool.senders(), () => null);
      return { pending: count(pending), queued: count(queued) };
    }),
    txpool_content: method(noParams, () => parted(chain.pool.senders(), whole)),
    txpool_contentFrom: method(z.tuple([address]), ([owner]) => {
      const sender = bytesToHex(owner);
      const { pending, queued } = parted([sender], whole);
      const key = toChecksumAddress(sender);
      return { pending: pending[key] ?? {}, queued: queued[key] ?? {} };
    }),
    txpool_inspect: method(noParams, () =>
      parted(chain.pool.senders(), ({ tx }) => {
        const price = "maxFeePerGas" in tx ? tx.maxFeePerGas : tx.gasPrice;
        const to = tx.to === undefined ? "contract creation" : toChecksumAddress(tx.to.toString());
        return `${to}: ${tx.value} wei + ${tx.gasLimit} gas × ${price} wei`;
      }),
    ),
    eth_pendingTransactions: method(noParams, () => chain.pool.entries().map(whole)),
  };
}

function bytesFrom(hex: string): Uint8Array {
  return Buffer.from(hex.slice(2), "hex");
}
