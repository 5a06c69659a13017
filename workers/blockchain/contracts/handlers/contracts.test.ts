import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytesToHex } from "@ethereumjs/util";
import type { Chain } from "../../node/chain.ts";
import { account, Laboratory } from "../../testing/laboratory.ts";
import type { Hex } from "../artefact.ts";
import { ledgerChain } from "../ledger-chain.ts";
import { openWorkshopDatabase } from "../store/workshop-database.ts";
import { WorkshopStore } from "../store/workshop-store.ts";
import { templates } from "../templates/templates.ts";
import { Contracts } from "./contracts.ts";
import { builtEntries, WorkshopThreads } from "./workshop-threads.ts";

const source = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import "hardhat/console.sol";
contract Counter {
  event Up(address indexed who, uint256 count);
  uint256 public immutable step;
  uint256 public count;
  constructor(uint256 step_) { step = step_; }
  function up(uint256 times) external {
    require(times < 10, "too often");
    for (uint256 i = 0; i < times; i++) {
      count += step;
    }
    console.log("count is %d", count);
    emit Up(msg.sender, count);
  }
}
`;
const sources = { "Counter.sol": source };
const settings = {
  optimizer: { enabled: false, runs: 200 },
  evmVersion: "prague" as const,
  viaIR: false,
};
const lineOf = (text: string) => source.split("\n").findIndex((line) => line.includes(text)) + 1;

const laboratory = new Laboratory();
let chain: Chain;
let contracts: Contracts;
let id: string;
let address: Hex;
let nonce = 0n;

/** Transactions that arrive together are mined in one block. */
async function send(
  ...calls: { to?: Hex; data: Hex }[]
): Promise<{ hash: Hex; gasUsed: bigint }[]> {
  const sent = calls.map(({ to, data }) => {
    const fields = { data, nonce, gasLimit: 2_000_000n, ...(to !== undefined && { to }) };
    nonce += 1n;
    return chain.submit(laboratory.signed(chain, account(0), fields));
  });
  const mined = await Promise.all(sent);
  return mined.map(({ transaction: { hash, gasUsed } }) => ({ hash: bytesToHex(hash), gasUsed }));
}

const up = async (times: number): Promise<Hex> => {
  const { data } = await contracts.encode({
    id,
    contract: "Counter",
    function: "up",
    arguments: [String(times)],
    libraries: {},
  });
  return data as Hex;
};
const code = (problem: string) => expect.objectContaining({ code: problem });

beforeAll(async () => {
  chain = await laboratory.open();
  const store = new WorkshopStore(openWorkshopDatabase(null, 0));
  const view = ledgerChain(chain);
  const threads = new WorkshopThreads(builtEntries(), store, async () => view);
  contracts = new Contracts(threads, store, { now: () => 1, randomId: randomUUID });
  const compilation = await contracts.compile({ sources, settings }, undefined);
  ({ id } = compilation);
  const { data } = await contracts.encode({
    id,
    contract: "Counter",
    function: null,
    arguments: [3],
    libraries: {},
  });
  const [deployed] = await send({ data: data as Hex });
  const row = chain.index.transaction(Buffer.from(deployed!.hash.slice(2), "hex"));
  address = bytesToHex(row!.contract!);
});
afterAll(async () => {
  await contracts.close();
  await laboratory.close();
});

describe("a mined transaction", () => {
  it("is explained: gas as in its receipt, calls, events and what it printed", async () => {
    const data = await up(2);
    // Several in one block: each is traced after those before it.
    const sent = await send({ to: address, data }, { to: address, data }, { to: address, data });
    for (const [place, { hash, gasUsed }] of sent.entries()) {
      const explained = await contracts.explain(
        { source: { kind: "transaction", hash } },
        undefined,
      );
      expect(BigInt(explained.gasUsed)).toBe(gasUsed);
      expect(explained.console).toEqual([`count is ${6 * (place + 1)}`]);
      expect(explained.failure).toBeNull();
      expect(explained.calls[0]?.text).toBe("Counter.up(2)");
      expect(explained.events[0]).toMatchObject({ name: "Up", address });
      const line = explained.profile.lines.find((one) => one.line === lineOf("count += step"));
      expect(line?.hits).toBeGreaterThanOrEqual(2);
    }
  });

  it("that failed has a stack trace", async () => {
    const [failed] = await send({ to: address, data: await up(12) });
    const { failure } = await contracts.explain(
      { source: { kind: "transaction", hash: failed!.hash } },
      undefined,
    );
    expect(failure).toMatchObject({ kind: "reason", message: 'reverted with reason "too often"' });
    expect(failure?.lines[0]?.text).toBe(`at Counter.up (Counter.sol:${lineOf("too often")}:5)`);
  });

  it("that is none is said to be", async () => {
    const hash = `0x${"ab".repeat(32)}`;
    await expect(
      contracts.explain({ source: { kind: "transaction", hash } }, undefined),
    ).rejects.toEqual(code("TRANSACTION_UNKNOWN"));
  });
});

describe("a debug session", () => {
  it("is walked through by commands", async () => {
    const [sent] = await send({ to: address, data: await up(2) });
    const opened = await contracts.openDebug(
      { source: { kind: "transaction", hash: sent!.hash } },
      undefined,
    );
    const breakpoints = [
      { kind: "line" as const, file: "Counter.sol", line: lineOf("count += step") },
    ];
    await contracts.setBreakpoints({ id: opened.id, breakpoints });
    const first = await contracts.moveDebug({ id: opened.id, command: "continue" });
    expect(first).toMatchObject({ span: { line: lineOf("count += step") }, contract: "Counter" });
    expect(first.callStack[0]?.parameters).toEqual([
      { depth: 0, name: "times", type: "uint256", text: "2" },
    ]);
    const before = await contracts.debugVariables({ id: opened.id });
    expect(before.locals.map(({ name, text }) => [name, text])).toEqual([
      ["times", "2"],
      ["i", "0"],
    ]);
    await contracts.moveDebug({ id: opened.id, command: "continue" });
    const after = await contracts.debugVariables({ id: opened.id });
    const count = ({ state }: typeof after) =>
      Number(state.find(({ name }) => name === "count")?.text);
    expect(count(after) - count(before)).toBe(3);
    expect((await contracts.moveDebug({ id: opened.id, step: 0 })).step).toBe(0);
    expect((await contracts.debugMemory({ id: opened.id })).calldata).toBe(await up(2));
    await expect(contracts.moveDebug({ id: opened.id, step: 10 ** 7 })).rejects.toEqual(
      code("NOTHING_TO_DEBUG"),
    );
    const { around } = await contracts.moveDebug({ id: opened.id, step: 20 });
    expect(around.map(({ step }) => step)).toEqual(Array.from({ length: 25 }, (_, at) => at + 8));
    const text = async (file: string) =>
      (await contracts.debugSource({ id: opened.id, file })).text;
    expect(await text("Counter.sol")).toBe(source);
    expect(await text("Other.sol")).toBeNull();
    await contracts.closeDebug({ id: opened.id });
    await expect(contracts.debug({ id: opened.id })).rejects.toEqual(code("DEBUG_SESSION_UNKNOWN"));
  });

  it("is opened on a call, which changes nothing", async () => {
    const call = {
      kind: "call" as const,
      from: account(0).address,
      to: address,
      data: await up(1),
      value: "0",
      gas: 1_000_000,
      block: "latest" as const,
    };
    const height = chain.height;
    const opened = await contracts.openDebug({ source: call }, undefined);
    expect(opened.steps).toBeGreaterThan(100);
    expect(chain.height).toBe(height);
    const transfer = { ...call, to: account(1).address, data: "0x" };
    await expect(contracts.openDebug({ source: transfer }, undefined)).rejects.toEqual(
      code("NOTHING_TO_DEBUG"),
    );
  });
});

describe("code on the chain", () => {
  it("is verified by compiling again, immutable variables aside", async () => {
    const exact = await contracts.verify(
      { address, contract: "Counter", sources, settings },
      undefined,
    );
    expect(exact.verification).toMatchObject({
      match: "exact",
      immutables: [{ name: "step", value: `0x${"3".padStart(64, "0")}` }],
    });
    const commented = { "Counter.sol": `${source}// another comment\n` };
    const close = await contracts.verify(
      { address, contract: "Counter", sources: commented, settings },
      undefined,
    );
    expect(close.verification.match).toBe("without metadata");
    const changed = { "Counter.sol": source.replace("times < 10", "times < 11") };
    const other = await contracts.verify(
      { address, contract: "Counter", sources: changed, settings },
      undefined,
    );
    expect(other.verification).toMatchObject({ match: "none" });
    expect(other.verification.sentence).toContain("first differs at byte");
    const nobody = await contracts.verify(
      { address: account(3).address, contract: "Counter", sources, settings },
      undefined,
    );
    expect(nobody.verification.sentence).toBe("There is no code at the address.");
  });

  it("is noted with its contract when it fits", async () => {
    const note = { id, contract: "Counter", arguments: "0x", transactionHash: null };
    const { deployment } = await contracts.noteDeployment({ ...note, address });
    expect(deployment).toMatchObject({ address, match: "exact" });
    const refused = await contracts.noteDeployment({ ...note, address: account(3).address });
    expect(refused.deployment).toBeNull();
    expect(contracts.deployments().deployments).toHaveLength(1);
    const { rows } = await contracts.storage({ address, keys: [] });
    const call = { kind: "call" as const, from: account(0).address, to: address, value: "0" };
    const data = (
      await contracts.encode({
        id,
        contract: "Counter",
        function: "count",
        arguments: [],
        libraries: {},
      })
    ).data;
    const { result } = await contracts.explain(
      { source: { ...call, data, gas: 100_000, block: "latest" } },
      undefined,
    );
    expect(rows).toEqual([{ depth: 0, name: "count", type: "uint256", text: result![0]!.text }]);
    expect(contracts.forgetDeployment({ address })).toEqual({ address });
    expect(() => contracts.forgetDeployment({ address })).toThrow("No contract is noted");
    await expect(contracts.storage({ address: account(5).address, keys: [] })).rejects.toEqual(
      code("COMPILATION_UNKNOWN"),
    );
  });
});

describe("forms", () => {
  const encode = (name: string | null, values: never[]) =>
    contracts.encode({ id, contract: "Counter", function: name, arguments: values, libraries: {} });

  it("say which value does not fit", async () => {
    await expect(encode("up", [-1 as never])).rejects.toThrow(
      "times is to be within uint256, not -1.",
    );
    await expect(encode("up", ["two" as never])).rejects.toThrow("a whole number");
    await expect(encode("up", [])).rejects.toEqual(code("ARGUMENTS_INVALID"));
    await expect(encode("down", [])).rejects.toThrow("no function down");
  });

  it("are decoded again", async () => {
    const data = await up(7);
    const { decoded } = await contracts.decode({ subject: { kind: "call", data } });
    expect(decoded).toMatchObject({ text: "up(7)", signature: "up(uint256)" });
    const deployment = await encode(null, ["5" as never]);
    const made = await contracts.decode({ subject: { kind: "deployment", ...deployment } });
    expect(made.decoded?.text).toBe("new Counter(5)");
  });
});

describe("workspaces", () => {
  it("keep their versions", () => {
    const content = { sources, settings };
    const made = contracts.createWorkspace({ name: "Mine", ...content });
    expect(made.version).toBe(1);
    expect(() => contracts.createWorkspace({ name: "Mine", ...content })).toThrow("already");
    for (let save = 0; save < 55; save++) {
      contracts.saveWorkspace({ id: made.id, sources: { "A.sol": String(save) }, settings });
    }
    const newest = contracts.workspace({ id: made.id });
    expect(newest).toMatchObject({ version: 56, shown: 56, sources: { "A.sol": "54" } });
    expect(newest.versions).toHaveLength(50);
    expect(contracts.workspace({ id: made.id, version: 20 }).sources).toEqual({ "A.sol": "18" });
    expect(() => contracts.workspace({ id: made.id, version: 1 })).toThrow("no workspace");
    expect(contracts.workspaces().workspaces).toHaveLength(1);
    contracts.deleteWorkspace({ id: made.id });
    expect(() => contracts.deleteWorkspace({ id: made.id })).toThrow("no workspace");
  });
});

describe("streams", () => {
  it("tell how a compile and the tests of a template go", async () => {
    const [template] = templates;
    const events = [];
    let compilation = "";
    const order = { sources: { ...template!.sources }, settings };
    for await (const event of contracts.watchCompile(order, undefined)) {
      events.push(event.kind);
      if (event.kind === "done") compilation = event.compilation.id;
    }
    expect(events.at(-1)).toBe("done");
    let results = 0;
    for await (const event of contracts.runTests({ id: compilation }, undefined)) {
      if (event.kind !== "done") continue;
      results = event.results.length;
      expect(event.results.every(({ passed }) => passed)).toBe(true);
    }
    expect(results).toBe(7);
    const refused = [];
    for await (const event of contracts.watchCompile({ sources: {}, settings }, undefined)) {
      refused.push(event);
    }
    expect(refused.at(-1)).toMatchObject({ kind: "failed", problem: { code: "SOURCES_REFUSED" } });
  });
});
