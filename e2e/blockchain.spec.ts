/** The blockchain dashboard: each panel, as a user meets it. */
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

async function send(page: Page, to: string, amount: string): Promise<void> {
  const form = page.getByRole("region", { name: "Send a transfer" });
  await form.getByRole("combobox", { name: "To" }).fill(to);
  await form.getByRole("textbox", { name: "Amount, ETH" }).fill(amount);
  await form.getByRole("button", { name: "Send transfer" }).click();
}

test("a transfer is mined and appears among blocks and transactions", async ({ page, open }) => {
  await open("/blockchain");
  await send(page, "0x456...", "2.5");
  const form = page.getByRole("region", { name: "Send a transfer" });
  await expect(form.getByRole("status")).toContainText("Sent 2.5 ETH in block");
  const block = await form.getByRole("link", { name: /^Block / }).textContent();
  const blocks = page.getByRole("region", { name: "Blocks", exact: true });
  await expect(blocks.getByRole("link", { name: `Block ${block}`, exact: true })).toBeVisible();
  const transactions = page.getByRole("region", { name: "Transactions", exact: true });
  await expect(transactions.getByRole("row").nth(1)).toContainText("success");
  await expect(transactions.getByRole("row").nth(1)).toContainText("2.5");
  await expect(page.getByLabel("Verdict")).toContainText("Mining on demand at height");
});

test("wrong amounts and names are refused with what to do", async ({ page, open }) => {
  await open("/blockchain");
  await send(page, "0x456...", "many");
  const amount = page.getByRole("textbox", { name: "Amount, ETH" });
  await expect(amount).toHaveAttribute("aria-invalid", "true");
});

test.describe("a refusal of the server", () => {
  test.use({ allowedConsoleErrors: [/status of 40[49]/] });

  test("names the balance, and the candidates of a name", async ({ page, open }) => {
    await open("/blockchain");
    await send(page, "0x456...", "99999999");
    await expect(page.getByRole("alert")).toContainText("BALANCE_TOO_SMALL");
    await expect(page.getByRole("alert")).toContainText("holds");
    await send(page, "0x12...", "1");
    await expect(page.getByRole("alert")).toContainText("ACCOUNT_AMBIGUOUS");
    await send(page, "0xeee1", "1");
    await expect(page.getByRole("alert")).toContainText("ACCOUNT_UNKNOWN");
    await expect(page.getByRole("alert")).toContainText("Alice");
  });
});

test("blocks, transactions and accounts open in a drawer that can be linked to", async ({
  page,
  open,
}) => {
  await open("/blockchain");
  await send(page, "0x456...", "1");
  const form = page.getByRole("region", { name: "Send a transfer" });
  await form.getByRole("link", { name: /^Transaction / }).click();
  const transaction = page.getByRole("dialog", { name: "Transaction" });
  await expect(transaction).toContainText("confirmation");
  await expect(transaction).toContainText("fee market envelope");
  await expect(page).toHaveURL(/tx=0x/);
  await page.reload();
  await expect(transaction).toContainText("success");
  await transaction.getByRole("link", { name: /^Block / }).click();
  const block = page.getByRole("dialog", { name: /^Block / });
  await expect(block).toContainText("State root");
  await expect(block).toContainText("transfer, ");
  await page.keyboard.press("Escape");
  await expect(block).toBeHidden();
  await open("/blockchain?account=0x123...");
  const account = page.getByRole("dialog", { name: "Account" });
  await expect(account).toContainText("Alice");
  await expect(account).toContainText("developer");
  await expect(account.getByRole("table")).toContainText("success");
  await account.getByRole("link", { name: "Open as a page" }).click();
  await page.reload();
  await expect(page.getByRole("heading", { name: "Alice", level: 1 })).toBeVisible();
});

test("a number in the address opens its block", async ({ page, open, expectAccessible }) => {
  await open("/blockchain?block=0");
  const block = page.getByRole("dialog", { name: "Block 0" });
  await expect(block).toContainText("genesis");
  await expectAccessible();
});

test("accounts show names, kinds and balances", async ({ page, open }) => {
  await open("/blockchain");
  const accounts = page.getByRole("region", { name: "Accounts", exact: true });
  await expect(accounts).toContainText("Alice");
  await expect(accounts).toContainText("Bob");
  await expect(accounts.getByRole("row", { name: /Heidi/ })).toContainText("10,000");
});

test("the blockchain's own port opens on its dashboard", async ({ page, platform }) => {
  test.skip(platform.host === "electron", "The window has its own start page.");
  await page.goto(platform.url("/", "blockchain"));
  await expect(page.getByRole("heading", { name: "Blockchain", level: 1 })).toBeVisible();
});
