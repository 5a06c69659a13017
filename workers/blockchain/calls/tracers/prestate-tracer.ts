/** The accounts that a transaction touched, as they were before it, and with diffMode after it. */
import type { InterpreterStep } from "@ethereumjs/evm";
import { Address, bytesToHex, createContractAddress, setLengthLeft } from "@ethereumjs/util";
import { hexDigits } from "../../engine/state-reader.ts";
import type { WorldState } from "../../engine/world-state.ts";
import type { CallEvent } from "../machine-events.ts";
import { quantityHex } from "../../protocols/json-rpc/format.ts";
import { flag, type MakeTracer, type TracedExecution, type Tracer } from "./tracer.ts";

interface SeenAccount {
  balance: string;
  nonce?: number;
  code?: string;
  storage?: Record<string, string>;
}
type SeenState = Record<string, Partial<SeenAccount>>;

const opcodes = {
  load: 0x54,
  store: 0x55,
  balance: 0x31,
  extCodes: [0x3b, 0x3c, 0x3f],
  selfDestruct: 0xff,
};

/** It needs the state before, so it reads each account when it first meets it. */
class PrestateTracer implements Tracer {
  readonly #execution: TracedExecution;
  readonly #before: WorldState;
  readonly #config: Readonly<Record<string, unknown>>;
  /** Slots by address. */
  readonly #touched = new Map<string, Set<string>>();

  constructor(config: Readonly<Record<string, unknown>>, execution: TracedExecution) {
    this.#config = config;
    this.#execution = execution;
    this.#before = execution.state.snapshot();
    const { tx, feeRecipient } = execution;
    const sender = tx.getSenderAddress();
    this.#touch(sender.bytes);
    this.#touch(feeRecipient);
    this.#touch((tx.to ?? createContractAddress(sender, tx.nonce)).bytes);
    if ("authorizationList" in tx) {
      for (const [, delegate] of tx.authorizationList) this.#touch(delegate);
    }
  }

  enter({ from, to }: CallEvent): void {
    this.#touch(from);
    if (to !== null) this.#touch(to);
  }

  leave(_failed: boolean, { createdAddress }: Parameters<NonNullable<Tracer["leave"]>>[1]): void {
    if (createdAddress !== undefined) this.#touch(createdAddress.bytes);
  }

  step({ opcode, stack, address }: InterpreterStep): void {
    const { load, store, balance, extCodes, selfDestruct } = opcodes;
    const top = (stack.at(-1) ?? 0n).toString(16).padStart(64, "0");
    if (opcode.code === load || opcode.code === store) this.#touch(address.bytes).add(top);
    const names = [balance, selfDestruct, ...extCodes];
    if (names.includes(opcode.code)) this.#touch(Buffer.from(top.slice(24), "hex"));
  }

  async end(): Promise<unknown> {
    const pre: SeenState = {};
    const post: SeenState = {};
    const isDiff = flag(this.#config, "diffMode");
    for (const [digits, slots] of this.#touched) {
      const before = await this.#seen(this.#before, digits, slots);
      const key = `0x${digits}`;
      if (!isDiff) {
        if (before !== null || flag(this.#config, "includeEmpty"))
          pre[key] = before ?? { balance: "0x0" };
        continue;
      }
      const after = await this.#seen(this.#execution.state, digits, slots);
      if (JSON.stringify(before) === JSON.stringify(after)) continue;
      if (before !== null) pre[key] = withoutUnchanged(before, after);
      if (after !== null) post[key] = changed(before, after);
    }
    return isDiff ? { pre, post } : pre;
  }

  #touch(address: Uint8Array): Set<string> {
    const digits = hexDigits(address);
    const slots = this.#touched.get(digits) ?? new Set<string>();
    this.#touched.set(digits, slots);
    return slots;
  }

  async #seen(state: WorldState, digits: string, slots: Set<string>): Promise<SeenAccount | null> {
    const address = new Address(Buffer.from(digits, "hex"));
    const account = await state.getAccount(address);
    if (account === undefined) return null;
    const seen: SeenAccount = { balance: quantityHex(account.balance) };
    if (account.nonce > 0n) seen.nonce = Number(account.nonce);
    const code = await state.getCode(address);
    if (code.length > 0 && !flag(this.#config, "disableCode")) seen.code = bytesToHex(code);
    if (slots.size > 0 && !flag(this.#config, "disableStorage")) {
      const storage: Record<string, string> = {};
      for (const slot of slots) {
        const word = await state.getStorage(address, Buffer.from(slot, "hex"));
        storage[`0x${slot}`] = bytesToHex(setLengthLeft(word, 32));
      }
      seen.storage = storage;
    }
    return seen;
  }
}

const zeroWord = `0x${"0".repeat(64)}`;

/** Before: slots that did not change are of no interest, nor are those that were empty. */
function withoutUnchanged(before: SeenAccount, after: SeenAccount | null): SeenAccount {
  if (before.storage === undefined) return before;
  const { storage, ...rest } = before;
  const kept = Object.entries(storage).filter(
    ([slot, word]) => word !== zeroWord && word !== after?.storage?.[slot],
  );
  return kept.length === 0 ? rest : { ...rest, storage: Object.fromEntries(kept) };
}

/** After: what differs alone. */
function changed(before: SeenAccount | null, after: SeenAccount): Partial<SeenAccount> {
  const storage = Object.entries(after.storage ?? {}).filter(
    ([slot, word]) => word !== zeroWord && word !== before?.storage?.[slot],
  );
  return {
    ...(after.balance !== before?.balance && { balance: after.balance }),
    ...(after.nonce !== undefined && after.nonce !== before?.nonce && { nonce: after.nonce }),
    ...(after.code !== undefined && after.code !== before?.code && { code: after.code }),
    ...(storage.length > 0 && { storage: Object.fromEntries(storage) }),
  };
}

export const prestateTracer: MakeTracer = (config, execution) =>
  new PrestateTracer(config, execution);
