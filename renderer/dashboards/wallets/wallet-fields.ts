/** What is typed into the forms of wallets, against the contract that the server holds it to. */
import {
  type WalletTransaction,
  walletTransactionSchema,
  type WalletTypedData,
  walletTypedDataSchema,
} from "../../../workers/blockchain/contract.ts";

export const passphraseLengthMin = 8;

/** null: it can be used. */
export function passphraseProblem(passphrase: string, again: string): string | null {
  if (passphrase.length < passphraseLengthMin) {
    return `At least ${passphraseLengthMin} characters`;
  }
  return passphrase === again ? null : "The two are not the same";
}

export interface SendFields {
  readonly to: string;
  readonly amount: string;
  readonly data: string;
}
export type SendErrors = Partial<Record<keyof SendFields, string>>;

/** The amount stays text on the way, so that no digit is lost. */
export function readSend(
  address: string,
  { to, amount, data }: SendFields,
): { readonly input: WalletTransaction } | { readonly errors: SendErrors } {
  const parsed = walletTransactionSchema.safeParse({
    address,
    to: to.trim(),
    amount: amount.trim().replaceAll(",", ""),
    data: data.trim() === "" ? "0x" : data.trim(),
  });
  if (parsed.success) return { input: parsed.data };
  const errors: SendErrors = {};
  for (const { path, message } of parsed.error.issues) {
    const [name] = path;
    if (name === "to" || name === "amount" || name === "data") errors[name] ??= message;
  }
  return { errors };
}

export function readTypedData(
  text: string,
): { readonly data: WalletTypedData } | { readonly error: string } {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch (error) {
    return { error: `Not JSON: ${(error as Error).message}` };
  }
  const parsed = walletTypedDataSchema.safeParse(given);
  if (parsed.success) return { data: parsed.data };
  const [issue] = parsed.error.issues;
  const where = issue?.path.map(String).join(".") ?? "";
  return {
    error: where === "" ? (issue?.message ?? "Not typed data") : `${where}: ${issue?.message}`,
  };
}

/** Typed data to begin with, for the chain that is looked at. */
export function exampleTypedData(chainId: number): string {
  return JSON.stringify(
    {
      types: {
        Order: [
          { name: "item", type: "string" },
          { name: "amount", type: "uint256" },
        ],
      },
      primaryType: "Order",
      domain: { name: "Example", version: "1", chainId },
      message: { item: "paper", amount: "3" },
    },
    null,
    2,
  );
}

/** The words of a mnemonic, whatever stands between them. */
export function tidyMnemonic(text: string): string {
  return text.trim().toLowerCase().split(/\s+/).join(" ");
}
