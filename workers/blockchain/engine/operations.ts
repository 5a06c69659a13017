/** Changes of the state that no transaction makes, for developers. */
import { Account, Address } from "@ethereumjs/util";
import type { StateOperation } from "./entry.ts";
import { bytesOf } from "./state-reader.ts";
import type { WorldState } from "./world-state.ts";

const wordMax = 2n ** 256n - 1n;
const nonceMax = 2n ** 64n - 1n;

/** @throws Error when a number is out of its range */
export async function makeOperations(
  state: WorldState,
  operations: readonly StateOperation[],
  pause: () => Promise<void>,
): Promise<void> {
  for (const operation of operations) {
    await pause();
    const address = new Address(bytesOf(operation.address.slice(2).toLowerCase()));
    const account = (await state.getAccount(address)) ?? new Account();
    switch (operation.type) {
      case "set balance":
        account.balance = within(operation.balance, wordMax);
        await state.putAccount(address, account);
        break;
      case "set nonce":
        account.nonce = within(operation.nonce, nonceMax);
        await state.putAccount(address, account);
        break;
      case "set code":
        await state.putCode(address, bytesOf(operation.code.slice(2)));
        break;
      case "set storage":
        await state.putAccount(address, account);
        await state.putStorage(address, word(operation.slot), word(operation.value));
        break;
    }
  }
}

function within(text: string, max: bigint): bigint {
  const value = BigInt(text);
  if (value < 0n || value > max) throw new Error(`${text} is not between 0 and ${max}`);
  return value;
}

function word(text: string): Uint8Array {
  return bytesOf(within(text, wordMax).toString(16).padStart(64, "0"));
}
