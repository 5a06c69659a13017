/** What a page may ask of the desktop: each request named, its sender and its arguments checked. */
import { ipcMain, type IpcMainInvokeEvent, nativeTheme, shell } from "electron";
import { z } from "zod";
import { channels } from "../../preload/desktop-api.ts";
import { isAppUrl } from "./app-url.ts";
import { showNotification } from "./notifications.ts";

export interface DesktopServices {
  apiBase(): string;
  token(): string;
  /** The data folder; null when nothing is kept. */
  home(): string | null;
  focus(): void;
  appVersion(): string;
}

/** Bounds the table of channels: a handler takes what its schema gives. */
function handler<Arguments extends unknown[], Result>(
  schema: z.ZodType<Arguments>,
  answer: (...input: Arguments) => Result,
): (input: unknown[]) => Result {
  return (input) => answer(...schema.parse(input));
}

const none = z.tuple([]);
const themeArguments = z.tuple([z.enum(["dark", "light", "system"])]);
const notifyArguments = z.tuple([z.string().min(1).max(120), z.string().max(1000)]);

/** @returns the function that removes the handlers. */
export function handleRequests(services: DesktopServices): () => void {
  const handlers: Record<keyof typeof channels, (input: unknown[]) => unknown> = {
    apiBase: handler(none, () => services.apiBase()),
    token: handler(none, () => services.token()),
    setTheme: handler(themeArguments, (theme) => {
      nativeTheme.themeSource = theme;
    }),
    notify: handler(notifyArguments, (title, body) => {
      showNotification(title, body, () => services.focus());
    }),
    revealHome: handler(none, () => revealHome(services.home())),
    versions: handler(none, () => ({
      app: services.appVersion(),
      electron: process.versions["electron"] ?? "",
      chrome: process.versions["chrome"] ?? "",
      node: process.versions.node,
      v8: process.versions.v8,
    })),
  };
  for (const [name, answer] of Object.entries(handlers)) {
    const channel = channels[name as keyof typeof channels];
    ipcMain.handle(channel, (event, ...input: unknown[]) => {
      assertOwnPage(event, channel);
      return answer(input);
    });
  }
  return () => {
    for (const channel of Object.values(channels)) ipcMain.removeHandler(channel);
  };
}

export async function revealHome(home: string | null): Promise<void> {
  if (home === null)
    throw new Error("Nothing is kept on disk: the platform runs with --ephemeral.");
  const failure = await shell.openPath(home);
  if (failure !== "") throw new Error(`The data folder ${home} could not be shown: ${failure}`);
}

/** The frame may be gone, or have gone elsewhere, by the time its message is read. */
function assertOwnPage({ sender, senderFrame }: IpcMainInvokeEvent, channel: string): void {
  const isOwn =
    senderFrame !== null && senderFrame === sender.mainFrame && isAppUrl(senderFrame.url);
  if (!isOwn) throw new Error(`${channel} is answered to the application's own page only.`);
}
