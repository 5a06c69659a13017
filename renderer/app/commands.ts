/** The one registry of everything a user can do: it feeds the palette, the sheet and the keys. */
import { useEffect } from "react";
import type { SubsystemId, Thread } from "../../workers/service/contract.ts";
import { createStore, useStore } from "../data/store.ts";
import { type Page, pageKeys, pages } from "./pages.ts";

export interface Command {
  readonly id: string;
  readonly title: string;
  readonly group: string;
  /** Key sequences that run it, such as "?", "g o" or "mod+k". */
  readonly keys?: readonly string[];
  /** More words to find it by. */
  readonly keywords?: string;
  readonly run: () => void;
}

/** Lists of commands by owner: the shell has one, and each page that is open may have another. */
const registry = createStore<readonly (readonly Command[])[]>([]);

export function registerCommands(commands: readonly Command[]): () => void {
  registry.update((lists) => [...lists, commands]);
  return () => registry.update((lists) => lists.filter((list) => list !== commands));
}

export function listCommands(): readonly Command[] {
  return registry.get().flat();
}

/** Offers commands while the component is on screen; pass a memoised list. */
export function useCommands(commands: readonly Command[]): void {
  useEffect(() => registerCommands(commands), [commands]);
}

export function useCommandList(): readonly Command[] {
  return useStore(registry).flat();
}

/** What the commands of the shell act on. */
export interface ShellActions {
  readonly open: (page: Page) => void;
  readonly openOperation: (id: string) => void;
  readonly openThread: (id: SubsystemId) => void;
  readonly showPalette: () => void;
  readonly showShortcuts: () => void;
  readonly togglePause: () => void;
  readonly reconnect: () => void;
  readonly setTheme: (theme: "dark" | "light" | "auto") => void;
  readonly toggleDensity: () => void;
  readonly threadAction: (id: SubsystemId, action: "start" | "stop" | "restart") => void;
  readonly revealHome: (() => void) | null;
  readonly signOut: (() => void) | null;
}

interface OperationTitle {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
}

export function shellCommands(
  actions: ShellActions,
  threads: readonly Pick<Thread, "id" | "title">[],
  operations: readonly OperationTitle[],
): Command[] {
  return [
    ...pages.map((page) => ({
      id: `page:${page.path}`,
      title: page.title,
      group: "Go to",
      keys: pageKeys(page),
      keywords: page.summary,
      run: () => actions.open(page),
    })),
    ...viewCommands(actions),
    ...threads.flatMap((thread) => threadCommands(actions, thread)),
    ...operations.map(({ id, method, path, summary }) => ({
      id: `operation:${id}`,
      title: `${method} ${path}`,
      group: "API console",
      keywords: `${summary} ${id}`,
      run: () => actions.openOperation(id),
    })),
  ];
}

function viewCommands(actions: ShellActions): Command[] {
  const view = "View";
  const commands: Command[] = [
    {
      id: "palette",
      title: "Search commands",
      group: view,
      keys: ["mod+k", "/"],
      run: actions.showPalette,
    },
    {
      id: "shortcuts",
      title: "Show keyboard shortcuts",
      group: view,
      keys: ["?"],
      run: actions.showShortcuts,
    },
    {
      id: "pause",
      title: "Pause or resume live updates",
      group: view,
      keys: ["p"],
      run: actions.togglePause,
    },
    { id: "reconnect", title: "Reconnect now", group: view, run: actions.reconnect },
    {
      id: "theme:dark",
      title: "Use the dark theme",
      group: view,
      run: () => actions.setTheme("dark"),
    },
    {
      id: "theme:light",
      title: "Use the light theme",
      group: view,
      run: () => actions.setTheme("light"),
    },
    {
      id: "theme:system",
      title: "Use the theme of the system",
      group: view,
      run: () => actions.setTheme("auto"),
    },
    {
      id: "density",
      title: "Toggle compact and comfortable rows",
      group: view,
      run: actions.toggleDensity,
    },
  ];
  if (actions.revealHome) {
    commands.push({
      id: "home",
      title: "Show the data folder",
      group: view,
      run: actions.revealHome,
    });
  }
  if (actions.signOut) {
    commands.push({ id: "sign-out", title: "Sign out", group: view, run: actions.signOut });
  }
  return commands;
}

function threadCommands(
  actions: ShellActions,
  { id, title }: Pick<Thread, "id" | "title">,
): Command[] {
  const verbs = { start: "Start", stop: "Stop", restart: "Restart" } as const;
  return [
    {
      id: `thread:${id}`,
      title: `Open ${title} thread and its experiments`,
      group: "Threads",
      keywords: "crash spin kill fault health events log",
      run: () => actions.openThread(id),
    },
    ...(["start", "stop", "restart"] as const).map((action) => ({
      id: `${action}:${id}`,
      title: `${verbs[action]} ${title} thread`,
      group: "Threads",
      run: () => actions.threadAction(id, action),
    })),
  ];
}
