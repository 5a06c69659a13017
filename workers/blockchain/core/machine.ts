/** The EVM over a state: Prague rules, and no computation that holds the thread. */
import {
  createCustomCommon,
  Hardfork,
  Mainnet,
  type Common,
  type StateManagerInterface,
} from "@ethereumjs/common";
import { MerklePatriciaTrie } from "@ethereumjs/mpt";
import { Caches, MerkleStateManager } from "@ethereumjs/statemanager";
import { ValueEncoding } from "@ethereumjs/util";
import { createVM, type VM } from "@ethereumjs/vm";
import { chainId } from "../contract.ts";
import { chainLimits } from "../limits.ts";
import type { Pacer } from "./pacer.ts";
import type { StateNodes } from "./state-nodes.ts";

export const hardfork = Hardfork.Prague;

export function createChainCommon(): Common {
  return createCustomCommon({ chainId, name: "demo" }, Mainnet, { hardfork });
}

/** The state with the given root; without a root, the empty one. */
export function stateAt(
  common: Common,
  nodes: StateNodes,
  root?: Uint8Array,
  trieNodesCached = 0,
): MerkleStateManager {
  const trie = new MerklePatriciaTrie({
    db: nodes,
    useKeyHashing: true,
    valueEncoding: ValueEncoding.Bytes,
    cacheSize: trieNodesCached,
    common,
    ...(root !== undefined && { root }),
  });
  const caches = new Caches({
    account: { size: chainLimits.stateCacheAccounts },
    storage: { size: chainLimits.stateCacheSlots },
    code: { size: chainLimits.stateCacheCodes },
  });
  return new MerkleStateManager({ common, trie, caches });
}

export interface MachineParts {
  readonly common: Common;
  readonly state: StateManagerInterface;
  readonly pacer: Pacer;
  /** For the BLOCKHASH instruction. */
  readonly blockHash: (number: number) => Uint8Array;
}

const jumpDestination = 0x5b;
/** Reading the clock costs more than a jump, so only every so many jumps do. */
const jumpsPerClockReading = 64;

export async function createMachine({
  common,
  state,
  pacer,
  blockHash,
}: MachineParts): Promise<VM> {
  let jumps = 0;
  const vm = await createVM({
    common,
    stateManager: state,
    blockchain: blockHashesOnly(blockHash),
    evmOpts: {
      // Every loop passes a JUMPDEST; this one is the original with a pause.
      customOpcodes: [
        {
          opcode: jumpDestination,
          opcodeName: "JUMPDEST",
          baseFee: 1,
          logicFunction: () => {
            jumps += 1;
            return jumps % jumpsPerClockReading === 0 && pacer.isDue() ? pacer.pause() : undefined;
          },
        },
      ],
    },
  });
  // Recursion need not pass a JUMPDEST, but each level is a message.
  vm.evm.events?.on("beforeMessage", (_message, resolve) => {
    void pacer.pause().then(resolve);
  });
  return vm;
}

function blockHashesOnly(blockHash: (number: number) => Uint8Array) {
  const hashes = {
    getBlock: (number: number) => Promise.resolve({ hash: () => blockHash(number) }),
    putBlock: () => Promise.resolve(),
    shallowCopy: () => hashes,
  };
  return hashes;
}
