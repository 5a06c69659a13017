/** What is typed into the transfer form, against the contract that the server holds it to. */
import { type TransferInput, transferInputSchema } from "../../../workers/blockchain/contract.ts";

export interface TransferFields {
  readonly from: string;
  readonly to: string;
  readonly amount: string;
}
export type TransferErrors = Partial<Record<keyof TransferFields, string>>;

/** The amount stays text on the way, so that no digit is lost. */
export function readTransfer(
  fields: TransferFields,
): { readonly input: TransferInput } | { readonly errors: TransferErrors } {
  const amount = fields.amount.trim().replaceAll(",", "");
  const parsed = transferInputSchema.safeParse({
    from: fields.from.trim(),
    to: fields.to.trim(),
    amount,
    type: "transfer",
  });
  const errors: TransferErrors = {};
  if (/^[0.]*$/.test(amount)) errors.amount = "Give an amount above zero";
  for (const { path, message } of parsed.error?.issues ?? []) {
    const [name] = path;
    if (name === "amount") errors.amount = "Digits, with at most 18 after the point";
    else if (name === "from" || name === "to") errors[name] = message;
  }
  return parsed.success && Object.keys(errors).length === 0 ? { input: parsed.data } : { errors };
}
