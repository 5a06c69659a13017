/** An EVM with an empty state of its own, for running tests of contracts and tests of the workshop. */
import { createCustomCommon, Hardfork, Mainnet } from "@ethereumjs/common";
import { createEVM, type EVM } from "@ethereumjs/evm";
import { SimpleStateManager } from "@ethereumjs/statemanager";
import { Account, Address, bytesToHex, hexToBytes } from "@ethereumjs/util";
import type { Hex } from "../artefact.ts";
import { clockAddress } from "../compiler/test-source.ts";
import { record } from "../debug/recorder.ts";
import type { Trace } from "../debug/trace.ts";

export interface LabCall {
  readonly from?: Hex;
  /** null deploys the data. */
  readonly to: Hex | null;
  readonly data: Hex;
  readonly value?: bigint;
  readonly gasLimit?: bigint;
}

export interface LabResult {
  readonly trace: Trace;
  readonly output: Hex;
  /** The machine's word for why it failed, or null. */
  readonly error: string | null;
  readonly gasUsed: bigint;
  readonly created: Hex | null;
}

/** Who calls when nobody is named; it has a million coins. */
export const labSender: Hex = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
const labGasLimit = 30_000_000n;

/** The block that calls find themselves in; its clock can be moved. */
class LabBlock {
  readonly header = {
    number: 1n,
    coinbase: new Address(new Uint8Array(20)),
    cliqueSigner: () => new Address(new Uint8Array(20)),
    timestamp: 1_700_000_000n,
    difficulty: 0n,
    prevRandao: new Uint8Array(32),
    gasLimit: labGasLimit,
    baseFeePerGas: 0n,
    getBlobGasPrice: () => 1n,
  };
}

export class EvmLab {
  readonly evm: EVM;
  readonly state: SimpleStateManager;
  readonly block: LabBlock;

  private constructor(evm: EVM, state: SimpleStateManager, block: LabBlock) {
    this.evm = evm;
    this.state = state;
    this.block = block;
  }

  static async open(): Promise<EvmLab> {
    const common = createCustomCommon({ chainId: 1_337, name: "laboratory" }, Mainnet, {
      hardfork: Hardfork.Prague,
    });
    const state = new SimpleStateManager({ common });
    const block = new LabBlock();
    const clock = {
      address: new Address(hexToBytes(clockAddress)),
      function: ({ data }: { data: Uint8Array }) => {
        block.header.timestamp += BigInt(bytesToHex(data.subarray(0, 32)));
        return { executionGasUsed: 0n, returnValue: new Uint8Array() };
      },
    };
    const evm = await createEVM({
      common,
      stateManager: state,
      customPrecompiles: [clock],
      // Tests are longer than what a chain takes.
      allowUnlimitedContractSize: true,
      allowUnlimitedInitCodeSize: true,
    });
    const lab = new EvmLab(evm, state, block);
    await lab.fund(labSender, 10n ** 24n);
    return lab;
  }

  /** Gives an account so many wei, whatever it had. */
  async fund(address: Hex, wei: bigint): Promise<void> {
    const whose = new Address(hexToBytes(address));
    const account = (await this.state.getAccount(whose)) ?? new Account();
    account.balance = wei;
    await this.state.putAccount(whose, account);
  }

  async call({ from = labSender, to, data, value = 0n, gasLimit }: LabCall): Promise<LabResult> {
    const recording = record(this.evm);
    const caller = new Address(hexToBytes(from));
    this.evm.transientStorage.clear();
    const { execResult, createdAddress } = await this.evm.runCall({
      caller,
      origin: caller,
      ...(to !== null && { to: new Address(hexToBytes(to)) }),
      data: hexToBytes(data),
      value,
      block: this.block,
      gasLimit: gasLimit ?? labGasLimit,
    });
    await this.evm.journal.cleanup();
    return {
      trace: recording.finish(),
      output: bytesToHex(execResult.returnValue),
      error: execResult.exceptionError?.error ?? null,
      gasUsed: execResult.executionGasUsed,
      created: createdAddress === undefined ? null : bytesToHex(createdAddress.bytes),
    };
  }

  /** Runs something whose effects on the state are undone afterwards, those on the clock included. */
  async undone<T>(run: () => Promise<T>): Promise<T> {
    const { timestamp } = this.block.header;
    await this.state.checkpoint();
    try {
      return await run();
    } finally {
      await this.state.revert();
      this.state.originalStorageCache.clear();
      this.block.header.timestamp = timestamp;
    }
  }

  async storage(address: Hex, slot: bigint): Promise<bigint> {
    const key = hexToBytes(`0x${slot.toString(16).padStart(64, "0")}`);
    const word = await this.state.getStorage(new Address(hexToBytes(address)), key);
    return word.length === 0 ? 0n : BigInt(bytesToHex(word));
  }
}
