/** The explorer: every block, transaction and address has a page, and leads to the others. */
import type { APIRequestContext } from "@playwright/test";
import { expect, type PlatformHandle, test } from "./fixtures.ts";

interface Sent {
  readonly hash: string;
  readonly blockNumber: number;
}

async function transfer(request: APIRequestContext, platform: PlatformHandle): Promise<Sent> {
  const answer = await request.post(platform.url("/api/blockchain/transactions", "blockchain"), {
    data: { from: "0x123...", to: "0x456...", amount: "1.25", type: "transfer" },
  });
  expect(answer.status()).toBe(200);
  return (await answer.json()) as Sent;
}

for (const colorScheme of ["dark", "light"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("every page of it is accessible", async ({
      page,
      open,
      request,
      platform,
      expectAccessible,
    }) => {
      test.setTimeout(90_000);
      const { hash, blockNumber } = await transfer(request, platform);
      for (const [path, heading] of [
        ["/blockchain/transactions", "Explorer"],
        ["/blockchain/addresses", "Explorer"],
        [`/blockchain/blocks/${blockNumber}`, /^Block /],
        [`/blockchain/transactions/${hash}`, /^Transaction 0x/],
        ["/blockchain/addresses/0x123", "Alice"],
      ] as const) {
        await open(path);
        await expect(page.getByRole("heading", { name: heading, level: 1 })).toBeVisible();
        await expect(page.getByRole("table").or(page.getByText("Receipt")).first()).toBeVisible();
        await expectAccessible();
      }
    });
  });
}

test("a transfer is followed from block to transaction to address", async ({
  page,
  open,
  request,
  platform,
}) => {
  const { hash, blockNumber } = await transfer(request, platform);
  await open(`/blockchain/blocks/${blockNumber}`);
  await expect(page).toHaveTitle(new RegExp(`^Block ${blockNumber}`));
  const list = page.getByRole("table", { name: `Transactions of block ${blockNumber}` });
  await list.getByRole("link", { name: /^Transaction / }).click();
  await expect(page).toHaveURL(new RegExp(`/blockchain/transactions/${hash}$`));
  await expect(page.getByLabel("Verdict")).toContainText("Transfer of 1.25 ETH, succeeded");
  await page.reload();
  const receipt = page.getByRole("region", { name: "Receipt" });
  await receipt.getByRole("link", { name: /^Account 0x456/ }).click();
  await expect(page.getByRole("heading", { name: "Bob", level: 1 })).toBeVisible();
  await expect(page.getByRole("table", { name: /account/ })).toContainText("1.25");
  await page.goBack();
  await expect(receipt).toBeVisible();
});

test.describe("the search box", () => {
  test.use({ allowedConsoleErrors: [/status of 40[49]/] });

  test("finds blocks, hashes, addresses, abbreviations and names", async ({
    page,
    open,
    request,
    platform,
  }) => {
    const { hash } = await transfer(request, platform);
    await open("/blockchain/blocks");
    const box = page.getByRole("textbox", { name: "Search the chain" });
    const search = async (text: string) => {
      await box.fill(text);
      await box.press("Enter");
    };
    const heading = (name: string | RegExp) => page.getByRole("heading", { name, level: 1 });
    await search("0");
    await expect(heading("Block 0")).toBeVisible();
    await search(hash);
    await expect(heading(/^Transaction 0x/)).toBeVisible();
    await search("0x456...");
    await expect(heading("Bob")).toBeVisible();
    await search("alice");
    await expect(heading("Alice")).toBeVisible();
    await search("99999999");
    await expect(page.getByText("BLOCK_UNKNOWN")).toBeVisible();
    await search(`0x${"0".repeat(64)}`);
    await expect(page.getByText("No transaction and no block")).toBeVisible();
    await search("?!");
    await expect(page.getByText(/^A block number, a hash/)).toBeVisible();
  });
});

test("lists open rows from the keyboard, and new blocks appear by themselves", async ({
  page,
  open,
  request,
  platform,
}) => {
  await transfer(request, platform);
  await open("/blockchain/blocks");
  const blocks = page.getByRole("table", { name: "Blocks" });
  await expect(blocks.getByRole("row").nth(1)).toBeVisible();
  const { blockNumber } = await transfer(request, platform);
  const shown = blockNumber.toLocaleString("en-US");
  await expect(blocks.getByRole("link", { name: `Block ${shown}`, exact: true })).toBeVisible();
  await blocks.getByRole("row").nth(1).focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(
    `Block ${(blockNumber - 1).toLocaleString("en-US")}`,
  );
  await page.getByRole("button", { name: "Next block" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Block ${shown}`);
});
