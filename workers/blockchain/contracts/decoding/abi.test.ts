import fc from "fast-check";
import { AbiCoder, Interface } from "ethers";
import { describe, expect, it } from "vitest";
import { type Abi, parseAbi } from "viem";
import type { Hex } from "../artefact.ts";
import { callText, decodeConstructor, KnownInterfaces } from "./abi.ts";
import { standardAbis } from "./standard-abis.ts";
import { consoleLine, formatLine } from "./console.ts";
import { bareTypes, consoleTypes } from "./console-types.ts";

const text = [
  "struct Order { address maker; uint256[] amounts; string note; }",
  "constructor(uint256 start, string name)",
  "function fill(Order order, bytes4 tag) returns (bool done)",
  "function transfer(address to, uint256 amount) returns (bool)",
  "event Transfer(address indexed from, address indexed to, uint256 value)",
  "event Noted(string indexed topic, string text, bytes32 indexed key)",
  "error TooPoor(address who, uint256 wants)",
];
const abi: Abi = parseAbi(text);
const known = new KnownInterfaces([abi]);
/** Another implementation encodes what is decoded here. */
const ethers = new Interface([
  "constructor(uint256 start, string name)",
  "function fill((address maker, uint256[] amounts, string note) order, bytes4 tag) returns (bool done)",
  "function transfer(address to, uint256 amount) returns (bool)",
  "event Transfer(address indexed from, address indexed to, uint256 value)",
  "event Noted(string indexed topic, string text, bytes32 indexed key)",
  "error TooPoor(address who, uint256 wants)",
]);
const maker = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

describe("what another implementation encodes", () => {
  it("is decoded again: calls and results", () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }), { maxLength: 5 }),
        fc.string({ unit: "grapheme" }),
        (amounts, note) => {
          const data = ethers.encodeFunctionData("fill", [[maker, amounts, note], "0x01020304"]);
          const call = known.call(data as Hex)!;
          expect(call.signature).toBe("fill((address,uint256[],string),bytes4)");
          expect(callText(call.name, call.parameters)).toBe(
            `fill([${maker}, [${amounts.join(", ")}], ${JSON.stringify(note)}], 0x01020304)`,
          );
          expect(call.parameters[0]?.value.type).toBe("tuple");
        },
      ),
    );
    const data = ethers.encodeFunctionData("transfer", [maker, 5n]) as Hex;
    const output = ethers.encodeFunctionResult("transfer", [true]) as Hex;
    expect(known.result(data, output)).toEqual([
      { name: "", value: { type: "bool", text: "true" } },
    ]);
  });

  it("events, whose indexed texts are only there as hashes", () => {
    const { topics, data } = ethers.encodeEventLog("Noted", [
      "topic",
      "hello",
      `0x${"ab".repeat(32)}`,
    ]);
    const event = known.event(topics as Hex[], data as Hex)!;
    expect(event.parameters.map(({ name, value }) => [name, value.text])).toEqual([
      ["topic", `known by its hash ${topics[1]} alone`],
      ["text", '"hello"'],
      ["key", `0x${"ab".repeat(32)}`],
    ]);
    const moved = ethers.encodeEventLog("Transfer", [maker, maker, 9n]);
    expect(known.event(moved.topics as Hex[], moved.data as Hex)).toMatchObject({
      signature: "Transfer(address,address,uint256)",
    });
    expect(known.event(moved.topics.slice(0, 2) as Hex[], moved.data as Hex)).toBeNull();
  });

  it("errors, with what panics mean", () => {
    const coder = AbiCoder.defaultAbiCoder();
    const reason = `0x08c379a0${coder.encode(["string"], ["no luck"]).slice(2)}` as Hex;
    expect(known.failure(reason)).toMatchObject({ kind: "reason", text: "no luck" });
    const panic = `0x4e487b71${coder.encode(["uint256"], [0x32]).slice(2)}` as Hex;
    expect(known.failure(panic)).toMatchObject({
      kind: "panic",
      text: "panic 0x32: array index out of bounds",
    });
    const custom = ethers.encodeErrorResult("TooPoor", [maker, 3n]) as Hex;
    expect(known.failure(custom)).toMatchObject({
      kind: "custom error",
      text: `TooPoor(${maker}, 3)`,
    });
    expect(known.failure("0x")).toMatchObject({ kind: "none" });
    expect(known.failure("0xdeadbeef")).toMatchObject({ kind: "unknown", text: "0xdeadbeef" });
    expect(known.failure("0x08c379a0ff")).toMatchObject({ kind: "unknown" });
  });

  it("arguments of constructors", () => {
    const data = `0x6001${ethers.encodeDeploy([5n, "x"]).slice(2)}` as Hex;
    expect(decodeConstructor(abi, data, 2)?.map(({ value }) => value.text)).toEqual(["5", '"x"']);
    expect(decodeConstructor(abi, "0x6001", 2)).toBeNull();
  });

  it("and nothing is made of a selector that nobody knows", () => {
    expect(known.call("0x12345678")).toBeNull();
    expect(known.call("0x")).toBeNull();
  });
});

describe("console.log", () => {
  it("has Hardhat's overloads", () => {
    expect(consoleTypes()).toHaveLength(1 + 4 + 16 + 64 + 256);
    const unused: Record<string, unknown> = {
      string: "a",
      bool: true,
      address: maker,
      bytes: "0x01",
    };
    for (const types of [...consoleTypes(), ...bareTypes.map((type) => [type])]) {
      const name = `log(${types.join(",")})`;
      const values = types.map((type) =>
        type.startsWith("bytes") && type !== "bytes"
          ? `0x${"01".repeat(Number(type.slice(5)))}`
          : (unused[type] ?? 5n),
      );
      const data = new Interface([`function ${name}`]).encodeFunctionData("log", values);
      expect(consoleLine(data as Hex)).toBe(values.map(String).join(" "));
    }
  });

  it.each([
    [["a %s b %d", "x", 5n], "a x b 5"],
    [["%d%%", 5n], "5%"],
    [["100%", 5n], "100% 5"],
    [["%x %i", 255n, -3n], "0xff -3"],
    [["%s", 1n, true], "1 true"],
    [["%s %s", "only"], "only %s"],
    [[5n, "%s"], "5 %s"],
    [[], ""],
    [["%d", "text"], "NaN"],
    [["%o", "q"], '"q"'],
  ])("formats %s", (values, line) => {
    expect(formatLine(values)).toBe(line);
  });
});

describe("standard interfaces", () => {
  const standard = new KnownInterfaces(standardAbis);
  const to = "0x00000000000000000000000000000000000000aa";
  const from = "0x00000000000000000000000000000000000000bb";

  it("know a call of ERC-20 without its source", () => {
    const data = new Interface([
      "function transfer(address to, uint256 amount)",
    ]).encodeFunctionData("transfer", [to, 5n]) as `0x${string}`;
    expect(standard.call(data)).toMatchObject({ signature: "transfer(address,uint256)" });
  });

  it("tell transfers of ERC-20 and ERC-721 apart by what is indexed", () => {
    const log = (indexed: string) => {
      const event = `event Transfer(address indexed from, address indexed to, uint256 ${indexed} value)`;
      const { topics, data } = new Interface([event]).encodeEventLog("Transfer", [from, to, 7n]);
      return standard.event(topics as `0x${string}`[], data as `0x${string}`);
    };
    const names = (decoded: ReturnType<typeof log>) =>
      decoded?.parameters.map(({ name, value }) => [name, value.text]).at(-1);
    expect(names(log(""))).toEqual(["value", "7"]);
    expect(names(log("indexed"))).toEqual(["tokenId", "7"]);
  });
});
