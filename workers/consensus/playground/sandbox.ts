/**
 * Takes from a thread what would make a run depend on anything but its document: time, chance,
 * network, storage and other threads. The response that carries the thread's script forbids the same
 * by its content security policy; this says it in words, at the line that tried.
 */

const remedies: Readonly<Record<string, string>> = {
  setTimeout: "use context.setTimer(name, delayMs)",
  setInterval: "use context.setTimer(name, delayMs)",
  requestAnimationFrame: "use context.setTimer(name, delayMs)",
  queueMicrotask: "do it within the event",
  fetch: "use context.send(to, message)",
  XMLHttpRequest: "use context.send(to, message)",
  WebSocket: "use context.send(to, message)",
  WebSocketStream: "use context.send(to, message)",
  WebTransport: "use context.send(to, message)",
  EventSource: "use context.send(to, message)",
  BroadcastChannel: "use context.send(to, message)",
  MessageChannel: "use context.send(to, message)",
  postMessage: "use context.send(to, message)",
  Worker: "a node is one process",
  SharedWorker: "a node is one process",
  importScripts: "write everything in one file",
  indexedDB: "use context.storage",
  caches: "use context.storage",
  navigator: "a node has no browser",
  location: "a node has no address but its id",
  crypto: "use context.random",
  performance: "use context.now()",
  SharedArrayBuffer: "use plain arrays",
  Atomics: "use plain values",
};

/** For a thread that will run a custom algorithm; there is no way back. */
export function lockDown(scope: object): void {
  for (const [name, remedy] of Object.entries(remedies)) forbid(scope, name, remedy);
  const date = "use context.now()";
  const RealDate = Date;
  replace(scope, "Date", function Date(...parts: unknown[]) {
    if (parts.length === 0) refuse("Date", date);
    return Reflect.construct(RealDate, parts);
  });
  replace(RealDate, "now", () => refuse("Date.now", date));
  Object.defineProperty(RealDate.prototype, "constructor", { value: undefined });
  replace((scope as { Date: object }).Date, "now", () => refuse("Date.now", date));
  replace(Math, "random", () => refuse("Math.random", "use context.random.float()"));
}

function refuse(name: string, remedy: string): never {
  throw new Error(`${name} is not part of a deterministic run: ${remedy}`);
}

/** On the object and on whatever it inherits it from, so that no prototype has the original. */
function forbid(scope: object, name: string, remedy: string): void {
  const refused = function refused(): never {
    return refuse(name, remedy);
  };
  const value = new Proxy(refused, {
    get: () => refuse(name, remedy),
    construct: () => refuse(name, remedy),
  });
  for (
    let at: object | null = scope;
    at !== null;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    if (at === scope || Object.hasOwn(at, name)) replace(at, name, value);
  }
}

function replace(target: object, name: string, value: unknown): void {
  // What cannot be replaced, the content security policy of the thread forbids.
  Reflect.defineProperty(target, name, { value, configurable: false, writable: false });
}
