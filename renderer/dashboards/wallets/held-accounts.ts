/** Accounts with the wallets that they are of, as rows. */
import type { WalletView } from "../../../workers/blockchain/contract.ts";

export interface HeldAccount {
  readonly wallet: WalletView;
  readonly address: string;
  readonly name: string;
  readonly path: string | null;
  readonly balance: string;
  readonly balanceWei: string;
  readonly nonce: number;
}

export function heldAccounts(wallets: readonly WalletView[]): readonly HeldAccount[] {
  return wallets.flatMap((wallet) =>
    wallet.accounts.map(({ label, ...account }, place) => ({
      ...account,
      wallet,
      name: label ?? (place === 0 ? wallet.name : `${wallet.name} ${place + 1}`),
    })),
  );
}

export const keyWords: Readonly<Record<WalletView["kind"], string>> = {
  developer: "public keys",
  hd: "mnemonic",
  key: "private key",
  watch: "watched only",
};

/** Coins of the vault alone, in wei: the developers' are everybody's. */
export function vaultWei(accounts: readonly HeldAccount[]): bigint {
  return accounts
    .filter(({ wallet }) => wallet.kind === "hd" || wallet.kind === "key")
    .reduce((sum, { balanceWei }) => sum + BigInt(balanceWei), 0n);
}

/** Exact decimal coins of a number of wei, at most four digits after the point shown. */
export function coinsOfWei(wei: bigint): string {
  const whole = wei / 10n ** 18n;
  const fraction = (wei % 10n ** 18n).toString().padStart(18, "0").slice(0, 4).replace(/0+$/, "");
  return `${whole.toLocaleString("en-US")}${fraction === "" ? "" : `.${fraction}`}`;
}
