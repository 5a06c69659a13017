/**
 * The world of a script: a context of its own with nothing but the language and log, sleep, fetch and
 * env. Only text and numbers pass between it and the thread, in both directions, and what the thread
 * throws is caught before the script could: an object of the thread's would lead to its Function, and
 * with it to everything. As a second wall the thread's own world is made harmless first, since Node
 * does not promise that a context holds (node:vm, "not a security mechanism").
 */
import { createContext, Script } from "node:vm";
import { scriptLimits } from "../pod-limits.ts";

export interface SandboxHost {
  readonly log: (text: string) => void;
  /** Resolve or reject a promise of the script's later, with `settle`. */
  readonly sleep: (call: number, ms: number) => void;
  readonly fetch: (call: number, request: string) => void;
  readonly handled: (call: number, ok: boolean, answer: string) => void;
  readonly ready: (handles: boolean) => void;
  readonly done: () => void;
  readonly failed: (message: string) => void;
}

export interface Sandbox {
  readonly handle: (call: number, request: string) => void;
  /** Ends a sleep or a fetch: the text is JSON, or why there is none. */
  readonly settle: (call: number, ok: boolean, text: string) => void;
}

/** Runs inside the context; gets the thread's functions once and never lets the script see them. */
const bootstrap = String.raw`(function (bridge, environmentText) {
  "use strict";
  const { Promise, JSON, Error, String, Number, Object, Map, Reflect } = globalThis;
  const { apply, getOwnPropertyDescriptor } = Reflect;
  const { stringify, parse } = JSON;
  const { freeze, create } = Object;
  const then = Promise.prototype.then;
  const mapGet = Map.prototype.get, mapSet = Map.prototype.set, mapDelete = Map.prototype.delete;
  const slice = String.prototype.slice;
  // Their memory is not the heap's, so the heap's limit would not hold them.
  for (const name of ["ArrayBuffer", "SharedArrayBuffer", "Atomics", "DataView", "WebAssembly",
    "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array",
    "Uint32Array", "Float16Array", "Float32Array", "Float64Array", "BigInt64Array",
    "BigUint64Array", "Intl", "Temporal", "console"]) delete globalThis[name];
  for (const { prototype } of [globalThis.Array, Object, String, Number, globalThis.BigInt, globalThis.Date]) {
    for (const name of ["toLocaleString", "toLocaleDateString", "toLocaleTimeString",
      "toLocaleUpperCase", "toLocaleLowerCase", "localeCompare", "normalize"]) delete prototype[name];
  }
  // One call must not take much before anybody can look, nor ask for what V8 ends the process over.
  const bound = (owner, name, sizeOf) => {
    const real = owner[name];
    if (typeof real !== "function" || name === "constructor") return;
    Object.defineProperty(owner, name, { configurable: true, writable: true, value: { [name](...values) {
      if (sizeOf(this, values) > 8388608) throw new globalThis.RangeError("Too large");
      return apply(real, this, values);
    } }[name] });
  };
  const own = (value) => typeof value === "string" || globalThis.Array.isArray(value) ? value.length : 0;
  for (const name of Reflect.ownKeys(String.prototype)) {
    if (name !== "toString" && name !== "valueOf") bound(String.prototype, name, own);
  }
  for (const name of Reflect.ownKeys(globalThis.RegExp.prototype)) {
    const { value } = getOwnPropertyDescriptor(globalThis.RegExp.prototype, name);
    if (typeof value === "function") bound(globalThis.RegExp.prototype, name, (_this, [text]) => own(text));
  }
  for (const name of Object.getOwnPropertyNames(globalThis.Array.prototype)) {
    if (name !== "push" && name !== "pop") bound(globalThis.Array.prototype, name, own);
  }
  for (const name of ["keys", "values", "entries", "getOwnPropertyNames", "getOwnPropertyDescriptors"]) {
    bound(Object, name, (_this, [value]) => own(value));
  }
  bound(Object, "assign", (_this, [, ...values]) => values.reduce((sum, value) => sum + own(value), 0));
  bound(Reflect, "ownKeys", (_this, [value]) => Number(value?.length));
  bound(globalThis.JSON, "parse", (_this, [text]) => own(text));
  bound(String.prototype, "repeat", (text, [count]) => own(text) * Number(count));
  bound(String.prototype, "padStart", (_text, [length]) => Number(length));
  bound(String.prototype, "padEnd", (_text, [length]) => Number(length));
  bound(globalThis.Array, "from", (_this, [source]) => Number(source?.length));
  bound(Reflect, "apply", (_this, [, , list]) => Number(list?.length));
  bound(Reflect, "construct", (_this, [, list]) => Number(list?.length));
  bound(globalThis.Function.prototype, "apply", (_this, [, list]) => Number(list?.length));
  const { log, sleep, fetch, handled, ready, done, failed } = bridge;
  const call = (send, ...values) => {
    // What the thread throws is never seen: it is not of this world.
    let sent = false;
    try { send(...values); sent = true; } catch { }
    if (!sent) throw new Error("The call could not be made.");
  };
  const textOf = (value) => {
    try {
      const text = typeof value === "string" ? value
        : value instanceof Error ? String(value.stack) : stringify(value);
      return apply(slice, typeof text === "string" ? text : String(value), [0, 4096]);
    } catch { return "(not to be written)"; }
  };
  const open = new Map();
  let newest = 0;
  const asked = (send, value) => new Promise((resolve, reject) => {
    newest += 1;
    apply(mapSet, open, [newest, { __proto__: null, resolve, reject }]);
    const number = newest;
    try { call(send, number, value); } catch (error) { apply(mapDelete, open, [number]); reject(error); }
  });
  const expose = (name, value) => Object.defineProperty(globalThis, name, { value });
  expose("log", (...values) => {
    let text = "";
    for (let at = 0; at < values.length && text.length < 4096; at += 1) text += (at > 0 ? " " : "") + textOf(values[at]);
    call(log, text);
  });
  expose("sleep", (ms) => asked(sleep, Number(ms)));
  expose("fetch", (url, options) => {
    const { method = "GET", headers = {}, body = "" } = options ?? {};
    return asked(fetch, stringify({ url: String(url), method: String(method), headers, body: String(body) }));
  });
  expose("env", freeze(parse(environmentText)));
  const answerText = (answer) => stringify(
    typeof answer === "string" ? { body: answer }
      : answer !== null && typeof answer === "object" && ("body" in answer || "status" in answer)
        ? { status: answer.status, headers: answer.headers,
            body: typeof answer.body === "string" ? answer.body : stringify(answer.body) ?? "" }
        : { body: stringify(answer) ?? "", headers: { "content-type": "application/json" } });
  const run = async (function_, value) => await function_(value);
  return {
    __proto__: null,
    handle(number, text, function_) {
      const finish = (ok, text) => { try { handled(number, ok, text); } catch { } };
      apply(then, run(async (request) => answerText(await function_(request)), parse(text)), [
        (answer) => finish(true, answer),
        (error) => finish(false, textOf(error)),
      ]);
    },
    settle(number, ok, text) {
      const entry = apply(mapGet, open, [number]);
      apply(mapDelete, open, [number]);
      if (entry === undefined) return;
      if (ok) entry.resolve(text === "" ? undefined : parse(text));
      else entry.reject(new Error(text));
    },
    begin(function_, main) {
      if (typeof function_ === "function") { ready(true); return; }
      ready(false);
      apply(then, run(async () => { if (typeof main === "function") await main(); }), [
        () => done(),
        (error) => failed(textOf(error)),
      ]);
    },
    textOf,
  };
})`;

/** Makes the world and runs the script's text. What it does wrong is said through `failed`. */
export function openSandbox(
  source: string,
  environment: Readonly<Record<string, string>>,
  host: SandboxHost,
): Sandbox | null {
  const context = createContext(Object.create(null), {
    name: "script",
    codeGeneration: { strings: false, wasm: false },
  });
  const inside = new Script(bootstrap, { filename: "sandbox.js" }).runInContext(context) as (
    bridge: SandboxHost,
    environment: string,
  ) => {
    readonly handle: (call: number, request: string, handler: unknown) => void;
    readonly settle: Sandbox["settle"];
    readonly begin: (handler: unknown, main: unknown) => void;
    readonly textOf: (value: unknown) => string;
  };
  const world = inside(Object.freeze({ __proto__: null, ...host }), JSON.stringify(environment));
  const text = source.slice(0, scriptLimits.sourceLengthMax);
  const find = (name: string): unknown =>
    new Script(`typeof ${name} === "function" ? ${name} : undefined`).runInContext(context);
  let handler: unknown;
  try {
    new Script(text, { filename: "script.js" }).runInContext(context);
    handler = find("handle");
    world.begin(handler, find("main"));
  } catch (error) {
    host.failed(describe(error, world.textOf));
    return null;
  }
  return {
    handle: (call, request) => world.handle(call, request, handler),
    settle: world.settle,
  };
}

/** What was thrown may be an object of the script's, which only its own world may look into. */
function describe(error: unknown, textOf: (value: unknown) => string): string {
  try {
    // The parser's errors are of the thread's world.
    return error instanceof SyntaxError ? `SyntaxError: ${error.message}` : textOf(error);
  } catch {
    return "The script failed.";
  }
}

/** Leaves nothing in the thread's own world that leads out of it. */
export function disarmThread(): void {
  const functions = [
    function () {},
    async function () {},
    function* () {},
    async function* () {},
  ] as const;
  for (const sample of functions) {
    // Function and its kin make code out of text, which would run in the thread's world.
    Object.defineProperty(Object.getPrototypeOf(sample) as object, "constructor", {
      value: undefined,
      writable: false,
      configurable: false,
    });
  }
  for (const name of [
    "process",
    "Function",
    "eval",
    "fetch",
    "WebSocket",
    "require",
    "WebAssembly",
  ]) {
    Reflect.deleteProperty(globalThis, name);
  }
  for (const kind of [
    Object,
    Array,
    Promise,
    String,
    Number,
    Map,
    Set,
    Error,
    TypeError,
    RangeError,
  ]) {
    Object.freeze(kind.prototype);
    Object.freeze(kind);
  }
}
