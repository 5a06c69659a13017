/** The whole surface between a page and the desktop: what the preload script exposes, and how. */

export interface DesktopApi {
  /** Where the platform's API answers, e.g. "http://127.0.0.1:3000". */
  apiBase(): Promise<string>;
  /** The bearer token of this launch. */
  token(): Promise<string>;
  /** Calls the listener with a path when the menu, the tray or a deep link asks for a page. */
  onNavigate(listener: (path: string) => void): () => void;
  setTheme(theme: "dark" | "light" | "system"): Promise<void>;
  /** Shows a notification of the operating system. */
  notify(title: string, body: string): Promise<void>;
  /** Shows the data folder in the file manager. */
  revealHome(): Promise<void>;
  versions(): Promise<Record<string, string>>;
}

/** Names of the messages; the page itself never sees them. */
export const channels = {
  apiBase: "desktop:api-base",
  token: "desktop:token",
  setTheme: "desktop:set-theme",
  notify: "desktop:notify",
  revealHome: "desktop:reveal-home",
  versions: "desktop:versions",
} as const satisfies Record<Exclude<keyof DesktopApi, "onNavigate">, string>;

/** The one message that goes the other way. */
export const navigateChannel = "desktop:navigate";
