/** The EVM over a state, and no computation that holds the thread. */
import type { Common, StateManagerInterface } from "@ethereumjs/common";
import { createVM, type VM } from "@ethereumjs/vm";
import type { Pacer } from "./pacer.ts";

export interface MachineParts {
  readonly common: Common;
  readonly state: StateManagerInterface;
  readonly pacer: Pick<Pacer, "isDue" | "pause">;
  /** For the BLOCKHASH instruction. */
  readonly blockHash: (number: number) => Uint8Array | Promise<Uint8Array>;
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

function blockHashesOnly(blockHash: MachineParts["blockHash"]) {
  const hashes = {
    getBlock: async (number: number) => {
      const hash = await blockHash(number);
      return { hash: () => hash };
    },
    putBlock: () => Promise.resolve(),
    shallowCopy: () => hashes,
  };
  return hashes;
}
