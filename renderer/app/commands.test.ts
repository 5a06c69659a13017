import { describe, expect, test, vi } from "vitest";
import { catalogue } from "../console/catalogue.ts";
import { type Command, registerCommands, listCommands, shellCommands } from "./commands.ts";
import { pages } from "./pages.ts";
import { createMatcher, keyLabels, type KeyPress, pressName } from "./shortcuts.ts";

const actions = {
  open: vi.fn(),
  openOperation: vi.fn(),
  openThread: vi.fn(),
  showPalette: vi.fn(),
  showShortcuts: vi.fn(),
  togglePause: vi.fn(),
  reconnect: vi.fn(),
  setTheme: vi.fn(),
  toggleDensity: vi.fn(),
  threadAction: vi.fn(),
  revealHome: vi.fn(),
  signOut: vi.fn(),
};
const threads = [
  { id: "quantum", title: "Quantum" },
  { id: "gateway", title: "Gateway" },
] as const;
const commands = shellCommands(actions, threads, catalogue);

function press(key: string, more: Partial<KeyPress> = {}): KeyPress {
  const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, typing: false };
  return { key, ...none, ...more };
}

describe("registry", () => {
  test("every page has a command, a number and a letter", () => {
    for (const [index, page] of pages.entries()) {
      const command = commands.find(({ id }) => id === `page:${page.path}`);
      expect(command?.keys).toEqual([String(index + 1), `g ${page.letter}`]);
      command?.run();
      expect(actions.open).toHaveBeenLastCalledWith(page);
    }
  });

  test("every endpoint and every thread action is reachable", () => {
    const ids = new Set(commands.map(({ id }) => id));
    for (const { id } of catalogue) expect(ids).toContain(`operation:${id}`);
    for (const { id } of threads) {
      expect(ids).toContain(`start:${id}`);
      expect(ids).toContain(`stop:${id}`);
      expect(ids).toContain(`restart:${id}`);
    }
  });

  test("no two commands share an id or a key", () => {
    const ids = commands.map(({ id }) => id);
    const keys = commands.flatMap((command) => command.keys ?? []);
    expect([new Set(ids).size, new Set(keys).size]).toEqual([ids.length, keys.length]);
  });

  test("a list leaves with its owner", () => {
    const own: Command[] = [{ id: "own", title: "Own", group: "Page", run: () => undefined }];
    const unregister = registerCommands(own);
    expect(listCommands()).toEqual(own);
    unregister();
    expect(listCommands()).toEqual([]);
  });
});

describe("keys", () => {
  const run = (...presses: readonly [KeyPress, number][]) => {
    const matcher = createMatcher();
    return presses.map(([event, at]) => matcher.press(event, at, commands)?.id ?? null);
  };

  test("a number opens a page", () => {
    expect(run([press("2"), 0])).toEqual(["page:/components"]);
  });

  test("g and a letter open a page, when close together", () => {
    expect(run([press("g"), 0], [press("q"), 500])).toEqual([null, "page:/quantum"]);
    expect(run([press("g"), 0], [press("q"), 5_000])).toEqual([null, null]);
  });

  test("typing is left alone, except with a modifier", () => {
    expect(run([press("2", { typing: true }), 0])).toEqual([null]);
    expect(run([press("g", { typing: true }), 0], [press("q"), 10])).toEqual([null, null]);
    expect(run([press("k", { typing: true, ctrlKey: true }), 0])).toEqual(["palette"]);
  });

  test("shift makes the question mark and nothing else", () => {
    expect(run([press("?", { shiftKey: true }), 0])).toEqual(["shortcuts"]);
    expect(pressName(press("Enter", { metaKey: true }))).toBe("mod+Enter");
    expect(pressName(press("Shift", { shiftKey: true }))).toBeNull();
  });

  test("labels are those of the keyboard", () => {
    expect(keyLabels("mod+k", false)).toEqual([["Ctrl", "K"]]);
    expect(keyLabels("g o", true)).toEqual([["G"], ["O"]]);
  });
});
