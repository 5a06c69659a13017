import { beforeAll, describe, expect, it } from "vitest";
import type { Hex } from "../artefact.ts";
import { compiled, Fixture, head } from "../testing/fixture.ts";
import type { LabCall, LabResult } from "../testing/evm-lab.ts";
import { Execution } from "./execution.ts";
import { gasProfile } from "./gas-profile.ts";
import { stackTrace, stackTraceText } from "./stack-trace.ts";

const bank = `${head}
interface Missing { function answer() external returns (uint256); }
contract Odd { fallback() external {} }

contract Bank {
  error TooPoor(address who, uint256 has, uint256 wants);
  enum Kind { A, B }
  mapping(address => uint256) public balances;
  uint256[] internal list;

  constructor(uint256 start) {
    require(start < 100, "start too high");
    balances[msg.sender] = start;
  }

  modifier guarded(uint256 x) {
    require(x != 13, "unlucky");
    _;
  }

  function withReason(uint256 x) external pure { check(x); }
  function check(uint256 x) internal pure {
    require(x == 1, "not one");
  }
  function custom(uint256 wants) external view {
    if (wants > balances[msg.sender]) revert TooPoor(msg.sender, balances[msg.sender], wants);
  }
  function overflow(uint256 x) external pure returns (uint256) {
    return x
      + 1;
  }
  function index(uint256 x) external view returns (uint256) {
    return list[x];
  }
  function divide(uint256 x) external pure returns (uint256) { return 1 / x; }
  function kind(uint8 x) external pure returns (Kind) { return Kind(x); }
  function asserted() external pure { assert(false); }
  function popped() external {
    list.pop();
  }
  function silent() external pure { revert(); }
  function silentRequire(bool ok) external pure {
    require(ok);
  }
  function inModifier(uint256 x) external pure guarded(x) returns (uint256) { return x; }
  function missing(Missing target) external returns (uint256) {
    return target.answer();
  }
  function endless() external pure {
    uint256 i;
    while (true) { i++; }
  }
  function invalid() external pure {
    assembly { invalid() }
  }
  function zero() external pure {
    function() internal pure f;
    f();
  }
}

contract Front {
  Bank public bank;
  constructor(Bank target) { bank = target; }
  function pass(uint256 x) external view {
    inner(x);
  }
  function inner(uint256 x) internal view {
    bank.withReason(x);
  }
  function deploy() external returns (Bank) {
    return new Bank(500);
  }
  function wrapped() external view {
    try bank.asserted() {} catch { revert("wrapped"); }
  }
}
`;
const lineOf = (text: string) => bank.split("\n").findIndex((line) => line.includes(text)) + 1;

let fixture: Fixture;
let target: Hex;
let front: Hex;
beforeAll(async () => {
  fixture = await Fixture.open(await compiled({ "Bank.sol": bank }));
  target = await fixture.deploy("Bank", [7n]);
  front = await fixture.deploy("Front", [target]);
});

const traceOf = ({ trace }: LabResult) => stackTrace(new Execution(trace, fixture.projects));
const failing = async (name: string, args: unknown[] = [], more: Partial<LabCall> = {}) =>
  traceOf(await fixture.call("Bank", target, name, args, more))!;

describe("a stack trace", () => {
  it.each([
    [
      "withReason",
      [2n],
      "reason",
      'reverted with reason "not one"',
      'x == 1, "not one"',
      "Bank.check",
    ],
    [
      "custom",
      [9n],
      "custom error",
      "reverted with custom error TooPoor(0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266, 7, 9)",
      "revert TooPoor",
      "Bank.custom",
    ],
    ["overflow", [2n ** 256n - 1n], "panic", "panic 0x11: arithmetic", "return x", "Bank.overflow"],
    ["index", [3n], "panic", "panic 0x32: array index", "return list[x]", "Bank.index"],
    ["divide", [0n], "panic", "panic 0x12: division", "1 / x", "Bank.divide"],
    ["kind", [2], "panic", "panic 0x21: conversion", "Kind(x)", "Bank.kind"],
    ["asserted", [], "panic", "panic 0x01: an assertion", "assert(false)", "Bank.asserted"],
    ["popped", [], "panic", "panic 0x31: pop", "list.pop()", "Bank.popped"],
    ["silent", [], "no reason", "reverted without a reason", "revert();", "Bank.silent"],
    [
      "silentRequire",
      [false],
      "no reason",
      "without a reason",
      "require(ok)",
      "Bank.silentRequire",
    ],
    ["inModifier", [13n], "reason", "unlucky", 'x != 13, "unlucky"', "Bank.inModifier"],
    [
      "missing",
      ["0x00000000000000000000000000000000000000ff"],
      "call to non-contract",
      "without code",
      "return target.answer()",
      "Bank.missing",
    ],
    ["invalid", [], "invalid opcode", "INVALID", "assembly { invalid() }", "Bank.invalid"],
    ["zero", [], "panic", "panic 0x51", "f();", "Bank.zero"],
  ])("of %s", async (name, args, kind, message, line, title) => {
    const found = await failing(name, args);
    expect(found.kind).toBe(kind);
    expect(found.message).toContain(message);
    expect(found.lines[0]).toMatchObject({ title, span: { line: lineOf(line) } });
    expect(found.code).toContain(`> ${lineOf(line)} |`);
  });

  it("goes through contracts and internal functions", async () => {
    const found = traceOf(await fixture.call("Front", front, "pass", [2n]))!;
    expect(found.lines.map(({ title, span }) => [title, span?.line])).toEqual([
      ["Bank.check", lineOf('x == 1, "not one"')],
      ["Bank.withReason", lineOf("function withReason")],
      ["Front.inner", lineOf("bank.withReason(x)")],
      ["Front.pass", lineOf("    inner(x);")],
    ]);
    expect(stackTraceText(found)).toContain(
      `at Front.inner (Bank.sol:${lineOf("bank.withReason(x)")}:5)`,
    );
    const wrapped = traceOf(await fixture.call("Front", front, "wrapped"))!;
    expect(wrapped).toMatchObject({ message: 'reverted with reason "wrapped"' });
    expect(wrapped.lines).toHaveLength(1);
    const created = traceOf(await fixture.call("Front", front, "deploy"))!;
    expect(created.lines.map(({ title, span }) => [title, span?.line])).toEqual([
      ["Bank.constructor", lineOf("start too high")],
      ["Front.deploy", lineOf("new Bank(500)")],
    ]);
  });

  it("tells what never reached a function", async () => {
    const call = (data: Hex, value = 0n) => fixture.lab.call({ to: target, data, value });
    expect(traceOf(await call("0x12345678"))).toMatchObject({
      kind: "function not recognised",
      message:
        "Bank has no function with the selector 0x12345678, and there is no fallback function.",
    });
    expect(traceOf(await call("0x", 5n))).toMatchObject({ kind: "no receive or fallback" });
    const paid = await failing("withReason", [1n], { value: 3n });
    expect(paid.message).toBe("The function Bank.withReason is not payable, but was sent 3 wei.");
    expect(paid.lines[0]).toMatchObject({
      title: "Bank.withReason",
      span: { line: lineOf("function withReason") },
    });
    const short = await call(fixture.data("Bank", "withReason", [1n]).slice(0, 20) as Hex);
    expect(traceOf(short)).toMatchObject({ kind: "arguments invalid" });
    const odd = await fixture.deploy("Odd");
    const answer = await fixture.call("Bank", target, "missing", [odd]);
    expect(traceOf(answer)).toMatchObject({ kind: "unexpected return data" });
  });

  it("of deployments", async () => {
    const { data } = fixture.deployment("Bank", [7n]);
    const lab = fixture.lab;
    expect(traceOf(await lab.call({ to: null, data: data.slice(0, -64) as Hex }))).toMatchObject({
      kind: "constructor arguments invalid",
      lines: [{ title: "Bank.constructor" }],
    });
    expect(traceOf(await lab.call({ to: null, data, value: 1n }))).toMatchObject({
      kind: "not payable",
    });
  });

  it("of running out of gas", async () => {
    const found = await failing("endless", [], { gasLimit: 100_000n });
    expect(found.kind).toBe("out of gas");
    expect(found.lines[0]).toMatchObject({
      title: "Bank.endless",
      span: { line: lineOf("while (true)") },
    });
  });

  it("is null where nothing failed", async () => {
    expect(traceOf(await fixture.call("Bank", target, "withReason", [1n]))).toBeNull();
  });
});

describe("a gas profile", () => {
  it("adds up to what the executions used, by lines and by functions", async () => {
    const results = [
      await fixture.lab.call(fixture.deployment("Bank", [7n])),
      await fixture.call("Front", front, "pass", [1n]),
      await fixture.call("Front", front, "pass", [2n]),
      await fixture.call("Front", front, "deploy"),
      await fixture.call("Bank", target, "endless", [], { gasLimit: 60_000n }),
    ];
    for (const list of [...results.map((one) => [one]), results]) {
      const profile = gasProfile(list.map(({ trace }) => new Execution(trace, fixture.projects)));
      const used = list.reduce((sum, { gasUsed }) => sum + Number(gasUsed), 0);
      const sum = (parts: readonly { exclusive: number }[]) =>
        parts.reduce((total, { exclusive }) => total + exclusive, 0);
      expect([profile.total, sum(profile.lines), sum(profile.functions)]).toEqual([
        used,
        used,
        used,
      ]);
      for (const part of [...profile.lines, ...profile.functions]) {
        expect(part.exclusive).toBeGreaterThanOrEqual(0);
        expect(part.inclusive).toBeGreaterThanOrEqual(part.exclusive);
        expect(part.inclusive).toBeLessThanOrEqual(used);
      }
    }
  });

  it("says which line and which function cost how much", async () => {
    const result = await fixture.call("Front", front, "pass", [1n]);
    const profile = gasProfile([new Execution(result.trace, fixture.projects)]);
    const call = profile.lines.find(({ line }) => line === lineOf("bank.withReason(x)"))!;
    const check = profile.lines.find(({ line }) => line === lineOf('x == 1, "not one"'))!;
    expect(call.inclusive).toBeGreaterThan(call.exclusive + check.inclusive - 1);
    const byName = new Map(profile.functions.map((one) => [one.name, one]));
    expect(byName.get("Bank.check")).toMatchObject({ calls: 1 });
    expect(byName.get("Front")!.inclusive).toBe(Number(result.gasUsed));
    expect(byName.get("Bank")!.inclusive).toBe(result.trace.frames[1]!.gasUsed);
  });
});
