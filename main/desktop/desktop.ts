/** The desktop application over a running platform: one window, menus, tray, notifications. */
import { join } from "node:path";
import { app, type BrowserWindow, session } from "electron";
import { navigateChannel } from "../../preload/desktop-api.ts";
import type { Platform } from "../platform.ts";
import { handleAppProtocol } from "./app-protocol.ts";
import { deepLinkPath } from "./deep-link.ts";
import { openExternalLink } from "./external-links.ts";
import { handleRequests, revealHome } from "./ipc.ts";
import type { MenuActions } from "./menu.ts";
import { announceThreadChanges } from "./notifications.ts";
import { recoverPage } from "./recovery.ts";
import { limitPermissions } from "./security.ts";
import { showMenus } from "./tray.ts";
import { createWindow } from "./window.ts";

export interface Desktop {
  /** Brings the window to the front, on the page of the link when it is one to follow. */
  show(deepLink?: string): void;
  /** Ends everything but the platform itself. */
  dispose(): void;
}

/** @param outFolder where the built preload script and renderer are. */
export function openDesktop(platform: Platform, outFolder: string, deepLink?: string): Desktop {
  const iconFolder = join(app.getAppPath(), "resources", "icons");
  let window: BrowserWindow | undefined;

  function openPage(path: string | undefined): void {
    if (window === undefined) {
      window = openWindow(path ?? "/");
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
    if (path !== undefined) navigate(window, path);
  }

  function openWindow(path: string): BrowserWindow {
    const opened = createWindow(
      join(outFolder, "preload", "index.cjs"),
      join(iconFolder, "icon.png"),
      path,
    );
    recoverPage(opened, () => {
      process.exitCode = 1;
      app.quit();
    });
    opened.once("closed", () => {
      window = undefined;
    });
    return opened;
  }

  const show = (link?: string): void => {
    openPage(link === undefined ? undefined : deepLinkPath(link));
  };
  const actions = menuActions(platform, openPage);
  handleAppProtocol(session.defaultSession, join(outFolder, "renderer"), platform.options);
  limitPermissions(session.defaultSession);
  const disposers = [
    handleRequests({
      apiBase: () => apiBase(platform),
      token: () => platform.token,
      home: () => platform.state().home,
      focus: () => openPage(undefined),
      appVersion: () => app.getVersion(),
    }),
    showMenus(platform, iconFolder, actions),
    announceThreadChanges(platform, openPage),
  ];
  app.on("activate", () => openPage(undefined));
  app.on("window-all-closed", () => {
    // On macOS an application outlives its windows.
    if (process.platform !== "darwin") app.quit();
  });
  show(deepLink);
  if (platform.options.open) actions.openInBrowser();

  return {
    show,
    dispose: () => {
      for (const dispose of disposers) dispose();
    },
  };
}

/** A page that is still loading has no listener yet. */
function navigate({ webContents }: BrowserWindow, path: string): void {
  const send = (): void => webContents.send(navigateChannel, path);
  if (webContents.isLoading()) webContents.once("did-finish-load", send);
  else send();
}

/** The gateway's address, or that of any other port: each of them serves the whole API. */
function apiBase(platform: Platform): string {
  const { threads } = platform.state();
  const url =
    threads.find(({ id }) => id === "gateway")?.url ??
    threads.find((thread) => thread.url !== null)?.url;
  if (typeof url !== "string") throw new Error("No thread with a port is configured.");
  return url;
}

function menuActions(platform: Platform, openPage: (path: string) => void): MenuActions {
  return {
    openPage,
    openInBrowser: () => {
      const ids = platform.state().threads.map(({ id }) => id);
      const [entrance] = ["gateway" as const, ...ids].flatMap((id) => platform.entrance(id) ?? []);
      if (entrance !== undefined) openExternalLink(entrance);
    },
    revealHome: () => {
      revealHome(platform.state().home).catch((error: unknown) => console.error(String(error)));
    },
    control: (id, action) => {
      platform.control(id, action).catch((error: unknown) => {
        console.error(`${action} ${id}: ${error instanceof Error ? error.message : String(error)}`);
      });
    },
    quit: () => app.quit(),
  };
}
