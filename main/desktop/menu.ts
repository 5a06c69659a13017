/** The application menu and the tray's: made from the page table and the state of the threads. */
import type { MenuItemConstructorOptions } from "electron";
import { pages } from "../../renderer/app/pages.ts";
import type { PlatformState, SubsystemId, Thread } from "../../workers/service/contract.ts";
import { readyText } from "./thread-changes.ts";

export interface MenuActions {
  readonly openPage: (path: string) => void;
  readonly openInBrowser: () => void;
  readonly revealHome: () => void;
  readonly control: (id: SubsystemId, action: "start" | "stop" | "restart") => void;
  readonly quit: () => void;
}

type Template = MenuItemConstructorOptions[];

export function applicationMenu(
  state: PlatformState,
  actions: MenuActions,
  platform: NodeJS.Platform,
): Template {
  const isMac = platform === "darwin";
  return [
    ...(isMac ? [{ role: "appMenu" } as const] : []),
    {
      label: "File",
      submenu: [
        { label: "Open in browser", click: actions.openInBrowser },
        { label: "Show data folder", enabled: state.home !== null, click: actions.revealHome },
        { type: "separator" },
        isMac ? { role: "close" } : { role: "quit" },
      ],
    },
    { role: "editMenu" },
    { label: "Go", submenu: pages.map((page, index) => pageItem(page, index, actions)) },
    {
      label: "Threads",
      submenu: state.threads.map((thread) => ({
        label: `${thread.title}: ${thread.state}`,
        submenu: threadItems(thread, actions),
      })),
    },
    {
      label: "View",
      submenu: [
        { role: "reload" },
        { role: "toggleDevTools" },
        { type: "separator" },
        { role: "resetZoom" },
        { role: "zoomIn" },
        { role: "zoomOut" },
        { type: "separator" },
        { role: "togglefullscreen" },
      ],
    },
    { role: "windowMenu" },
  ];
}

export function trayMenu(state: PlatformState, actions: MenuActions): Template {
  return [
    { label: readyText(state), enabled: false },
    { type: "separator" },
    { label: "Open control center", click: () => actions.openPage("/") },
    { label: "Open in browser", click: actions.openInBrowser },
    {
      label: "Restart thread",
      submenu: state.threads.map(({ id, title, state: threadState }) => ({
        label: `${title}: ${threadState}`,
        enabled: threadState === "ready" || threadState === "failed",
        click: () => actions.control(id, "restart"),
      })),
    },
    { type: "separator" },
    { label: "Quit", click: actions.quit },
  ];
}

/** Changes exactly when a menu would: menus are rebuilt on that, not with each reading. */
export function menuSignature({ threads }: PlatformState): string {
  return threads.map(({ id, state }) => `${id}=${state}`).join();
}

function pageItem(
  page: (typeof pages)[number],
  index: number,
  actions: MenuActions,
): MenuItemConstructorOptions {
  return {
    label: page.title,
    ...(index < 9 ? { accelerator: `CmdOrCtrl+${index + 1}` } : {}),
    click: () => actions.openPage(page.path),
  };
}

function threadItems({ id, state }: Thread, actions: MenuActions): Template {
  const isDown = state === "stopped" || state === "failed";
  return [
    { label: "Start", enabled: isDown, click: () => actions.control(id, "start") },
    { label: "Stop", enabled: !isDown, click: () => actions.control(id, "stop") },
    { label: "Restart", enabled: state === "ready", click: () => actions.control(id, "restart") },
    { type: "separator" },
    { label: "Show health", click: () => actions.openPage(`/components?thread=${id}`) },
  ];
}
