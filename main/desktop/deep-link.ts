/**
 * `demo://components?thread=quantum` opens a page. Any program and any web page can send such a
 * link, so it can name a page of the table and filters of it, and nothing that acts.
 */
import { app } from "electron";
import { pages } from "../../renderer/app/pages.ts";

export const deepLinkScheme = "demo";
const linkLengthMax = 2048;
const queryKey = /^[a-z][A-Za-z]{0,31}$/;

const pagePaths = new Set<string>(pages.map(({ path }) => path));

export function registerDeepLinkScheme(appFolder: string): void {
  if (app.isPackaged) app.setAsDefaultProtocolClient(deepLinkScheme);
  // Unpackaged, the program is Electron itself and has to be told which application to run.
  else app.setAsDefaultProtocolClient(deepLinkScheme, process.execPath, [appFolder]);
}

/** @returns the page's path with its query, or undefined when the link is not one to follow. */
export function deepLinkPath(link: string): string | undefined {
  if (link.length > linkLengthMax || !URL.canParse(link)) return undefined;
  const url = new URL(link);
  const { protocol, host, hash, username, password } = url;
  if (protocol !== `${deepLinkScheme}:` || username !== "" || password !== "" || hash !== "") {
    return undefined;
  }
  // demo://components and demo:///components both mean /components.
  const path = `${host === "" ? "" : `/${host}`}${url.pathname}`.replace(/(?<=.)\/$/, "") || "/";
  if (!pagePaths.has(path)) return undefined;
  for (const [key, value] of url.searchParams) {
    // No control characters: they have no place in a filter and forge lines in logs.
    if (!queryKey.test(key) || /\p{Cc}/u.test(value)) return undefined;
  }
  const query = url.searchParams.toString();
  return query === "" ? path : `${path}?${query}`;
}

/** The first deep link among the arguments of a launch, as Windows and Linux pass it. */
export function deepLinkOf(argv: readonly string[]): string | undefined {
  return argv.find((argument) => argument.toLowerCase().startsWith(`${deepLinkScheme}:`));
}
