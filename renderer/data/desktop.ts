/** What the preload script offers inside Electron; absent in a browser. */
export interface DesktopBridge {
  apiBase(): Promise<string>;
  token(): Promise<string>;
  onNavigate(listener: (path: string) => void): () => void;
  setTheme(theme: "dark" | "light" | "system"): Promise<void>;
  notify(title: string, body: string): Promise<void>;
  revealHome(): Promise<void>;
  versions(): Promise<Record<string, string>>;
}

declare global {
  // A global of the preload script can only be declared with var.
  // oxlint-disable-next-line no-var
  var desktop: DesktopBridge | undefined;
}

/** Decided once, by what is there and not by the user agent. */
export const desktop: DesktopBridge | undefined = globalThis.desktop;
