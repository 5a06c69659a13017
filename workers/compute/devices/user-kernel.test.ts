import { performance } from "node:perf_hooks";
import { describe, expect, it } from "vitest";
import { KernelProblem, readKernel } from "./kernel-source.ts";
import { runUserKernel, type UserKernel } from "./user-kernel.ts";

const now = () => performance.now();
const scale: UserKernel = {
  source: "function scale(x, by) { return x[this.thread.x] * by + this.constants.shift; }",
  inputs: [{ values: [1, 2, 3], size: [3] }, 10],
  constants: { shift: 0.5 },
  output: [3],
  mode: "webasm",
};

describe("kernels that somebody wrote", () => {
  it.each(["webasm", "cpu"] as const)("run as %s, and say so", async (mode) => {
    const result = await runUserKernel({ ...scale, mode }, now);
    expect([...result.values]).toEqual([10.5, 20.5, 30.5]);
    expect(result).toMatchObject({ mode, fallback: null, differenceFromCpu: 0 });
  });

  it("index rows first, also in three axes and with loops", async () => {
    const cube = {
      source: `function cube(a) {
        let sum = 0; // of a row
        for (let i = 0; i < this.constants.width; i++) { sum += a[this.thread.z][this.thread.y][i]; }
        if (sum > 40) { sum = Math.max(sum, 100); } else { sum = -sum; }
        return sum;
      }`,
      inputs: [{ values: Array.from({ length: 12 }, (_, at) => at + 1), size: [3, 2, 2] }],
      constants: { width: 3 },
      output: [1, 2, 2],
      mode: "webasm",
    } as const;
    // 1+2+3, 4+5+6, 7+8+9, 10+11+12
    expect([...(await runUserKernel(cube, now)).values]).toEqual([-6, -15, -24, -33]);
  });

  it.each(["webasm", "cpu"] as const)(
    "turn their loops as often as they say, as %s",
    async (mode) => {
      const loops = [
        "for (let i = 0; i < n; i++) { turns += 1; }",
        "while (turns < n) { turns += 1; }",
      ];
      for (const loop of loops) {
        const source = `function count(n) { let turns = 0; ${loop} return turns; }`;
        const kernel = { source, inputs: [12_345], constants: {}, output: [1], mode };
        expect([...(await runUserKernel(kernel, now)).values]).toEqual([12_345]);
      }
    },
  );

  it("sees each run's own sizes", async () => {
    for (const length of [2, 5, 3]) {
      const values = Array.from({ length }, (_, at) => at);
      const kernel = { ...scale, inputs: [{ values, size: [length] }, 2], output: [length] };
      expect([...(await runUserKernel(kernel, now)).values]).toEqual(
        values.map((value) => value * 2 + 0.5),
      );
    }
  });

  it("name what does not fit", async () => {
    const attempt = (change: Partial<UserKernel>) => runUserKernel({ ...scale, ...change }, now);
    await expect(attempt({ inputs: [1] })).rejects.toThrow("2 arguments (x, by), and 1 inputs");
    await expect(attempt({ inputs: [{ values: [1], size: [3] }, 1] })).rejects.toThrow(
      "x has 1 values, which do not fill 3",
    );
    await expect(attempt({ constants: {} })).rejects.toThrow("The constant shift has no value");
  });
});

describe("the text of a kernel", () => {
  it.each([
    ["process.exit()", /process is not known|properties are/],
    ["return outside;", /outside is not known/],
    ["return x.constructor;", /properties are/],
    ["return x['constructor'];", /is no part of a kernel/],
    ["return `a`;", /is no part of a kernel/],
    ["return [1][0];", /only arguments and constants are indexed/],
    ["return (x + x)[0];", /only arguments and constants are indexed/],
    ["let s = x + x; return s[0];", /only arguments and constants are indexed/],
    ["x = 1; return 1;", /only local variables are written to/],
    ["x[0] = 1; return 1;", /only local variables are written to/],
    ["this.constants.a = 1; return 1;", /only local variables are written to/],
    ["x++; return 1;", /only local variables are written to/],
    ["let a = 1; return a(1);", /a is no function of Math/],
    ["return (1)(2);", /only functions of Math are called/],
    ["return Math.random();", /Math.random is not there/],
    ["return Math.constructor;", /Math.constructor is not there/],
    ["return this.constructor.x;", /this has thread/],
    ["const f = function () { return 1; }; return 1;", /one function alone/],
    ["let a = { b: 1 }; return 1;", /objects are no part/],
    ["let x = 1; return 1;", /x is an argument already/],
    ["let constructor = 1; return 1;", /no name for a variable/],
    ["return 1; } }", /nothing may follow/],
    ["return 1; { ", /is not closed/],
    ["return \\u0061;", /is no part of a kernel/],
    ["let a = 1; return a => 1;", /=> is no part/],
    ["let s = 1; x <!--s\n = x + x; return x[0];", /<!-- and --> are no part/],
    ["x >>= 1; return 1;", />> is no part/],
    ["return await x[0];", /await is not known/],
    ["return import('x');", /import is no function|is no part/],
    ["return new x;", /new is not known/],
    ["return x[0]; } ; process(", /nothing may follow/],
  ])("refuses %s", (body, reason) => {
    const source = `function kernel(x) {\n ${body} }`;
    expect(() => readKernel(source)).toThrow(KernelProblem);
    expect(() => readKernel(source)).toThrow(reason);
  });

  it.each(["", "1", "() => 1", "async function f(x) { return 1; }", "function (x) { return 1; }"])(
    "begins with a named function, and not with %j",
    (source) => expect(() => readKernel(source)).toThrow("a kernel begins with"),
  );

  it("has a line for each problem, past comments", () => {
    expect(() => readKernel("function f(x) {\n  /* one\n two */ // three\n  return y;\n}")).toThrow(
      /^Line 4: y is not known/,
    );
  });

  it("may hold all of its own language", () => {
    const { parameters, constants } = readKernel(`function all(a, b) {
      let s = 0; const n = this.constants.n; var k = 1.5e-3;
      for (let i = 0; i < n; i++) { if (a[i] >= b[i] && i !== 3) { s += a[i] % 2; } else { continue; } }
      while (s > 10) { s -= 1; if (s === 4) break; }
      return s > 0 ? Math.sqrt(s) * k : -Math.pow(s, 2) + Math.PI + this.output.x;
    }`);
    expect({ parameters, constants }).toEqual({ parameters: ["a", "b"], constants: ["n"] });
  });
});
