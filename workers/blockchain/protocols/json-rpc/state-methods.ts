/** Methods that read accounts and run calls without changing anything. */
import {
  Address,
  bytesToBigInt,
  bytesToHex,
  hexToBytes,
  setLengthLeft,
  type PrefixedHexString,
} from "@ethereumjs/util";
import { z } from "zod";
import { emptyCodeHash, hexDigits } from "../../engine/state-reader.ts";
import { emptyRoot } from "../../engine/trie/node.ts";
import { rpcLimits } from "../../limits.ts";
import { BlockAccess } from "./block-access.ts";
import { quantityHex } from "./format.ts";
import { method, type RpcMethods, type RpcParts } from "./method.ts";
import { address, type BlockReference, hash, optionalBlock, storageKey } from "./params.ts";

const ofAccount = z.tuple([address, optionalBlock]);
const storageQuery = z
  .record(z.string().regex(/^0x[0-9a-fA-F]{40}$/, "must be an address"), z.array(hash))
  .refine(
    (query) => Object.values(query).flat().length <= rpcLimits.proofSlotsMax,
    `at most ${rpcLimits.proofSlotsMax} slots`,
  );

export function stateMethods({ chain, store }: RpcParts): RpcMethods {
  const blocks = new BlockAccess(chain, store);
  const place = (block: BlockReference) => {
    const row = blocks.require(block);
    return { row, version: chain.versionAfter(row) };
  };
  return {
    eth_getBalance: method(ofAccount, async ([owner, block]) => {
      const account = await blocks.stateAfter(block).getAccount(new Address(owner));
      return quantityHex(account?.balance ?? 0n);
    }),
    eth_getTransactionCount: method(ofAccount, async ([owner, block]) => {
      const subject = new Address(owner);
      if (block === "pending") return quantityHex(chain.pendingNonce(subject.toString()));
      return quantityHex((await blocks.stateAfter(block).getAccount(subject))?.nonce ?? 0n);
    }),
    eth_getCode: method(ofAccount, async ([owner, block]) =>
      bytesToHex(await blocks.stateAfter(block).getCode(new Address(owner))),
    ),
    eth_getStorageAt: method(
      z.tuple([address, storageKey, optionalBlock]),
      async ([owner, key, block]) => {
        const value = await blocks.stateAfter(block).getStorage(new Address(owner), key);
        return bytesToHex(setLengthLeft(value, 32));
      },
    ),
    eth_getStorageValues: method(
      z.tuple([storageQuery, optionalBlock]),
      async ([wanted, block]) => {
        const state = blocks.stateAfter(block);
        const values: Record<string, string[]> = {};
        for (const [owner, keys] of Object.entries(wanted)) {
          const subject = new Address(hexToBytes(owner as PrefixedHexString));
          const words = keys.map(async (key) =>
            bytesToHex(setLengthLeft(await state.getStorage(subject, key), 32)),
          );
          values[owner] = await Promise.all(words);
        }
        return values;
      },
    ),
    eth_getAccount: method(ofAccount, async ([owner, block]) => {
      const { version } = place(block);
      const { account } = await chain.roots.prove(version, hexDigits(owner), []);
      return {
        balance: quantityHex(account?.balance ?? 0n),
        nonce: quantityHex(account?.nonce ?? 0n),
        codeHash: bytesToHex(account?.codeHash ?? emptyCodeHash),
        storageRoot: bytesToHex(account?.storageRoot ?? emptyRoot),
      };
    }),
    eth_getAccountInfo: method(ofAccount, async ([owner, block]) => {
      const state = blocks.stateAfter(block);
      const account = await state.getAccount(new Address(owner));
      return {
        balance: quantityHex(account?.balance ?? 0n),
        nonce: quantityHex(account?.nonce ?? 0n),
        code: bytesToHex(await state.getCode(new Address(owner))),
      };
    }),
    eth_getProof: method(
      z.tuple([address, z.array(storageKey).max(rpcLimits.proofSlotsMax), optionalBlock]),
      async ([owner, keys, block]) => {
        const { row, version } = place(block);
        const digits = hexDigits(owner);
        const slots = keys.map((key) => hexDigits(key));
        const proof = await chain.roots.prove(version, digits, slots);
        const state = chain.stateAfter(row);
        const { account } = proof;
        const storageProof = keys.map(async (key, index) => ({
          key: quantityHex(bytesToBigInt(key)),
          value: quantityHex(bytesToBigInt(await state.getStorage(new Address(owner), key))),
          proof: (proof.storageProofs[index] ?? []).map((node) => bytesToHex(node)),
        }));
        return {
          address: bytesToHex(owner),
          accountProof: proof.accountProof.map((node) => bytesToHex(node)),
          balance: quantityHex(account?.balance ?? 0n),
          codeHash: bytesToHex(account?.codeHash ?? emptyCodeHash),
          nonce: quantityHex(account?.nonce ?? 0n),
          storageHash: bytesToHex(account?.storageRoot ?? emptyRoot),
          storageProof: await Promise.all(storageProof),
        };
      },
    ),
  };
}
