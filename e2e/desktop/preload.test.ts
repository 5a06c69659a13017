/** Runs the built preload script as the sandbox would, with a fake "electron" to require. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { beforeEach, describe, expect, it } from "vitest";
import type { DesktopApi } from "../../preload/desktop-api.ts";

const bundle = join(import.meta.dirname, "../../out/preload/index.cjs");
if (!existsSync(bundle)) throw new Error(`${bundle} is missing: run npm run build first`);

describe("the built preload script under a fake Electron", () => {
  let exposed: Map<string, DesktopApi>;
  let required: string[];
  let invoked: unknown[][];
  let listeners: Map<string, (...input: unknown[]) => void>;

  beforeEach(() => {
    [exposed, required, invoked, listeners] = [new Map(), [], [], new Map()];
    const electron = {
      contextBridge: {
        exposeInMainWorld: (name: string, api: DesktopApi) => exposed.set(name, api),
      },
      ipcRenderer: {
        invoke: (...input: unknown[]) => {
          invoked.push(input);
          return Promise.resolve("answer");
        },
        on: (channel: string, listener: (...input: unknown[]) => void) =>
          listeners.set(channel, listener),
        removeListener: (channel: string, listener: unknown) => {
          if (listeners.get(channel) === listener) listeners.delete(channel);
        },
      },
    };
    const require = (name: string): unknown => {
      required.push(name);
      if (name !== "electron") throw new Error(`A sandboxed preload cannot require ${name}`);
      return electron;
    };
    // No process, no Buffer, no module loader: less than the sandbox really gives.
    runInNewContext(readFileSync(bundle, "utf8"), { require, exports: {}, module: {} });
  });

  const desktop = (): DesktopApi => exposed.get("desktop") as DesktopApi;

  it("exposes seven functions and nothing else", () => {
    expect(required).toEqual(["electron"]);
    expect([...exposed.keys()]).toEqual(["desktop"]);
    expect(Object.entries(desktop()).map(([name, value]) => `${name}: ${typeof value}`)).toEqual([
      "apiBase: function",
      "token: function",
      "onNavigate: function",
      "setTheme: function",
      "notify: function",
      "revealHome: function",
      "versions: function",
    ]);
  });

  it("sends each call to its channel, with no more than its arguments", async () => {
    const api = desktop() as unknown as Record<string, (...input: unknown[]) => Promise<unknown>>;
    for (const name of ["apiBase", "token", "setTheme", "notify", "revealHome", "versions"]) {
      expect(await api[name]?.("dark", "body", "extra")).toBe("answer");
    }
    expect(invoked).toEqual([
      ["desktop:api-base"],
      ["desktop:token"],
      ["desktop:set-theme", "dark"],
      ["desktop:notify", "dark", "body"],
      ["desktop:reveal-home"],
      ["desktop:versions"],
    ]);
  });

  it("passes paths to listeners without the event, until they unsubscribe", () => {
    const received: unknown[][] = [];
    const unsubscribe = desktop().onNavigate((...input) => received.push(input));
    const send = listeners.get("desktop:navigate");
    send?.({ sender: "secret" }, "/components", "extra");
    send?.({ sender: "secret" }, { path: "/components" });
    expect(received).toEqual([["/components"]]);
    unsubscribe();
    expect(listeners.size).toBe(0);
  });
});
