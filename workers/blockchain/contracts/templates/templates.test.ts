import { beforeAll, describe, expect, it } from "vitest";
import { parseSignature } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { defaultSettings } from "../artefact.ts";
import { compile } from "../compiler/compile.ts";
import { loadSolc, type SolcBinding } from "../compiler/soljson.ts";
import { compiled, Fixture, head } from "../testing/fixture.ts";
import { runTests } from "../testing/test-runner.ts";
import { erc20 } from "./erc20.ts";
import { templates } from "./templates.ts";

let solc: SolcBinding;
beforeAll(async () => {
  solc = await loadSolc();
});
const monotonicMs = () => performance.now();

describe("templates", () => {
  it("are six, each under a name of its own", () => {
    expect(templates.map(({ id }) => id)).toEqual([
      "erc20",
      "erc721",
      "multisig",
      "escrow",
      "voting",
      "registry",
    ]);
  });

  it.each(templates)("$id compiles without a warning, and passes its tests", async (template) => {
    const compilation = compile(solc, { sources: template.sources, settings: defaultSettings });
    expect(compilation.diagnostics.map(({ formatted }) => formatted)).toEqual([]);
    const main = compilation.contracts.find(
      ({ file, name }) => `${file}:${name}` === template.contract,
    )!;
    expect(main.runtime.object.length / 2).toBeLessThan(24_576);
    const { results, profile } = await runTests(compilation, { monotonicMs });
    expect(results.filter(({ passed }) => !passed).map(({ failure }) => failure?.text)).toEqual([]);
    expect(results.length).toBeGreaterThanOrEqual(7);
    expect(profile.total).toBe(results.reduce((sum, { gasUsed }) => sum + gasUsed, 0));
    // The profile reaches into the contract under test.
    const [file] = template.contract.split(":");
    expect(profile.lines.filter((line) => line.file === file).length).toBeGreaterThan(15);
  });
});

describe("the token", () => {
  it("takes a permit that another implementation signed", async () => {
    const fixture = await Fixture.open(
      await compiled({ "Token.sol": erc20.sources["Token.sol"]! }),
    );
    const token = await fixture.deploy("Token", ["Gold", "GLD", 1_000n]);
    const owner = privateKeyToAccount(`0x${"11".repeat(32)}`);
    const spender = "0x00000000000000000000000000000000000000B1";
    const deadline = 2_000_000_000n;
    const signature = parseSignature(
      await owner.signTypedData({
        domain: { name: "Gold", version: "1", chainId: 1_337, verifyingContract: token },
        types: {
          Permit: [
            { name: "owner", type: "address" },
            { name: "spender", type: "address" },
            { name: "value", type: "uint256" },
            { name: "nonce", type: "uint256" },
            { name: "deadline", type: "uint256" },
          ],
        },
        primaryType: "Permit",
        message: { owner: owner.address, spender, value: 5n, nonce: 0n, deadline },
      }),
    );
    const args = [
      owner.address,
      spender,
      5n,
      deadline,
      Number(signature.v),
      signature.r,
      signature.s,
    ];
    expect((await fixture.call("Token", token, "permit", args)).error).toBeNull();
    const { output } = await fixture.call("Token", token, "allowance", [owner.address, spender]);
    expect(BigInt(output)).toBe(5n);
    const again = await fixture.call("Token", token, "permit", args);
    expect(again.error).toBe("revert");
  });
});

describe("the test runner", () => {
  it("gives each test a fresh state and tells what failed where, with what was printed", async () => {
    const source = `${head}import "lab/Test.sol";
import "hardhat/console.sol";
contract Counter { uint256 public count; function up() external { count++; } }
contract CounterTest is Test {
  Counter counter;
  uint256 started;
  function setUp() public { counter = new Counter(); started = block.timestamp; }
  function testOnce() public { counter.up(); assertEq(counter.count(), 1); }
  function testFresh() public view { console.log("count %d", counter.count()); assertEq(counter.count(), 0); }
  function testWrong() public {
    counter.up();
    assertEq(counter.count(), 2);
  }
  function testTime() public { skip(5); assertEq(block.timestamp, started + 5); }
  function testTimeIsReset() public view { assertEq(block.timestamp, started); }
}
contract BrokenTest is Test {
  function setUp() public pure { revert("no set-up"); }
  function testNever() public {}
}`;
    const compilation = await compiled({ "Counter.t.sol": source });
    const { results } = await runTests(compilation, { monotonicMs });
    const table = results.map(({ contract, name, passed }) => [contract, name, passed]);
    expect(table).toEqual([
      ["BrokenTest", "setUp", false],
      ["CounterTest", "testFresh", true],
      ["CounterTest", "testOnce", true],
      ["CounterTest", "testTime", true],
      ["CounterTest", "testTimeIsReset", true],
      ["CounterTest", "testWrong", false],
    ]);
    const [broken, fresh] = results;
    expect(broken!.failure?.message).toContain("no set-up");
    expect(fresh!.console).toEqual(["count 0"]);
    const wrong = results.at(-1)!.failure!;
    expect(wrong.message).toBe("reverted with custom error NumbersDiffer(1, 2)");
    expect(wrong.lines.map(({ title, span }) => [title, span?.line])).toEqual([
      [
        "CounterTest.testWrong",
        source.split("\n").findIndex((line) => line.includes("count(), 2")) + 1,
      ],
    ]);
    const only = await runTests(compilation, { monotonicMs, filter: "Once" });
    expect(only.results).toHaveLength(1);
  });
});
