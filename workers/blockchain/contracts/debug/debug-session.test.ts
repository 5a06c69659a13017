import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { keccak256 } from "viem";
import type { Compilation } from "../artefact.ts";
import { rowsOf } from "../decoding/value.ts";
import { compiled, Fixture, head } from "../testing/fixture.ts";
import type { DebugSession } from "./debug-session.ts";

const source = `${head}
library Maths {
  function twice(uint256 x) external pure returns (uint256) {
    return x * 2;
  }
}

contract Ledger {
  uint128 public small = 7;
  bool public flag;
  address public owner;
  mapping(address => uint256) public balances;
  uint256 public total;

  modifier counted(uint256 step) {
    uint256 was = total;
    total = was + step;
    _;
  }

  constructor() {
    owner = msg.sender;
  }

  function add(address to, uint256 amount, string calldata note)
    external
    counted(3)
    returns (uint256 sum)
  {
    uint256 before = balances[to];
    uint256 after_ = plus(before, amount);
    balances[to] = after_;
    bytes memory copy = bytes(note);
    for (uint256 i = 0; i < 2; i++) {
      sum += i;
    }
    sum += Maths.twice(after_) + copy.length;
  }

  function plus(uint256 a, uint256 b) internal pure returns (uint256 c) {
    c = a + b;
    require(c < 1000, "too much");
  }
}

contract Caller {
  Ledger public ledger;
  bool public failed;

  constructor(Ledger target) {
    ledger = target;
  }

  function attempt(uint256 amount) external {
    try ledger.add(address(this), amount, "hello") returns (uint256) {
      failed = false;
    } catch {
      failed = true;
    }
  }
}
`;
const lines = source.split("\n");
/** The number of the line that has a text. */
const lineOf = (text: string) => lines.findIndex((line) => line.includes(text)) + 1;

let compilation: Compilation;
let fixture: Fixture;
let ledger: `0x${string}`;
let caller: `0x${string}`;

beforeAll(async () => {
  compilation = await compiled({ "Ledger.sol": source });
  fixture = await Fixture.open(compilation);
  const maths = await fixture.deploy("Maths");
  const linked = fixture.contract("Ledger").creation as { object: string };
  linked.object = linked.object.replaceAll(/__.{36}__/g, maths.slice(2));
  ledger = await fixture.deploy("Ledger");
  caller = await fixture.deploy("Caller", [ledger]);
});

const holder = "0x00000000000000000000000000000000000000a1";
const open = async (amount = 5n): Promise<DebugSession> =>
  fixture.session(await fixture.call("Ledger", ledger, "add", [holder, amount, "hello"]));
const lineAt = (session: DebugSession) => session.execution.nearestStatement(session.step)?.line;
const goTo = (session: DebugSession, text: string) => {
  session.setBreakpoints([{ kind: "line", file: "Ledger.sol", line: lineOf(text) }]);
  session.perform("start");
  session.perform("continue");
  expect(lineAt(session)).toBe(lineOf(text));
};

describe("a recording", () => {
  it("tells the stack, memory and gas of each step as the machine had them", async () => {
    const seen: { stack: bigint[]; memory: string; gas: number }[] = [];
    fixture.lab.evm.events.on("step", (event) => {
      seen.push({
        stack: event.stack,
        memory: keccak256(event.memory),
        gas: Number(event.gasLeft),
      });
    });
    const { trace, gasUsed } = await fixture.call("Caller", caller, "attempt", [1n]);
    fixture.lab.evm.events.removeAllListeners("step");
    expect(trace.steps.length).toBe(seen.length);
    expect(trace.steps.length).toBeGreaterThan(1_000);
    for (let step = 0; step < seen.length; step++) {
      const { steps } = trace;
      const memory = keccak256(steps.memory(step));
      expect({ stack: steps.stack(step), memory, gas: steps.gasLeft(step) }).toEqual(seen[step]);
    }
    const [root, inner, library] = trace.frames;
    expect(BigInt(root!.gasUsed)).toBe(gasUsed);
    expect([root!.kind, inner!.kind, library!.kind]).toEqual(["CALL", "CALL", "DELEGATECALL"]);
    expect([inner!.address, library!.address]).toEqual([ledger, ledger]);
  });
});

describe("walking by lines", () => {
  it("steps over, into and out of functions, libraries and modifiers", async () => {
    const session = await open();
    goTo(session, "uint256 after_ = plus");
    session.perform("over");
    expect(lineAt(session)).toBe(lineOf("balances[to] = after_"));
    goTo(session, "uint256 after_ = plus");
    session.perform("into");
    expect(lineAt(session)).toBe(lineOf("c = a + b"));
    expect(session.callStack().map(({ title }) => title)).toEqual(["Ledger.plus", "Ledger.add"]);
    session.perform("over");
    expect(lineAt(session)).toBe(lineOf("too much"));
    session.perform("out");
    expect(session.callStack()[0]?.title).toBe("Ledger.add");
    expect(lineAt(session)).toBe(lineOf("uint256 after_ = plus"));
    goTo(session, "sum += Maths.twice");
    session.perform("into");
    expect(session.callStack().map(({ title }) => title)).toEqual(["Maths.twice", "Ledger.add"]);
    goTo(session, "uint256 was = total");
    expect(session.callStack()[0]).toMatchObject({ title: "Ledger.add" });
  });

  it("goes back the way it came", async () => {
    const session = await open();
    for (const [on, back] of [
      ["into", "into back"],
      ["step", "step back"],
    ] as const) {
      session.perform("start");
      session.perform("into");
      const path: number[] = [];
      for (let move = 0; move < 12; move++) {
        path.push(session.step);
        session.perform(on);
      }
      for (const step of path.toReversed()) {
        session.perform(back);
        expect(session.step).toBe(step);
      }
    }
    goTo(session, "balances[to] = after_");
    session.perform("over back");
    expect(lineAt(session)).toBe(lineOf("uint256 after_ = plus"));
    session.perform("over back");
    expect(lineAt(session)).toBe(lineOf("uint256 before = balances"));
  });

  it("stops at breakpoints of all kinds, in both directions", async () => {
    const session = await open();
    session.setBreakpoints([{ kind: "storage write", variable: "balances" }]);
    session.perform("start");
    session.perform("continue");
    expect(session.opcode()).toBe("SSTORE");
    expect(lineAt(session)).toBe(lineOf("balances[to] = after_"));
    session.perform("continue");
    expect(session.step).toBe(session.execution.length - 1);
    session.setBreakpoints([{ kind: "opcode", opcode: "delegatecall" }]);
    session.perform("continue back");
    expect(lineAt(session)).toBe(lineOf("sum += Maths.twice"));
    session.setBreakpoints([{ kind: "storage write", variable: "total" }]);
    session.perform("continue back");
    expect(lineAt(session)).toBe(lineOf("total = was + step"));
    const failing = await open(2_000n);
    failing.setBreakpoints([{ kind: "failure" }]);
    failing.perform("start");
    failing.perform("continue");
    expect(lineAt(failing)).toBe(lineOf("too much"));
  });
});

describe("variables", () => {
  it("of the state are those before the step", async () => {
    const session = await open();
    const table = async () =>
      Object.fromEntries(
        rowsOf(await session.stateVariables()).map(({ name, text }) => [name, text]),
      );
    goTo(session, "balances[to] = after_");
    const key = "[0x00000000000000000000000000000000000000A1]";
    const before = await table();
    expect(before).toMatchObject({ small: "7", flag: "false" });
    session.perform("over");
    const after = await table();
    expect(BigInt(after[key]!) - BigInt(before[key]!)).toBe(5n);
    expect(before["owner"]).toMatch(/^0x[fF]39/);
    session.perform("start");
    const start = await table();
    expect(BigInt(after["total"]!) - BigInt(start["total"]!)).toBe(3n);
  });

  it("of a frame that fails are back to what they were", async () => {
    const result = await fixture.call("Caller", caller, "attempt", [5_000n]);
    expect(result.error).toBeNull();
    const session = fixture.session(result);
    const { execution } = session;
    const inner = execution.trace.frames[1]!;
    expect(inner.error).toBe("revert");
    const total = async (step: number) =>
      rowsOf(await session.stateVariables(step)).find(({ name }) => name === "total")?.text;
    const first = BigInt((await total(inner.firstStep!))!);
    expect(BigInt((await total(inner.lastStep!))!)).toBe(first + 3n);
    session.perform("end");
    expect(rowsOf(await session.stateVariables())).toContainEqual({
      depth: 0,
      name: "failed",
      type: "bool",
      text: "true",
    });
    const after = fixture.session(await fixture.call("Ledger", ledger, "total"));
    after.perform("end");
    const rows = rowsOf(await after.stateVariables());
    expect(rows.find(({ name }) => name === "total")?.text).toBe(String(first));
  });

  it("that are local stand where they were declared", async () => {
    const session = await open();
    goTo(session, "bytes memory copy");
    session.perform("over");
    const { variables, missing } = session.locals();
    expect(missing).toBeNull();
    const table = Object.fromEntries(variables.map(({ name, value }) => [name, value.text]));
    expect(table).toMatchObject({
      to: "0x00000000000000000000000000000000000000A1",
      amount: "5",
      note: '"hello"',
      sum: "0",
      step: "3",
      copy: "0x68656c6c6f",
    });
    expect(BigInt(table["after_"]!) - BigInt(table["before"]!)).toBe(5n);
    goTo(session, "sum += i;");
    expect(session.locals().variables.find(({ name }) => name === "i")?.value.text).toBe("0");
    goTo(session, "c = a + b");
    const plus = session.callStack()[0]!;
    expect(plus.parameters.map(({ name, value }) => [name, value.text])).toEqual([
      ["a", table["before"]],
      ["b", "5"],
    ]);
    goTo(session, "total = was + step");
    const inModifier = session.locals().variables.map(({ name }) => name);
    expect(inModifier).toEqual(["to", "amount", "note", "sum", "step", "was"]);
  });
});

describe("the storage of a contract, decoded", () => {
  it("is what its getters return, whatever was written", async () => {
    const shop = `${head}
contract Shop {
  enum Stage { Draft, Open, Closed }
  type Price is uint64;
  struct Item { uint8 kind; bool sold; string name; int64 delta; }
  struct Crate { Item item; uint16[3] sizes; bytes4 tag; }
  uint8 public a; int16 public b; bool public c; address public d; bytes5 public e; Stage public stage;
  Price public price; int256 public wide;
  string public text; bytes public raw;
  uint24[] internal list; bool[40] internal flags; int8[][2] internal nested;
  Crate internal crate;
  mapping(uint256 => mapping(string => int128)) internal deep;
  mapping(bytes3 => Item) internal items;
  struct Input {
    uint8 a; int16 b; bool c; address d; bytes5 e; Stage s; int256 w; string t; bytes r; uint24[] l; int8[] n;
  }
  function write(Input calldata i) external {
    a = i.a; b = i.b; c = i.c; d = i.d; e = i.e; stage = i.s; wide = i.w; price = Price.wrap(uint64(i.a) * 3);
    text = i.t; raw = i.r; list = i.l; nested[1] = i.n; flags[i.a % 40] = true;
    crate.item = Item(i.a, i.c, i.t, i.b); crate.sizes[2] = i.a; crate.tag = bytes4(i.e);
    deep[uint256(i.w)][i.t] = i.b; items[bytes3(i.e)] = Item(i.a, true, i.t, i.b);
  }
}`;
    const shopFixture = await Fixture.open(await compiled({ "Shop.sol": shop }));
    const address = await shopFixture.deploy("Shop");
    const text = fc.string({ maxLength: 70, unit: "grapheme" });
    const bytes = fc
      .uint8Array({ maxLength: 70 })
      .map((part): `0x${string}` => `0x${Buffer.from(part).toString("hex")}`);
    const input = fc.tuple(
      fc.integer({ min: 0, max: 255 }),
      fc.integer({ min: -32_768, max: 32_767 }),
      fc.boolean(),
      fc
        .uint8Array({ minLength: 20, maxLength: 20 })
        .map((part) => `0x${Buffer.from(part).toString("hex")}`),
      fc
        .uint8Array({ minLength: 5, maxLength: 5 })
        .map((part) => `0x${Buffer.from(part).toString("hex")}`),
      fc.integer({ min: 0, max: 2 }),
      fc.bigInt({ min: -(2n ** 255n), max: 2n ** 255n - 1n }),
      text,
      bytes,
      fc.array(fc.integer({ min: 0, max: 2 ** 24 - 1 }), { maxLength: 25 }),
      fc.array(fc.integer({ min: -128, max: 127 }), { maxLength: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(input, async (values) => {
        const result = await shopFixture.call("Shop", address, "write", [
          Object.fromEntries("abcdeswtrln".split("").map((name, place) => [name, values[place]])),
        ]);
        expect(result.error).toBeNull();
        const session = shopFixture.session(result);
        session.perform("end");
        const variables = Object.fromEntries(
          (await session.stateVariables()).map(({ name, value }) => [name, value]),
        );
        const [a, b, c, d, e, stage, wide, name, raw, list, nested] = values;
        const textOf = (key: string) => variables[key]!.text;
        expect(textOf("a")).toBe(String(a));
        expect(textOf("b")).toBe(String(b));
        expect(textOf("c")).toBe(String(c));
        expect(textOf("d").toLowerCase()).toBe(d);
        expect(textOf("e")).toBe(e);
        expect(textOf("stage")).toBe(["Draft", "Open", "Closed"][stage]);
        expect(textOf("price")).toBe(String(a * 3));
        expect(textOf("wide")).toBe(String(wide));
        expect(textOf("text")).toBe(JSON.stringify(name));
        expect(textOf("raw")).toBe(raw);
        const listOf = (key: string) => variables[key]!.children!.map(({ value }) => value.text);
        expect(listOf("list")).toEqual(list.map(String));
        expect(
          variables["nested"]!.children![1]!.value.children!.map(({ value }) => value.text),
        ).toEqual(nested.map(String));
        expect(listOf("flags")[a % 40]).toBe("true");
        const item = [
          { depth: 1, name: "kind", type: "uint8", text: String(a) },
          { depth: 1, name: "sold", type: "bool", text: String(c) },
          { depth: 1, name: "name", type: "string", text: JSON.stringify(name) },
          { depth: 1, name: "delta", type: "int64", text: String(b) },
        ];
        expect(rowsOf(variables["crate"]!.children!)).toEqual(expect.arrayContaining(item));
        const deep = variables["deep"]!.children!;
        const outer = deep.find((child) => child.name === `[${BigInt.asUintN(256, wide)}]`)!;
        expect(outer.value.children).toEqual([
          { name: `[${JSON.stringify(name)}]`, value: { type: "int128", text: String(b) } },
        ]);
        const found = variables["items"]!.children!.find(
          (child) => child.name === `[${e.slice(0, 8)}]`,
        )!;
        expect(found.value.children![0]!.value.text).toBe(String(a));
      }),
      { numRuns: 15 },
    );
  });
});
