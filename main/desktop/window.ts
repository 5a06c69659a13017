import { BrowserWindow, nativeTheme } from "electron";
import { appUrl } from "./app-url.ts";

/** The surface colours of the two themes, so that a window never flashes while its page loads. */
const backgroundColors = { light: "#f6f7f8", dark: "#121619" } as const;

export function createWindow(preload: string, icon: string, path: string): BrowserWindow {
  const window = new BrowserWindow({
    // Electron keeps bounds and display mode of a window by its name.
    name: "main",
    windowStatePersistence: true,
    title: "@DEMO control center",
    icon,
    width: 1440,
    height: 900,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    backgroundColor: backgroundColor(),
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  });
  window.once("ready-to-show", () => window.show());
  const followTheme = (): void => window.setBackgroundColor(backgroundColor());
  nativeTheme.on("updated", followTheme);
  window.once("closed", () => nativeTheme.removeListener("updated", followTheme));
  void window.loadURL(appUrl(path)).catch((error: unknown) => {
    console.error(`The window could not load its page: ${String(error)}`);
  });
  return window;
}

function backgroundColor(): string {
  return nativeTheme.shouldUseDarkColors ? backgroundColors.dark : backgroundColors.light;
}
