import { expect, it } from "vitest";
import { snippetsFor, walletFields, webSocketUrl } from "./snippets.ts";

const chain = {
  url: "http://localhost:3006",
  chainId: 1337,
  coin: "ETH",
  hardfork: "prague",
  from: `0x${"1".repeat(40)}`,
  to: `0x${"2".repeat(40)}`,
};

it("gives every tool the address of this chain", () => {
  const snippets = snippetsFor(chain);
  expect(snippets.map(({ name }) => name)).toEqual([
    "viem",
    "ethers",
    "Hardhat",
    "Foundry, cast",
    "Foundry, forge",
    "curl, JSON-RPC",
    "curl, REST",
  ]);
  for (const { code } of snippets) expect(code).toContain(chain.url);
  expect(walletFields(chain).map(([, value]) => value)).toContain("1337");
  expect(webSocketUrl("https://host:1")).toBe("wss://host:1");
});

it("writes JSON that curl can send", () => {
  const bodies = snippetsFor(chain)
    .filter(({ name }) => name.startsWith("curl"))
    .map(({ code }) => JSON.parse(/-d '(.*)'/s.exec(code)?.[1] ?? "") as object);
  expect(bodies).toMatchObject([{ method: "eth_blockNumber" }, { type: "transfer" }]);
});
