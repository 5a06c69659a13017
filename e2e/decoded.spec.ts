/** The explorer reads contracts: calls, logs, failures and the calls within, and what a contract answers. */
import type { APIRequestContext } from "@playwright/test";
import { expect, type PlatformHandle, test } from "./fixtures.ts";

const base = "/api/blockchain/contracts";
const alice = "0x123c12f1c201836818aB99575aA9CEb15b7BCf53";
const receiver = "0x00000000000000000000000000000000000000aA";
const source = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
contract Shelf {
  function put(uint256 amount) external pure returns (uint256) {
    require(amount < 100, "too much");
    return amount + 1;
  }
}
contract Shop {
  event Sold(address indexed buyer, uint256 amount, string note);
  Shelf public shelf = new Shelf();
  function sell(address buyer, uint256 amount, string calldata note) external {
    shelf.put(amount);
    emit Sold(buyer, amount, note);
  }
  function twice(uint256 amount) external pure returns (uint256) { return 2 * amount; }
}
`;

interface Shop {
  readonly address: string;
  readonly sell: (amount: string, gas?: string) => Promise<string>;
}

/** Compiles, deploys and notes the shop. */
async function openShop(request: APIRequestContext, platform: PlatformHandle): Promise<Shop> {
  const post = async <Answer>(path: string, data: object) => {
    const answer = await request.post(platform.url(path, "blockchain"), { data });
    expect(answer.status(), await answer.text()).toBe(200);
    return (await answer.json()) as Answer;
  };
  const rpc = async <Answer>(method: string, ...params: unknown[]) =>
    (await post<{ result: Answer }>("/", { jsonrpc: "2.0", id: 1, method, params })).result;
  const { id } = await post<{ id: string }>(`${base}/compile`, { sources: { "Shop.sol": source } });
  const encode = async (name: string | null, values: unknown[]) =>
    (
      await post<{ data: string }>(`${base}/compilations/${id}/encode`, {
        contract: "Shop",
        function: name,
        arguments: values,
      })
    ).data;
  const send = (message: object) => rpc<string>("eth_sendTransaction", { from: alice, ...message });
  const hash = await send({ data: await encode(null, []) });
  const { contractAddress: address } = await rpc<{ contractAddress: string }>(
    "eth_getTransactionReceipt",
    hash,
  );
  await post(`${base}/deployments`, { address, id, contract: "Shop", transactionHash: hash });
  return {
    address,
    sell: async (amount, gas) =>
      send({
        to: address,
        data: await encode("sell", [receiver, amount, "a note"]),
        ...(gas && { gas }),
      }),
  };
}

for (const colorScheme of ["dark", "light"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test("a call is decoded, with its logs and the calls within it", async ({
      page,
      open,
      request,
      platform,
      expectAccessible,
    }) => {
      test.setTimeout(120_000);
      const shop = await openShop(request, platform);
      await open(`/blockchain/transactions/${await shop.sell("42")}`);
      const call = page.getByRole("region", { name: "Call", exact: true });
      await expect(call).toContainText("sell(address,uint256,string)", { timeout: 20_000 });
      const parameters = call.getByRole("table", { name: "Parameters of the call" });
      await expect(parameters.getByRole("row", { name: /amount/ })).toContainText("42");
      const logs = page.getByRole("region", { name: "Logs (1)" });
      await expect(logs).toContainText("Sold(address,uint256,string)");
      await expect(logs.getByRole("table", { name: "Parameters of log 0" })).toContainText(
        "a note",
      );
      const tree = page.getByRole("list", { name: "Calls" });
      await expect(tree.getByRole("listitem")).toHaveCount(2, { timeout: 20_000 });
      await expect(tree.getByRole("listitem").nth(1)).toContainText("put");
      await expectAccessible();
      await call.getByText("Raw", { exact: true }).click();
      await expect(call).toContainText("Calls the function with selector");
      await logs.getByText("Raw", { exact: true }).click();
      await expect(logs).toContainText("Topic 0, the event");
    });
  });
}

test("a reverted call says why, and a contract's page asks it", async ({
  page,
  open,
  request,
  platform,
  expectAccessible,
}) => {
  test.setTimeout(120_000);
  const shop = await openShop(request, platform);
  await open(`/blockchain/transactions/${await shop.sell("100", "0x30000")}`);
  await expect(page.getByLabel("Verdict")).toContainText("reverted");
  const why = page.getByRole("group", { name: "Why it failed" });
  await expect(why).toContainText("too much", { timeout: 20_000 });
  await expect(why).toContainText("Shelf.put");

  await open(`/blockchain/addresses/${shop.address}`);
  const contract = page.getByRole("region", { name: "Contract", exact: true });
  await expect(contract).toContainText("verified, exact match");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Shop");
  await contract.locator("summary").filter({ hasText: "twice(uint256)" }).click();
  const form = contract.getByRole("form", { name: "twice" });
  await form.getByRole("textbox").fill("x");
  await form.getByRole("button", { name: "Read twice" }).click();
  await expect(form).toContainText("uint256");
  await form.getByRole("textbox").fill("21");
  await form.getByRole("button", { name: "Read twice" }).click();
  await expect(form.getByRole("table", { name: "Result of twice" })).toContainText("42");
  await expectAccessible();
});
