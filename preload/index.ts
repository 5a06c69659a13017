/** Runs sandboxed before the page: named functions only, never ipcRenderer and never its events. */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from "electron";
import { channels, type DesktopApi, navigateChannel } from "./desktop-api.ts";

const desktop: DesktopApi = {
  apiBase: () => ipcRenderer.invoke(channels.apiBase),
  token: () => ipcRenderer.invoke(channels.token),
  onNavigate(listener) {
    const forward = (_event: IpcRendererEvent, path: unknown): void => {
      if (typeof path === "string") listener(path);
    };
    ipcRenderer.on(navigateChannel, forward);
    return () => {
      ipcRenderer.removeListener(navigateChannel, forward);
    };
  },
  setTheme: (theme) => ipcRenderer.invoke(channels.setTheme, theme),
  notify: (title, body) => ipcRenderer.invoke(channels.notify, title, body),
  revealHome: () => ipcRenderer.invoke(channels.revealHome),
  versions: () => ipcRenderer.invoke(channels.versions),
};

contextBridge.exposeInMainWorld("desktop", desktop);
