/**
 * Methods that send transactions. They answer when the transaction is in a block, where blocks come
 * at once, or when it waits for one; or say why not.
 */
import { createTxFromRLP, TransactionType, type TypedTransaction } from "@ethereumjs/tx";
import { bytesToHex } from "@ethereumjs/util";
import { z } from "zod";
import { TransactionRefused } from "../../core/refusal.ts";
import type { Hex } from "../../engine/entry.ts";
import { decodeTransaction } from "../../engine/transactions.ts";
import { chainLimits, rpcLimits } from "../../limits.ts";
import { BlockAccess } from "./block-access.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { formatTransaction } from "./format.ts";
import { method, type RpcMethods, type RpcParts } from "./method.ts";
import { bytes, callObject, type CallObject } from "./params.ts";
import { requestOf } from "./send-request.ts";

const syncParams = z.tuple([bytes, z.int().positive().max(rpcLimits.receiptWaitMsMax).nullish()]);

export function sendMethods(parts: RpcParts): RpcMethods {
  const { chain, store, wallet, blobs } = parts;
  const blocks = new BlockAccess(chain, store);
  const sendRaw = async (raw: Uint8Array) => {
    if (raw[0] === TransactionType.BlobEIP4844) return sendBlobs(bytesToHex(raw), parts);
    return chain.send(decode(raw, parts));
  };
  const send = async (request: CallObject) =>
    wallet.sendAndTellHash(await requestOf(request, parts));
  /** Waits for the receipt, as EIP-7966 has it. */
  const receiptOf = async (hash: string, waitMs: number) => {
    const wanted = Buffer.from(hash.slice(2), "hex");
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(() => resolve(null), waitMs);
    let stop = () => {};
    const mined = new Promise<void>((tell) => {
      stop = chain.onBlock(() => {
        if (store.transaction(wanted) !== undefined) tell();
      });
    });
    try {
      if (store.transaction(wanted) === undefined) await Promise.race([mined, late]);
    } finally {
      stop();
      clearTimeout(timer);
    }
    const row = store.transaction(wanted);
    if (row !== undefined) return blocks.receipt(row);
    throw new RpcError(
      rpcCodes.receiptLate,
      `the transaction was accepted but not mined within ${waitMs} ms`,
      hash,
    );
  };

  return {
    eth_sendRawTransaction: method(z.tuple([bytes]), ([raw]) => sendRaw(raw)),
    eth_sendRawTransactionSync: method(syncParams, async ([raw, waitMs]) =>
      receiptOf(await sendRaw(raw), waitMs ?? chainLimits.blockWaitMs),
    ),
    eth_sendTransaction: method(z.tuple([callObject]), ([request]) => send(request)),
    eth_sendTransactionSync: method(
      z.tuple([callObject, syncParams.def.items[1]]),
      async ([request, waitMs]) =>
        receiptOf(await send(request), waitMs ?? chainLimits.blockWaitMs),
    ),
    /** Sends for an account that nobody signs for, without impersonating it first. */
    eth_sendUnsignedTransaction: method(z.tuple([callObject]), async ([request]) => {
      const from = bytesToHex(request.from ?? new Uint8Array(20));
      const wasImpersonated = wallet.impersonated.has(from);
      wallet.impersonated.add(from);
      try {
        return await send(request);
      } finally {
        if (!wasImpersonated) wallet.impersonated.delete(from);
      }
    }),
    eth_signTransaction: method(z.tuple([callObject]), async ([request]) => {
      const { tx, impersonator } = await wallet.make(await requestOf(request, parts));
      if (impersonator !== null) throw new RpcError(rpcCodes.server, "unknown account");
      return {
        raw: bytesToHex(tx.serialize()),
        tx: formatTransaction(tx, {
          hash: tx.hash(),
          sender: tx.getSenderAddress().bytes,
          mined: null,
        }),
      };
    }),
    eth_fillTransaction: method(z.tuple([callObject]), async ([request]) => {
      const filled = await requestOf(request, parts, { needsKey: false });
      const tx = wallet.unsigned(filled);
      const {
        from: _from,
        hash: _hash,
        ...fields
      } = formatTransaction(tx, {
        hash: new Uint8Array(32),
        sender: new Uint8Array(20),
        mined: null,
      });
      const raw = tx.getMessageToSign();
      return {
        raw: bytesToHex(Array.isArray(raw) ? tx.serialize() : raw),
        tx: { ...fields, from: filled.from },
      };
    }),
    anvil_getBlobByHash: method(z.tuple([bytes]), ([hash]) => blobs.get(bytesToHex(hash)) ?? null),
    anvil_getBlobsByTransactionHash: method(z.tuple([bytes]), ([hash]) => {
      const row = store.transaction(hash);
      if (row === undefined) return null;
      const tx = createTxFromRLP(row.raw, { common: chain.common });
      if (!("blobVersionedHashes" in tx)) return null;
      return tx.blobVersionedHashes.map((each) => blobs.get(each) ?? null);
    }),
  };
}

/** @throws TransactionRefused */
function decode(raw: Uint8Array, { chain }: RpcParts): TypedTransaction {
  if (raw.length > chainLimits.rawTransactionBytesMax) {
    throw new TransactionRefused(
      "malformed",
      `oversized data: transaction size ${raw.length}, limit ${chainLimits.rawTransactionBytesMax}`,
    );
  }
  try {
    return decodeTransaction(bytesToHex(raw), null, chain.common);
  } catch (error) {
    throw new TransactionRefused("malformed", whyMalformed(error as Error, chain));
  }
}

/** In go-ethereum's words where it has some; what the library adds about itself is left out. */
function whyMalformed({ message }: Error, { common }: RpcParts["chain"]): string {
  const [, other] = /not matching the derived chain ID (\d+)/.exec(message) ?? [];
  if (other !== undefined) {
    return `invalid chain id for signer: have ${other} want ${common.chainId()}`;
  }
  if (message.startsWith("Invalid Signature")) return "invalid transaction v, r, s values";
  return `invalid transaction: ${message.replace(/ \(tx type=.*$/s, "")}`;
}

/** The blobs are checked in the thread of calls; blocks have the transaction without them. */
async function sendBlobs(raw: Hex, { chain, simulator, blobs }: RpcParts): Promise<string> {
  const { number, timestamp } = chain.head.header;
  const checked = await simulator.run("unwrapBlobs", raw, number + 1n, timestamp + 1n);
  const tx = decodeTransaction(checked.raw, null, chain.common);
  const hash = await chain.send(tx);
  if ("blobVersionedHashes" in tx) {
    for (const [index, name] of tx.blobVersionedHashes.entries()) {
      blobs.add(name, checked.blobs[index] ?? "0x");
    }
  }
  return hash;
}
