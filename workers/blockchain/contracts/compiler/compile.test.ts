import { beforeAll, describe, expect, it } from "vitest";
import { toFunctionSelector } from "viem";
import { defaultSettings, type Sources } from "../artefact.ts";
import { compilerLimits } from "../limits.ts";
import { compile, hasErrors } from "./compile.ts";
import { Compiler, SourcesRefused } from "./compiler.ts";
import { importsOf, refuseSources, resolveImport } from "./imports.ts";
import { loadSolc, type SolcBinding } from "./soljson.ts";
import { codeFrame, SourceText } from "./source-text.ts";

const head = "// SPDX-License-Identifier: MIT\npragma solidity ^0.8.20;\n";
let solc: SolcBinding;
beforeAll(async () => {
  solc = await loadSolc();
});
const build = (sources: Sources) => compile(solc, { sources, settings: defaultSettings });

describe("a compile", () => {
  it("gives everything that the workshop needs of a contract", () => {
    const source = `${head}import {Base} from "../lib/Base.sol";
      library Maths { function twice(uint256 x) external pure returns (uint256) { return 2 * x; } }
      contract Token is Base {
        uint256 public immutable supply;
        mapping(address => uint256) public balances;
        constructor(uint256 amount) { supply = amount; }
        function double(uint256 x) external pure returns (uint256) { return Maths.twice(x); }
      }`;
    const result = build({
      "src/Token.sol": source,
      "lib/Base.sol": `${head}contract Base { uint256 internal base; }`,
    });
    expect(hasErrors(result)).toBe(false);
    expect(Object.keys(result.syntaxTrees).toSorted()).toEqual(["lib/Base.sol", "src/Token.sol"]);
    const token = result.contracts.find(({ name }) => name === "Token")!;
    expect(token.selectors["balances(address)"]).toBe(
      toFunctionSelector("balances(address)").slice(2),
    );
    expect(token.storage.storage.map(({ label, slot }) => [label, slot])).toEqual([
      ["base", "0"],
      ["balances", "1"],
    ]);
    expect(Object.values(token.runtime.immutables).flat().length).toBeGreaterThan(0);
    expect(Object.keys(token.runtime.links)).toEqual(["src/Token.sol:Maths"]);
    expect(token.runtime.functions.some(({ nodeId }) => nodeId !== null)).toBe(true);
    expect(JSON.parse(token.metadata)).toMatchObject({ language: "Solidity" });
    expect(token.gasEstimates).toMatchObject({ external: { "double(uint256)": "infinite" } });
    expect(build({ ...result.sources }).id).toBe(result.id);
  });

  it("names the place of a mistake by line and column, whatever is before it", () => {
    const source = `${head}// Grüße, 世界 🌍\ncontract A { /* ü */ uint8 x = 300; }`;
    const { diagnostics, contracts } = build({ "A.sol": source });
    const error = diagnostics.find(({ severity }) => severity === "error")!;
    const column = source.split("\n")[3]!.indexOf("300") + 1;
    expect(error.span).toMatchObject({ file: "A.sol", line: 4, column, length: 3 });
    expect(error.code).toMatch(/^\d{4}$/);
    expect(contracts).toEqual([]);
    expect(codeFrame(new SourceText("A.sol", source), error.span!)).toContain(
      `${" ".repeat(column - 1)}^^^`,
    );
  });

  it("tells warnings from errors", () => {
    const { diagnostics, contracts } = build({
      "A.sol": `${head}contract A { function f() external { uint256 unused; } }`,
    });
    expect(new Set(diagnostics.map(({ severity }) => severity))).toEqual(new Set(["warning"]));
    expect(contracts).toHaveLength(1);
  });

  it("says which file an import may have meant", () => {
    const { diagnostics } = build({
      "src/A.sol": `${head}import "./B.sol";\ncontract A {}`,
      "lib/B.sol": `${head}contract B {}`,
    });
    expect(diagnostics[0]).toMatchObject({
      message: "The import src/B.sol is not among the sources. Did you mean lib/B.sol?",
      span: { file: "src/A.sol", line: 3, column: 1 },
    });
  });

  it("has a console of its own", () => {
    const result = build({
      "A.sol": `${head}import "hardhat/console.sol";
        contract A { function f(address a) external pure { console.log("%s", a); console.logBytes4(0x01020304); } }`,
    });
    expect(result.diagnostics).toEqual([]);
    expect(result.contracts.map(({ name }) => name)).toEqual(["A"]);
    expect(result.files).toContain("hardhat/console.sol");
  });
});

describe("imports", () => {
  it("are found in all their forms, and not in comments or strings", () => {
    const source = `import "a.sol"; import * as X from './b.sol'; import {A, B as C} from "../c.sol";
      // import "no.sol";
      /* import "no.sol"; */ string constant s = "import 'no.sol';";`;
    // A path inside a string may be found too; it does no harm.
    expect(importsOf(source)).toEqual(expect.arrayContaining(["a.sol", "./b.sol", "../c.sol"]));
    expect(importsOf('// import "no.sol";\n/* import "no.sol"; */')).toEqual([]);
  });

  it("are resolved as the compiler does", () => {
    expect(resolveImport("src/token/A.sol", "./B.sol")).toBe("src/token/B.sol");
    expect(resolveImport("src/token/A.sol", "../B.sol")).toBe("src/B.sol");
    expect(resolveImport("src/token/A.sol", "lib/B.sol")).toBe("lib/B.sol");
  });
});

describe("sources that are refused", () => {
  it.each([
    [{}, "no source"],
    [{ "../A.sol": "" }, "not a path"],
    [{ "/A.sol": "" }, "not a path"],
    [{ ["__proto__"]: "" }, "not a path"],
    [{ "A.sol": "x".repeat(compilerLimits.fileBytesMax + 1) }, "more than 1000000"],
  ])("%#", (sources, reason) => {
    expect(refuseSources(sources as Sources)).toContain(reason);
  });
});

describe("the compiler's thread", () => {
  it("compiles, is replaced after some compiles, and can be stopped in the middle", async () => {
    const entry = new URL("compile-thread.ts", import.meta.url);
    const limits = { ...compilerLimits, compilesPerThreadMax: 2 as 25 };
    const compiler = new Compiler(entry, limits);
    try {
      const order = { sources: { "A.sol": `${head}contract A {}` }, settings: defaultSettings };
      const loads: number[] = [];
      for (let round = 0; round < 3; round++) {
        const result = await compiler.compile(order, {
          onProgress: (stage) => {
            if (stage === "loading the compiler") loads.push(round);
          },
        });
        expect(result.summary.contracts[0]?.name).toBe("A");
      }
      expect(loads).toEqual([0, 2]);
      const stop = new AbortController();
      const stopped = compiler.compile(order, {
        signal: stop.signal,
        onProgress: () => stop.abort(new Error("enough")),
      });
      await expect(stopped).rejects.toThrow("enough");
      await expect(compiler.compile({ ...order, sources: {} })).rejects.toThrow(SourcesRefused);
    } finally {
      await compiler.close();
    }
  });
});
