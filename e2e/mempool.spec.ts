/** The mempool: what waits and for what, what was refused, the fees, and when blocks are made. */
import { expect, test } from "./fixtures.ts";

const mining = "/api/blockchain/mining";

test.afterEach(async ({ request, platform }) => {
  await request.post(platform.url(mining, "blockchain"), { data: { mode: "auto" } });
});

test("a transfer waits until a block is asked for", async ({
  page,
  open,
  request,
  platform,
  expectAccessible,
}) => {
  await open("/blockchain/mempool");
  await page.getByText("When told", { exact: true }).click();
  await expect(page.getByLabel("Verdict")).toContainText("a block comes when it is asked for");
  const sent = request.post(platform.url("/api/blockchain/transactions", "blockchain"), {
    data: { from: "0x123...", to: "0x456...", amount: "0.5", type: "transfer" },
  });
  const waiting = page.getByRole("table", { name: "Waiting transactions" });
  await expect(waiting).toContainText("a block to be asked for");
  await expectAccessible();
  await page.getByRole("button", { name: "Mine a block" }).click();
  expect((await sent).status()).toBe(200);
  await expect(page.getByRole("region", { name: "Mining" })).toContainText(
    /Mined block [\d,]+ with 1 transaction\./,
  );
  await expect(page.getByText("Nothing waits. Set mining")).toBeVisible();
  await page.getByText("At once", { exact: true }).click();
  await expect(page.getByLabel("Verdict")).toContainText("as soon as something waits");
});

test("a nonce that runs ahead names the one that is missing", async ({
  page,
  open,
  request,
  platform,
}) => {
  const rpc = (method: string, params: unknown[]) =>
    request.post(platform.url("/", "blockchain"), {
      data: { jsonrpc: "2.0", id: 1, method, params },
    });
  const { result } = (await (await rpc("eth_accounts", [])).json()) as { result: string[] };
  const [, , , , , , , last] = result;
  const ahead = { from: last, to: last, nonce: "0x7", value: "0x1", gas: "0x5208" };
  // It is answered when it is mined or given up.
  rpc("eth_sendTransaction", [ahead]).catch(() => {});
  await open("/blockchain/mempool");
  await expect(page.getByRole("table", { name: "Waiting transactions" })).toContainText(
    "nonce 0 is missing",
  );
});

test("fees are a chart and a table", async ({ page, open }) => {
  await open("/blockchain/mempool");
  await expect(page.getByRole("figure", { name: /Base fee and gas used by block/ })).toBeVisible();
  await page.getByRole("button", { name: "Show as table" }).click();
  await expect(page.getByRole("table", { name: "Fees of the last blocks" })).toBeVisible();
});

test("gas is shown by contract and method", async ({ page, open, request, platform }) => {
  const rpc = async (method: string, params: unknown[]) => {
    const data = { jsonrpc: "2.0", id: 1, method, params };
    const answer = await request.post(platform.url("/", "blockchain"), { data });
    return ((await answer.json()) as { result: unknown }).result;
  };
  const [from] = (await rpc("eth_accounts", [])) as string[];
  // A contract whose code stops at once.
  const made = await rpc("eth_sendTransaction", [{ from, data: "0x600060005360016000f3" }]);
  const { contractAddress: to } = (await rpc("eth_getTransactionReceipt", [made])) as {
    contractAddress: string;
  };
  await rpc("eth_sendTransaction", [{ from, to, data: `0xa9059cbb${"00".repeat(64)}` }]);
  await open("/blockchain/mempool");
  const table = page.getByRole("table", { name: "Gas by contract and method" });
  await expect(table.getByRole("row").filter({ hasText: "transfer(address,uint256)" })).toHaveCount(
    1,
  );
  await expect(table).toContainText("creation and others");
  await page.getByText("60 blocks", { exact: true }).click();
  await expect(page.getByRole("region", { name: "Gas by contract and method" })).toContainText(
    /gas in [\d,]+ transactions; calls/,
  );
});
