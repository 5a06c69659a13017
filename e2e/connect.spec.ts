/** Connecting other tools, and the faucet. */
import { expect, test } from "./fixtures.ts";

const wallet = `0x${"c0ffee".repeat(6)}0001`;

test("gives lines for every tool with the real address", async ({ page, open, platform }) => {
  await open("/blockchain/connect");
  const tools = page.getByRole("region", { name: "Wallets and tools" });
  const port = String(platform.portBase + 6);
  for (const tool of [
    "viem",
    "ethers",
    "Hardhat",
    "Foundry, cast",
    "Foundry, forge",
    "curl, JSON-RPC",
    "curl, REST",
  ]) {
    const line = tools.getByRole("listitem").filter({ hasText: `Copy for ${tool}` });
    await expect(line).toContainText(port);
  }
  await expect(tools.getByRole("button", { name: "Copy Chain ID" })).toBeVisible();
  await expect(tools).toContainText(`ws://localhost:${port}`);
  await expect(page.getByRole("region", { name: "Developer accounts" })).toContainText(
    "Their keys are public",
  );
});

test("the faucet gives coins to an address, within its bounds", async ({ page, open }) => {
  await open("/blockchain/connect");
  const faucet = page.getByRole("region", { name: "Faucet" });
  await faucet.getByRole("textbox", { name: "Address" }).fill(wallet);
  await faucet.getByRole("textbox", { name: "Amount, ETH" }).fill("1001");
  await faucet.getByRole("button", { name: "Give coins" }).click();
  await expect(faucet).toContainText("Give at most 1,000");
  await faucet.getByRole("textbox", { name: "Amount, ETH" }).fill("7.5");
  await faucet.getByRole("button", { name: "Give coins" }).click();
  await expect(faucet.getByRole("status")).toContainText("Gave 7.5 ETH in block");
  await faucet.getByRole("link", { name: /^Account 0xC0ffEe/i }).click();
  await expect(page.getByLabel("Verdict")).toContainText("7.5 ETH");
});
