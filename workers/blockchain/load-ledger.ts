/**
 * Loads the EVM in steps. All of it at once is a few hundred milliseconds of module code, during
 * which the thread would look as if it were spinning (decision 2).
 */
import { setImmediate } from "node:timers/promises";

/** From the bottom up, so that each step finds most of what it needs loaded. */
const steps: readonly (() => Promise<unknown>)[] = [
  () => import("@noble/hashes/sha3.js"),
  () => import("@noble/curves/secp256k1.js"),
  () => import("@noble/curves/nist.js"),
  () => import("@noble/curves/bls12-381.js"),
  () => import("@noble/curves/bn254.js"),
  () => import("@ethereumjs/util"),
  () => import("@ethereumjs/common"),
  () => import("@ethereumjs/tx"),
  () => import("@ethereumjs/block"),
  () => import("@ethereumjs/evm"),
  () => import("@ethereumjs/vm"),
  () => import("./engine/signatures.ts"),
  () => import("./engine/genesis.ts"),
  () => import("./engine/replica.ts"),
  () => import("./validators/group.ts"),
  () => import("./node/chain.ts"),
  () => import("./node/open-node.ts"),
  () => import("./calls/call-runner.ts"),
  () => import("./handlers/explorer.ts"),
  () => import("./handlers/transfer.ts"),
  () => import("@scure/bip32"),
  () => import("@scure/bip39"),
  () => import("./protocols/json-rpc/chain-methods.ts"),
  () => import("./protocols/json-rpc/methods.ts"),
];

export async function loadLedger() {
  for (const step of steps) {
    await step();
    await setImmediate();
  }
  const { openLedger } = await import("./ledger.ts");
  await setImmediate();
  return openLedger;
}
