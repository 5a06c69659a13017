/** What holds whatever the compiler is told: with the optimizer and through the intermediate language. */
import { describe, expect, it } from "vitest";
import type { CompilerSettings } from "../artefact.ts";
import { compiled, Fixture, head } from "../testing/fixture.ts";
import { Execution } from "./execution.ts";
import { gasProfile } from "./gas-profile.ts";
import { decodeSourceMap, instructionsByPc } from "./source-map.ts";
import { stackTrace } from "./stack-trace.ts";

const source = `${head}
contract Vault {
  error TooMuch(uint256 asked, uint256 there);
  mapping(address => uint256) public held;
  uint256 public total;

  function put(uint256 amount) external {
    held[msg.sender] += amount;
    total += amount;
  }

  function take(uint256 amount) external {
    spend(msg.sender, amount);
    total -= amount;
  }

  function spend(address who, uint256 amount) internal {
    uint256 there = held[who];
    if (amount > there) {
      revert TooMuch(amount, there);
    }
    held[who] = there - amount;
  }

  function many(uint256[] calldata amounts, bool twice) external returns (uint256 sum, uint256 last) {
    for (uint256 i = 0; i < amounts.length; i++) {
      uint256 amount = amounts[i];
      if (twice) {
        uint256 doubled = amount * 2;
        sum += doubled;
      } else {
        sum += amount;
      }
      last = amount;
    }
    (uint256 low, , uint256 high) = split(sum);
    total = low + high;
  }

  function split(uint256 x) internal pure returns (uint256, uint256, uint256) {
    return (x % 10, 0, x / 10);
  }
}
`;
const lineOf = (text: string) => source.split("\n").findIndex((line) => line.includes(text)) + 1;

const variants: [string, Partial<CompilerSettings>][] = [
  ["plain", {}],
  ["optimised", { optimizer: { enabled: true, runs: 200 } }],
  ["through Yul", { viaIR: true }],
  ["through Yul, optimised", { viaIR: true, optimizer: { enabled: true, runs: 200 } }],
  ["for London", { evmVersion: "london" }],
];

describe.each(variants)("compiled %s", (name, settings) => {
  it("failures are placed, gas adds up and storage is decoded", async () => {
    const fixture = await Fixture.open(await compiled({ "Vault.sol": source }, settings));
    const vault = await fixture.deploy("Vault");
    await fixture.call("Vault", vault, "put", [5n]);
    const result = await fixture.call("Vault", vault, "take", [9n]);
    const execution = new Execution(result.trace, fixture.projects);
    const found = stackTrace(execution)!;
    expect(found.message).toBe("reverted with custom error TooMuch(9, 5)");
    expect(found.lines[0]?.span?.line).toBe(lineOf("revert TooMuch"));
    const isInlined = settings.viaIR === true || settings.optimizer?.enabled === true;
    if (!isInlined)
      expect(found.lines.map(({ title }) => title)).toEqual(["Vault.spend", "Vault.take"]);
    const profile = gasProfile([execution]);
    const sum = profile.lines.reduce((total, { exclusive }) => total + exclusive, 0);
    expect(BigInt(sum)).toBe(result.gasUsed);
    const session = fixture.session(await fixture.call("Vault", vault, "take", [2n]));
    session.perform("end");
    const variables = await session.stateVariables();
    expect(variables.find((one) => one.name === "total")?.value.text).toBe("3");
    const { children } = variables.find((one) => one.name === "held")!.value;
    expect(children?.[0]?.value.text).toBe("3");
  });
});

describe("local variables", () => {
  it("come and go with their blocks", async () => {
    const fixture = await Fixture.open(await compiled({ "Vault.sol": source }));
    const vault = await fixture.deploy("Vault");
    const session = fixture.session(await fixture.call("Vault", vault, "many", [[3n, 40n], true]));
    const at = (text: string, visits = 1) => {
      session.setBreakpoints([{ kind: "line", file: "Vault.sol", line: lineOf(text) }]);
      session.perform("start");
      for (let visit = 0; visit < visits; visit++) session.perform("continue");
      return Object.fromEntries(
        session.locals().variables.map((one) => [one.name, one.value.text]),
      );
    };
    expect(at("sum += doubled", 2)).toMatchObject({
      sum: "6",
      last: "3",
      i: "1",
      amount: "40",
      doubled: "80",
      twice: "true",
    });
    const later = at("last = amount;", 2);
    expect(later).toMatchObject({ sum: "86", amount: "40" });
    expect(later).not.toHaveProperty("doubled");
    const end = at("total = low + high");
    expect(end).toMatchObject({ sum: "86", last: "40", low: "6", high: "8" });
    expect(end).not.toHaveProperty("i");
  });

  it("are not told where the intermediate language is used", async () => {
    const fixture = await Fixture.open(await compiled({ "Vault.sol": source }, { viaIR: true }));
    const vault = await fixture.deploy("Vault");
    const session = fixture.session(await fixture.call("Vault", vault, "put", [1n]));
    session.setBreakpoints([{ kind: "line", file: "Vault.sol", line: lineOf("total += amount") }]);
    session.perform("start");
    session.perform("continue");
    const { variables, missing } = session.locals();
    expect(variables).toEqual([]);
    expect(missing).not.toBeNull();
  });
});

describe("a source map", () => {
  it("repeats what is left out (the manual's example)", () => {
    const full = "1:2:1;1:9:1;2:1:2;2:1:2;2:1:2"
      .split(";")
      .map((entry) => entry.split(":").map(Number));
    const decoded = decodeSourceMap("1:2:1;:9;2:1:2;;");
    expect(decoded.map(({ start, length, file }) => [start, length, file])).toEqual(full);
    expect(decodeSourceMap("0:5:0:i:1;::::2;:::o")).toMatchObject([
      { jump: "i", modifierDepth: 1 },
      { jump: "i", modifierDepth: 2 },
      { jump: "o", modifierDepth: 2 },
    ]);
    expect(decodeSourceMap("")).toEqual([]);
  });

  it("counts instructions, not the data of pushes", () => {
    // PUSH1 60, PUSH0, PUSH2 5b5b, JUMPDEST
    const code = Uint8Array.from([0x60, 0x60, 0x5f, 0x61, 0x5b, 0x5b, 0x5b]);
    expect([...instructionsByPc(code)]).toEqual([0, -1, 1, 2, -1, -1, 3]);
  });
});
