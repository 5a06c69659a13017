import { join } from "node:path";
import { Menu, nativeImage, Tray } from "electron";
import type { Platform } from "../platform.ts";
import { applicationMenu, menuSignature, type MenuActions, trayMenu } from "./menu.ts";
import { readyText } from "./thread-changes.ts";

/**
 * Builds the application menu and the tray and keeps both in step with the threads.
 * @returns the function that ends it.
 */
export function showMenus(
  platform: Platform,
  iconFolder: string,
  actions: MenuActions,
): () => void {
  const isMac = process.platform === "darwin";
  // macOS colours a template image itself, to suit the menu bar.
  const image = nativeImage.createFromPath(
    join(iconFolder, isMac ? "trayTemplate.png" : "tray.png"),
  );
  const tray = new Tray(image);
  tray.on("click", () => actions.openPage("/"));
  let shown: string | undefined;
  const show = (): void => {
    const state = platform.state();
    const signature = menuSignature(state);
    if (signature === shown) return;
    shown = signature;
    Menu.setApplicationMenu(
      Menu.buildFromTemplate(applicationMenu(state, actions, process.platform)),
    );
    tray.setToolTip(`@DEMO control center: ${readyText(state)}`);
    tray.setContextMenu(Menu.buildFromTemplate(trayMenu(state, actions)));
  };
  show();
  const unsubscribe = platform.subscribe(show);
  return () => {
    unsubscribe();
    tray.destroy();
  };
}
