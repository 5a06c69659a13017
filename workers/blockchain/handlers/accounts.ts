/** Accounts: names for them, and what they hold. */
import { hexToBytes, type PrefixedHexString } from "@ethereumjs/util";
import type { AccountSummary } from "../contract.ts";
import { referencePrefix, resolvePrefix } from "../core/account-names.ts";
import type { Chain } from "../node/chain.ts";
import { anchorAccount, developerAccounts, feeRecipient } from "../core/developer-accounts.ts";
import { formatCoins } from "../core/units.ts";
import { emptyCodeHash, equalBytes, hexDigits } from "../engine/state-reader.ts";
import { blockchainProblem } from "../errors.ts";
import type { ChainIndex } from "../store/chain-index.ts";
import type { AccountRow } from "../store/chain-rows.ts";
import { checksumAddress } from "./views.ts";

/** The contracts that blocks themselves call. */
const systemContractNames = [
  { address: "0x000F3df6D732807Ef1319fB7B8bB8522d0Beac02", label: "Beacon roots (EIP-4788)" },
  { address: "0x0000F90827F1C53a10cb7A02335B175320002935", label: "Block hashes (EIP-2935)" },
  { address: "0x00000961Ef480Eb55e80D19ad83579A64c007002", label: "Withdrawals (EIP-7002)" },
  { address: "0x0000BBdDc7CE488642fb579F8B00f3a590007251", label: "Consolidations (EIP-7251)" },
];

const addressDigits = 40;
const candidatesMax = 10;
const labels = new Map(
  [...developerAccounts, feeRecipient, anchorAccount, ...systemContractNames].map(
    ({ address, label }) => [address, label],
  ),
);

/** The name of an account that has one; its address with checksum. */
export function labelOf(address: string): string | null {
  return labels.get(address) ?? null;
}

/**
 * The address that a reference names. A whole address names itself, known or not.
 * @returns with its checksum
 * @throws ACCOUNT_UNKNOWN, ACCOUNT_AMBIGUOUS
 */
export function resolveAccount(reference: string, store: ChainIndex): string {
  const prefix = referencePrefix(reference);
  if (prefix.length === addressDigits) {
    return checksumAddress(hexToBytes(`0x${prefix}`));
  }
  const found = resolvePrefix(prefix, [
    () => developerAccounts.map(({ address }) => address),
    () => store.accountsBeginning(prefix, candidatesMax).map(checksumAddress),
  ]);
  if (found.kind === "found") return found.address;
  if (found.kind === "ambiguous") {
    throw blockchainProblem(
      "ACCOUNT_AMBIGUOUS",
      `${reference} may be ${found.candidates.map(named).join(" or ")}.`,
    );
  }
  const known = developerAccounts.map(({ address }) => named(address)).join(", ");
  throw blockchainProblem(
    "ACCOUNT_UNKNOWN",
    `${reference} begins no known account. The developer accounts are ${known}.`,
  );
}

export function accountView(address: string, chain: Chain, store: ChainIndex): AccountSummary {
  const bytes = hexToBytes(address as PrefixedHexString);
  const account = chain.present.account(hexDigits(bytes));
  const hasCode = account !== null && !equalBytes(account.codeHash, emptyCodeHash);
  const code = hasCode ? chain.present.code(hexDigits(account.codeHash)).length : 0;
  const developer = developerAccounts.some((each) => each.address === address);
  return {
    address,
    label: labelOf(address),
    kind: developer ? "developer" : code > 0 ? "contract" : "external",
    balance: formatCoins(account?.balance ?? 0n),
    balanceWei: String(account?.balance ?? 0n),
    nonce: Number(account?.nonce ?? 0n),
    codeBytes: code,
    transactions: store.account(bytes)?.transactions ?? 0,
  };
}

export async function accountPage(
  { after = 0, limit }: { readonly after?: number | undefined; readonly limit: number },
  chain: Chain,
  store: ChainIndex,
): Promise<{ accounts: AccountSummary[]; next: number | null }> {
  const rows = store.accounts(after, limit + 1);
  const accounts: AccountSummary[] = [];
  for (const row of rows.slice(0, limit)) {
    accounts.push(accountView(checksumAddress(row.address), chain, store));
    await chain.pacer.pause();
  }
  const last: AccountRow | undefined = rows[limit - 1];
  return { accounts, next: rows.length > limit && last !== undefined ? last.id : null };
}

function named(address: string): string {
  const label = labels.get(address);
  return label === undefined ? address : `${address} (${label})`;
}
