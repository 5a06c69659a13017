/** Tokens found on the chain, with who holds them and what was transferred. */
import type { APIRequestContext } from "@playwright/test";
import { expect, type PlatformHandle, test } from "./fixtures.ts";

const base = "/api/blockchain/contracts";
const alice = "0x123c12f1c201836818aB99575aA9CEb15b7BCf53";
const holder = "0x00000000000000000000000000000000000000aA";

/** The template of ERC-20 with a supply of 1,000 and one transfer of 250. */
async function deployToken(
  request: APIRequestContext,
  platform: PlatformHandle,
  name: string,
): Promise<string> {
  const url = (path: string) => platform.url(path, "blockchain");
  const post = async <Answer>(path: string, data: object) => {
    const answer = await request.post(url(path), { data });
    expect(answer.status(), await answer.text()).toBe(200);
    return (await answer.json()) as Answer;
  };
  const rpc = async <Answer>(method: string, ...params: unknown[]) =>
    (await post<{ result: Answer }>("/", { jsonrpc: "2.0", id: 1, method, params })).result;
  const { templates } = (await (await request.get(url(`${base}/templates`))).json()) as {
    templates: { id: string; contract: string; sources: Record<string, string> }[];
  };
  const template = templates.find(({ id }) => id === "erc20");
  const { id } = await post<{ id: string }>(`${base}/compile`, { sources: template?.sources });
  const encode = async (called: string | null, values: string[]) =>
    (
      await post<{ data: string }>(`${base}/compilations/${id}/encode`, {
        contract: "Token",
        function: called,
        arguments: values,
      })
    ).data;
  const unit = "000000000000000000";
  const deployment = await encode(null, [name, "TST", `1000${unit}`]);
  const hash = await rpc<string>("eth_sendTransaction", { from: alice, data: deployment });
  const receipt = await rpc<{ contractAddress: string }>("eth_getTransactionReceipt", hash);
  const data = await encode("transfer", [holder, `250${unit}`]);
  await rpc("eth_sendTransaction", { from: alice, to: receipt.contractAddress, data });
  return receipt.contractAddress;
}

for (const colorScheme of ["dark", "light"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("a token is listed with its holders and transfers", async ({
      page,
      open,
      request,
      platform,
      expectAccessible,
    }) => {
      test.setTimeout(120_000);
      const name = `Test coin ${colorScheme}`;
      const address = await deployToken(request, platform, name);
      await open("/blockchain/tokens");
      const list = page.getByRole("table", { name: "Tokens" });
      const row = list.getByRole("row").filter({ hasText: name });
      await expect(row).toContainText("1,000");
      await expect(row).toContainText("ERC-20");
      await expectAccessible();
      await row.getByRole("link", { name }).click();
      await expect(page).toHaveURL(new RegExp(`/blockchain/tokens/${address}$`, "i"));
      await expect(page.getByLabel("Verdict")).toContainText("2 holders after 2 transfers");
      const holders = page.getByRole("table", { name: "Holders" });
      await expect(holders.getByRole("row").nth(1)).toContainText("Alice");
      await expect(holders.getByRole("row").nth(1)).toContainText("75.00");
      await expect(holders.getByRole("row").nth(2)).toContainText("250");
      const transfers = page.getByRole("table", { name: "Transfers" });
      await expect(transfers.getByRole("row")).toHaveCount(3);
      await expect(transfers).toContainText("nobody");
      await expectAccessible();
    });
  });
}
