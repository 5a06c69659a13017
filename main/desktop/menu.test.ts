import type { MenuItemConstructorOptions } from "electron";
import { beforeEach, describe, expect, it } from "vitest";
import { pages } from "../../renderer/app/pages.ts";
import type { PlatformState, Thread } from "../../workers/service/contract.ts";
import { applicationMenu, type MenuActions, menuSignature, trayMenu } from "./menu.ts";

const stateOf = (quantum: Thread["state"], home: string | null = "/data"): PlatformState =>
  ({
    home,
    threads: [
      { id: "gateway", title: "Gateway", state: "ready" },
      { id: "quantum", title: "Quantum", state: quantum },
    ],
  }) as unknown as PlatformState;

describe("menus", () => {
  let done: string[];
  const note =
    (name: string) =>
    (...input: string[]): void => {
      done.push([name, ...input].join(" "));
    };
  const actions: MenuActions = {
    openPage: note("open"),
    openInBrowser: note("browser"),
    revealHome: note("reveal"),
    control: note("control"),
    quit: note("quit"),
  };
  beforeEach(() => {
    done = [];
  });

  const linuxMenu = (state: PlatformState): MenuItemConstructorOptions[] =>
    applicationMenu(state, actions, "linux");

  it("opens every page, the first nine by number", () => {
    const items = itemsOf(linuxMenu(stateOf("ready")), "Go");
    for (const item of items) click(item);
    expect(done).toEqual(pages.map(({ path }) => `open ${path}`));
    expect(items.map(({ accelerator }) => accelerator)).toEqual(
      pages.map((_, index) => (index < 9 ? `CmdOrCtrl+${index + 1}` : undefined)),
    );
  });

  it.each([
    ["ready", ["control quantum stop", "control quantum restart"]],
    ["failed", ["control quantum start"]],
    ["stopped", ["control quantum start"]],
    ["restarting", ["control quantum stop"]],
  ] as const)("offers what a thread that is %s allows", (threadState, expected) => {
    const items = itemsOf(linuxMenu(stateOf(threadState)), "Threads", `Quantum: ${threadState}`);
    for (const item of items) if (item.enabled === true) click(item);
    expect(done).toEqual(expected);
  });

  it("keeps to the platform's customs", () => {
    expect(applicationMenu(stateOf("ready"), actions, "darwin")[0]).toEqual({ role: "appMenu" });
    expect(linuxMenu(stateOf("ready"))[0]).toMatchObject({ label: "File" });
  });

  it("offers the data folder only when there is one", () => {
    const folder = (home: string | null) =>
      itemsOf(linuxMenu(stateOf("ready", home)), "File").find(
        ({ label }) => label === "Show data folder",
      );
    expect(folder("/data")?.enabled).toBe(true);
    expect(folder(null)?.enabled).toBe(false);
  });

  it("says the verdict first in the tray, and acts", () => {
    const items = trayMenu(stateOf("failed"), actions);
    expect(items[0]?.label).toBe("1 of 2 threads ready");
    for (const item of [...items, ...itemsOf(items, "Restart thread")]) click(item);
    expect(done).toEqual([
      "open /",
      "browser",
      "quit",
      "control gateway restart",
      "control quantum restart",
    ]);
  });

  it("is rebuilt when a state changes and not otherwise", () => {
    expect(menuSignature(stateOf("ready"))).toBe(menuSignature(stateOf("ready", null)));
    expect(menuSignature(stateOf("ready"))).not.toBe(menuSignature(stateOf("failed")));
  });
});

function itemsOf(
  template: MenuItemConstructorOptions[],
  ...path: string[]
): MenuItemConstructorOptions[] {
  return path.reduce<MenuItemConstructorOptions[]>((items, label) => {
    const submenu = items.find((item) => item.label === label)?.submenu;
    if (!Array.isArray(submenu)) throw new Error(`No submenu ${label}`);
    return submenu;
  }, template);
}

/** Our handlers look at none of the arguments that Electron gives. */
function click({ click: handler }: MenuItemConstructorOptions): void {
  (handler as (() => void) | undefined)?.();
}
