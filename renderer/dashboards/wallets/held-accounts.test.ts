import { expect, it } from "vitest";
import type { WalletView } from "../../../workers/blockchain/contract.ts";
import { coinsOfWei, heldAccounts, vaultWei } from "./held-accounts.ts";

const account = (label: string | null, balanceWei: string) => ({
  address: `0x${"0".repeat(40)}`,
  path: null,
  label,
  balance: "0",
  balanceWei,
  nonce: 0,
});
const wallet = (kind: WalletView["kind"], accounts: WalletView["accounts"]): WalletView => ({
  id: kind,
  kind,
  name: "Savings",
  createdAt: null,
  canSign: kind !== "watch",
  warning: null,
  accounts,
});

it("names accounts by their label, or by their wallet and place", () => {
  const rows = heldAccounts([
    wallet("developer", [account("Alice", "1")]),
    wallet("hd", [account(null, "2"), account(null, "3")]),
  ]);
  expect(rows.map(({ name }) => name)).toEqual(["Alice", "Savings", "Savings 2"]);
});

it("counts neither public nor watched coins as those of the vault", () => {
  const rows = heldAccounts([
    wallet("developer", [account("Alice", "100")]),
    wallet("watch", [account(null, "10")]),
    wallet("hd", [account(null, "2")]),
    wallet("key", [account(null, "1")]),
  ]);
  expect(vaultWei(rows)).toBe(3n);
});

it.each([
  [0n, "0"],
  [1n, "0"],
  [10n ** 14n, "0.0001"],
  [1_234n * 10n ** 18n + 5n * 10n ** 17n, "1,234.5"],
])("shows %s wei as %s coins", (wei, shown) => {
  expect(coinsOfWei(wei)).toBe(shown);
});
