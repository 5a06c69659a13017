/** Contracts over the built platform: compile, deploy by JSON-RPC, explain, debug, verify, test. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

const base = "/api/blockchain/contracts";
const source = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import "lab/Test.sol";
contract Tally {
  uint256 public total;
  function add(uint256 amount) external {
    require(amount < 100, "too much");
    total += amount;
  }
}
contract TallyTest is Test {
  function testAdds() public {
    Tally tally = new Tally();
    tally.add(2);
    assertEq(tally.total(), 2);
  }
}
`;

let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess();
});
afterAll(async () => {
  await platform.stopCleanly();
});

async function send(path: string, body: object, method = "POST"): Promise<Response> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(platform.url(path, 6), {
    method,
    headers,
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return answer;
}
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
const post = async <Answer>(path: string, body: object) =>
  (await (await send(path, body)).json()) as Answer;
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
const call = async <Answer>(method: string, ...params: unknown[]) =>
  (await post<{ result: Answer }>("/", { jsonrpc: "2.0", id: 1, method, params })).result;

it("goes from source to a verified, debugged and tested contract", async () => {
  const { id } = await post<{ id: string }>(`${base}/compile`, {
    sources: { "Tally.sol": source },
  });
  const encode = async (name: string | null, values: string[]) =>
    (
      await post<{ data: string }>(`${base}/compilations/${id}/encode`, {
        contract: "Tally",
        function: name,
        arguments: values,
      })
    ).data;
  const [from] = await call<string[]>("eth_accounts");
  const transact = async (fields: object) => {
    const hash = await call<string>("eth_sendTransaction", { from, gas: "0x1e8480", ...fields });
    return call<Record<string, string>>("eth_getTransactionReceipt", hash);
  };
  const deployed = await transact({ data: await encode(null, []) });
  const address = deployed["contractAddress"]!;
  expect(await post(`${base}/deployments`, { address, id, contract: "Tally" })).toMatchObject({
    verification: { match: "exact" },
    deployment: { contract: "Tally" },
  });

  const added = await transact({ to: address, data: await encode("add", ["7"]) });
  const sent = { source: { kind: "transaction", hash: added["transactionHash"] } };
  const explained = await post<{ gasUsed: number }>(`${base}/explain`, sent);
  expect(explained).toMatchObject({ calls: [{ text: "Tally.add(7)" }], failure: null });
  expect(explained.gasUsed).toBe(Number(added["gasUsed"]));
  const session = await post<{ id: string }>(`${base}/debug`, sent);
  const line = source.split("\n").findIndex((text) => text.includes("total += amount")) + 1;
  await send(
    `${base}/debug/${session.id}/breakpoints`,
    { breakpoints: [{ kind: "line", file: "Tally.sol", line }] },
    "PUT",
  );
  expect(await post(`${base}/debug/${session.id}/move`, { command: "continue" })).toMatchObject({
    span: { line },
    callStack: [{ title: "Tally.add" }],
  });

  const data = await encode("add", ["100"]);
  expect(
    await post(`${base}/explain`, { source: { kind: "call", to: address, data } }),
  ).toMatchObject({ failure: { message: 'reverted with reason "too much"' } });
  expect(await post(`${base}/storage`, { address })).toMatchObject({
    rows: [{ name: "total", text: "7" }],
  });
  const tests = await (await send(`${base}/compilations/${id}/tests`, {})).text();
  expect(tests).toContain('"name":"testAdds","passed":true');
});
