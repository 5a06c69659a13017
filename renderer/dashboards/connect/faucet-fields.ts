/** What is typed into the faucet, against its own bound and the contract of a transfer. */
import {
  readTransfer,
  type TransferErrors,
  type TransferFields,
} from "../blockchain/transfer-fields.ts";

export const faucetCoinsMax = 1_000;

export type FaucetErrors = TransferErrors;

/** Unlike a transfer it wants the whole address: whoever is abbreviated has coins already. */
export function readFaucet(fields: TransferFields): ReturnType<typeof readTransfer> {
  const result = readTransfer(fields);
  const errors: FaucetErrors = "errors" in result ? { ...result.errors } : {};
  if (!/^0x[0-9a-fA-F]{40}$/.test(fields.to.trim())) {
    errors.to = "An address is 0x and 40 hexadecimal digits";
  }
  if (errors.amount === undefined && Number(fields.amount.replaceAll(",", "")) > faucetCoinsMax) {
    errors.amount = `Give at most ${faucetCoinsMax.toLocaleString("en-US")}`;
  }
  return Object.keys(errors).length === 0 ? result : { errors };
}
