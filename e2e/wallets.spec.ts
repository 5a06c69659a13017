/** The wallets: a vault, words shown once, sending and signing, the lock, and no secret left behind. */
import { verifyMessage, verifyTypedData, Wallet } from "ethers";
import type { Page } from "@playwright/test";
import { expect, type PlatformHandle, test } from "./fixtures.ts";

const passphrase = "correct horse battery staple";
const privateKey = "0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318";
const imported = new Wallet(privateKey).address;
const bob = "0x456D24eb2Fcf0d7a6b8b80b84b3D83fB2A5d3D45";
const base = "/api/blockchain/wallets";

/** Every spec begins without a vault. */
async function forget(page: Page, platform: PlatformHandle) {
  await page.request.post(platform.url(`${base}/vault/forget`), {
    data: { confirm: "destroy all keys" },
  });
}

test.beforeEach(async ({ page, platform }) => forget(page, platform));
test.afterEach(async ({ page, platform }) => forget(page, platform));

async function withKey(page: Page, platform: PlatformHandle) {
  const post = (path: string, data: object) => page.request.post(platform.url(path), { data });
  await post(`${base}/vault`, { passphrase });
  await post(`${base}/import/key`, { name: "Imported", privateKey });
}

for (const colorScheme of ["dark", "light"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("a new mnemonic is shown once and stored by two of its words", async ({
      page,
      open,
      expectAccessible,
    }) => {
      test.setTimeout(90_000);
      await open("/blockchain/wallets");
      await expect(page.getByLabel("Verdict")).toContainText("There is no vault yet");
      await expect(page.getByRole("table", { name: "Accounts" })).toContainText("public keys");
      await expectAccessible();
      const vault = page.getByRole("region", { name: "Vault" });
      await vault.getByLabel("Passphrase", { exact: true }).fill(passphrase);
      await vault.getByLabel("Passphrase again").fill("another passphrase");
      await vault.getByRole("button", { name: "Create vault" }).click();
      await expect(vault).toContainText("The two are not the same");
      await vault.getByLabel("Passphrase again").fill(passphrase);
      await vault.getByLabel("Passphrase again").press("Enter");
      await expect(page.getByLabel("Verdict")).toContainText("The vault is unlocked");
      await expect(vault).toContainText(/Locks in (4 min|5 min)/);

      await page.getByRole("button", { name: "New mnemonic…" }).click();
      const dialog = page.getByRole("dialog", { name: "New mnemonic" });
      await dialog.getByRole("button", { name: "Show the words" }).click();
      const list = dialog.getByRole("list", { name: "Words of the mnemonic" });
      await expect(list.getByRole("listitem")).toHaveCount(12);
      await expectAccessible();
      const words = await list.getByRole("listitem").allTextContents();
      await dialog.getByRole("button", { name: "I wrote them down" }).click();
      await dialog.getByLabel("Name").fill("Savings");
      for (const field of await dialog.getByLabel(/^Word \d+$/).all()) {
        const label =
          (await field.evaluate((input) => (input as HTMLInputElement).labels?.[0]?.textContent)) ??
          "";
        await field.fill(words[Number(label.replace("Word ", "")) - 1] ?? "");
      }
      await dialog.getByRole("button", { name: "Store wallet" }).click();
      await expect(dialog).toBeHidden();
      await expect(page.getByRole("table", { name: "Accounts" })).toContainText("Savings");
      const left = await page.content();
      expect(left).not.toContain(words.slice(0, 3).join(" "));

      await page.getByRole("row", { name: /Savings/ }).focus();
      await page.keyboard.press("Enter");
      const drawer = page.getByRole("dialog", { name: "Savings" });
      await drawer.getByText("Keys", { exact: true }).last().click();
      await drawer.getByRole("button", { name: "Derive account" }).click();
      await expect(drawer.getByRole("status")).toContainText("Added 0x");
      await expectAccessible();
      await page.keyboard.press("Escape");
      await expect(drawer).toBeHidden();
      await expect(page.getByRole("table", { name: "Accounts" })).toContainText("Savings 2");
    });
  });
}

test("an imported key sends coins, signs, and shows itself by the passphrase alone", async ({
  page,
  open,
  platform,
}) => {
  test.setTimeout(90_000);
  await withKey(page, platform);
  await open(`/blockchain/wallets?account=${imported}`);
  const drawer = page.getByRole("dialog", { name: "Imported" });
  await drawer.getByRole("button", { name: /^Give it 10 ETH/ }).click();
  await expect(drawer.getByRole("status")).toContainText("Gave 10 ETH");
  await drawer.getByLabel("To", { exact: true }).fill("0x12");
  await drawer.getByRole("button", { name: "Send", exact: true }).click();
  await expect(drawer).toContainText("An address is 0x and 40 hexadecimal digits");
  await drawer.getByLabel("To", { exact: true }).fill(bob);
  await drawer.getByLabel("Amount, ETH").fill("2.5");
  await drawer.getByRole("button", { name: "Send", exact: true }).click();
  await expect(drawer.getByRole("region", { name: "Send" })).toContainText("Sent in block");

  await drawer.getByText("Sign message", { exact: true }).first().click();
  await drawer.getByRole("textbox", { name: "Message" }).fill("hello");
  await drawer.getByRole("button", { name: "Sign message" }).click();
  const message = drawer.getByRole("region", { name: "Sign message" });
  await expect(message.getByRole("status")).toContainText("0x");
  const signature = await message.getByRole("status").locator(".mono").textContent();
  expect(verifyMessage("hello", signature ?? "")).toBe(imported);

  await drawer.getByText("Sign typed data", { exact: true }).first().click();
  const typed = drawer.getByRole("region", { name: "Sign typed data" });
  const text = await typed.getByLabel("Typed data (EIP-712)").inputValue();
  await typed.getByRole("button", { name: "Sign typed data" }).click();
  await expect(typed.getByRole("status")).toContainText("0x");
  const {
    domain,
    types,
    message: content,
  } = JSON.parse(text) as {
    domain: object;
    types: Record<string, { name: string; type: string }[]>;
    message: Record<string, unknown>;
  };
  const ofTyped = await typed.getByRole("status").locator(".mono").textContent();
  expect(verifyTypedData(domain, types, content, ofTyped ?? "")).toBe(imported);

  await drawer.getByText("Keys", { exact: true }).last().click();
  await drawer.getByText("Private key", { exact: true }).click();
  await drawer.getByLabel("Passphrase of the vault").first().fill(passphrase);
  await drawer.getByRole("button", { name: "Show private key" }).click();
  await expect(drawer.getByRole("group", { name: "Private key" })).toContainText(privateKey);
  await drawer.getByRole("button", { name: "Hide now" }).click();
  expect(await page.content()).not.toContain(privateKey.slice(2));
  expect(await page.content()).not.toContain(passphrase);
});

test.describe("locked", () => {
  test.use({ allowedConsoleErrors: [/status of 403/] });

  test("it shows balances, asks for the passphrase, and says when it is wrong", async ({
    page,
    open,
    platform,
    expectAccessible,
  }) => {
    await withKey(page, platform);
    await open("/blockchain/wallets");
    await page.getByRole("button", { name: "Lock now" }).click();
    await expect(page.getByLabel("Verdict")).toContainText("The vault is locked");
    await expect(page.getByRole("button", { name: "Import private key…" })).toBeDisabled();
    await page.getByRole("button", { name: "Watch an address…" }).click();
    const watch = page.getByRole("dialog");
    await watch.getByLabel("Name").fill("Cold");
    await watch.getByLabel("Address").fill(bob);
    await watch.getByRole("button", { name: "Watch" }).click();
    const table = page.getByRole("table", { name: "Accounts" });
    await expect(table).toContainText("watched only");
    await page.getByRole("row", { name: /Imported/ }).dblclick();
    const drawer = page.getByRole("dialog", { name: "Imported" });
    await expect(drawer).toContainText("The vault is locked");
    await expectAccessible();
    await drawer.getByLabel("Passphrase").fill("a wrong one");
    await drawer.getByLabel("Passphrase").press("Enter");
    await expect(drawer.getByRole("alert")).toContainText("PASSPHRASE_WRONG");
    await drawer.getByLabel("Passphrase").fill(passphrase);
    await drawer.getByLabel("Passphrase").press("Enter");
    await expect(drawer.getByRole("region", { name: "Send" })).toBeVisible();
  });
});
