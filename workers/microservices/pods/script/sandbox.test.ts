import { describe, expect, it } from "vitest";
import { linesOf, RuntimeHarness } from "../runtime-harness.ts";

const mebibyte = 1024 * 1024;

async function answerOf(harness: RuntimeHarness, source: string): Promise<string> {
  const key = await harness.run("script", { environment: { SCRIPT: source } });
  return (await fetch(harness.url(key, "/asked"))).text();
}

describe("a script", () => {
  it("answers, logs, sleeps, reads its environment and calls through the host", async () => {
    await using harness = new RuntimeHarness();
    harness.fetch = ({ url }) => Promise.resolve({ status: 200, headers: {}, body: `from ${url}` });
    const key = await harness.run("script", {
      environment: { NAME: "x" },
      files: {
        "script.js": `
          let count = 0;
          async function handle({ method, path, body }) {
            count += 1;
            log("request", count, { path });
            await sleep(1);
            const { body: far } = await fetch("http://other/");
            return { status: 201, headers: { "x-count": String(count) },
              body: [method, path, body, env.NAME, far].join(" ") };
          }`,
      },
    });
    const answer = await fetch(harness.url(key, "/p?q"), { method: "POST", body: "b" });
    expect(answer.status).toBe(201);
    expect(answer.headers.get("x-count")).toBe("1");
    expect(await answer.text()).toBe("POST /p?q b x from http://other/");
    harness.runtime.stop(key, 5_000);
    expect(await harness.exit(key)).toMatchObject({ exitCode: 0 });
    expect(await harness.output(key)).toContain('request 1 {"path":"/p?q"}\n');
  });

  it("without a handler is a job, and its errors are its end", async () => {
    await using harness = new RuntimeHarness();
    const run = async (source: string) => {
      const { key } = harness.start("script", { environment: { SCRIPT: source } });
      const { exitCode } = await harness.exit(key);
      return { exitCode, output: await harness.output(key) };
    };
    const job = await run("async function main() { await sleep(1); log('worked'); }");
    expect(job).toEqual({ exitCode: 0, output: "worked\n" });
    const broken = await run("function (");
    expect(broken.exitCode).toBe(1);
    expect(broken.output).toContain("SyntaxError");
    const thrown = await run("throw new Error('at the top')");
    expect(thrown.exitCode).toBe(1);
    expect(thrown.output).toContain("at the top");
    expect(await run("throw { toString() { throw 1 } }")).toMatchObject({ exitCode: 1 });
    expect(await run("x".repeat(300_000))).toMatchObject({ exitCode: 1 });
    expect(await run("const handle = 5;")).toMatchObject({ exitCode: 0 });
  });

  it("that spins or takes all memory is ended alone", async () => {
    await using harness = new RuntimeHarness();
    const echo = await harness.run("echo");
    const limits = { cpuMillicores: null, memoryBytes: 8 * mebibyte };
    const spins = await harness.run("script", { environment: { SCRIPT: "for (;;);" } });
    const eats = await harness.run("script", {
      limits,
      environment: {
        SCRIPT: "const all = []; function main() { for (;;) all.push(new Array(100).fill(1)); }",
      },
    });
    expect(await harness.exit(eats)).toMatchObject({ exitCode: 137, reason: "OOMKilled" });
    expect((await fetch(harness.url(echo))).status).toBe(200);
    expect(await harness.exit(spins)).toMatchObject({
      exitCode: 137,
      message: "The script did not look up and was ended.",
    });
    expect((await fetch(harness.url(echo))).status).toBe(200);
  });

  const greedy = {
    numbers: "const a = []; for (;;) a.push(a.length);",
    arrays: "const a = []; for (;;) a.push(new Array(1e6).fill(0));",
    "a big integer": "let b = 1n; for (;;) b = b << 10000000n;",
    entries: "const m = new Map(); for (let i = 0; ; i += 1) m.set(i, i);",
    "pieces of a long text":
      "let s = ','; for (let i = 0; i < 27; i += 1) s += s; const all = []; for (;;) all.push(s.split(','));",
    "matches of a long text":
      "let s = ','; for (let i = 0; i < 28; i += 1) s += s; const all = []; for (;;) all.push(s.match(/,/g));",
  };

  it.each(Object.entries(greedy))(
    "that takes memory by %s does not end the process",
    async (_name, source) => {
      await using harness = new RuntimeHarness();
      const { key } = harness.start("script", { environment: { SCRIPT: source } });
      const { reason, exitCode } = await harness.exit(key);
      // The bounds of single calls, and of one that takes too long, come before the heap's.
      expect([
        ["OOMKilled", 137],
        ["Error", 1],
        ["Error", 137],
      ]).toContainEqual([reason, exitCode]);
      const echo = await harness.run("echo");
      expect((await fetch(harness.url(echo))).status).toBe(200);
    },
    60_000,
  );

  it("that floods the log or the calls is bounded", async () => {
    await using harness = new RuntimeHarness();
    let calls = 0;
    harness.fetch = () => {
      calls += 1;
      return new Promise(() => {});
    };
    const source = `for (let i = 0; i < 5000; i += 1) log(i);
      const refused = [];
      for (let i = 0; i < 200; i += 1) fetch("http://x/").catch(() => refused.push(i));
      async function handle() { return refused.length }`;
    expect(await answerOf(harness, source)).toBe(String(200 - 64));
    expect(calls).toBe(64);
    const loop = await harness.run("script", {
      environment: { SCRIPT: "function main() { for (;;) log('x') }" },
    });
    expect(await harness.exit(loop)).toMatchObject({ exitCode: 137, reason: "Error" });
    expect((await linesOf(harness.runtime.logs(loop))).length).toBeLessThanOrEqual(500);
    const long = await harness.run("script", {
      environment: { SCRIPT: "handle = undefined; var handle = () => 'x'.repeat(5_000_000)" },
    });
    expect((await fetch(harness.url(long))).status).toBe(500);
  });

  /** Each tries to get hold of the thread's world in its own way; "process" would be the way out. */
  const probe = `function reach(value) {
    const found = [];
    const look = (name, read) => { try { const it = read(); if (it !== undefined && it !== null) found.push(name + ":" + typeof it); } catch {} };
    look("function", () => value.constructor.constructor("return process")().pid);
    look("returned", () => value.constructor.constructor("return this")().process);
    look("indirect", () => Object.getPrototypeOf(Object.getPrototypeOf(value)).constructor.constructor("return process")());
    look("async", () => Object.getPrototypeOf(async () => {}).constructor("return process")());
    look("own", () => Object.getPrototypeOf(value).constructor("return process")());
    return found;
  }`;
  const attacks: Readonly<Record<string, string>> = {
    globals: `handle = () => ["process", "require", "module", "Buffer", "setTimeout", "WebAssembly",
      "ArrayBuffer", "Uint8Array", "SharedArrayBuffer", "console"].filter((name) => name in globalThis)`,
    "this and functions": `handle = () => [globalThis, log, sleep, fetch, env, handle].flatMap(reach)`,
    "the request": `handle = (request) => [request, request.headers, request.path].flatMap(reach)`,
    "promises of the API": `handle = async () => [...reach(sleep(1)), ...reach(await sleep(1)), ...reach(fetch("http://x").catch(() => {}))]`,
    "an error of the API": `handle = async () => { const found = []; try { await fetch("http://x") } catch (error) { found.push(...reach(error)) }
      try { log({ toJSON() { throw new Error("x") } }) } catch (error) { found.push(...reach(error)) }
      try { await fetch(Symbol()) } catch (error) { found.push(...reach(error)) } return found }`,
    "an exhausted stack": `handle = () => { const found = []; const dive = (depth) => { try { dive(depth + 1) } catch (error) { found.push(...reach(error)) }
      try { log("x".repeat(depth % 3)) } catch (error) { found.push(...reach(error)) } }; dive(0); return found.slice(0, 5) }`,
    "a dynamic import": `handle = async () => { try { return Object.keys(await import("node:fs")) } catch (error) { return reach(error) } }`,
    "a stack's frames": `Error.prepareStackTrace = (error, frames) => frames;
      handle = () => { const { stack: frames } = new Error(); return [frames, ...frames].flatMap((frame) => [...reach(frame),
      ...["getThis", "getFunction", "getEvalOrigin"].flatMap((name) => { try { const it = frame[name]?.(); return reach(it) } catch { return [] } })]) }`,
    "a caller": `handle = function () { const found = []; try { found.push(...reach(handle.caller)) } catch {} try { found.push(...reach(arguments.callee.caller)) } catch {} return found }`,
    "changed built-ins": `const found = []; const seen = new Set();
      const spy = (owner, name) => { const real = owner[name]; owner[name] = function (...values) { if (seen.size < 500) for (const value of [this, ...values]) if (value !== null && typeof value === "object" || typeof value === "function") seen.add(value); return Reflect.apply(real, this, values) } };
      spy(Promise.prototype, "then"); spy(JSON, "parse"); spy(JSON, "stringify"); spy(Map.prototype, "get"); spy(Function.prototype, "call"); spy(Function.prototype, "apply"); spy(Array.prototype, "push");
      Object.prototype.__defineSetter__("resolve", function (value) { seen.add(value) });
      handle = async () => { await sleep(1); log("x"); return [...seen].flatMap(reach) }`,
    "an imported error's prototypes": `handle = async () => { let error; try { await import("node:fs") } catch (caught) { error = caught }
      const found = []; for (let at = error; at; at = Object.getPrototypeOf(at)) for (const name of Reflect.ownKeys(at)) { try { const value = at[name]; found.push(...reach(value)); if (typeof value === "function") { try { const it = value.call(undefined); found.push(...reach(it)) } catch (inner) { found.push(...reach(inner)) } } } catch {} }
      try { Object.getPrototypeOf(Object.getPrototypeOf(error)).polluted = 1; found.push(...({}).polluted ? ["polluted"] : []) } catch {}
      return found }`,
  };

  it.each(Object.entries(attacks))("does not get out by %s", async (_name, attack) => {
    await using harness = new RuntimeHarness();
    expect(await answerOf(harness, `var handle; ${probe}\n${attack}`)).toBe("[]");
  });

  it("and the probe finds the way out where there is one", () => {
    // eslint-disable-next-line no-new-func, typescript/no-implied-eval
    const reach = new Function(`${probe}; return reach`)() as (value: unknown) => string[];
    expect(reach(new Error("of an ordinary world"))).toContain("function:number");
  });
});
