/** What may leave the application: web pages and mail, opened by the system and never in a window. */
import { shell } from "electron";

const externalProtocols = new Set(["http:", "https:", "mailto:"]);
const urlLengthMax = 2048;

export function isSafeExternalUrl(text: string): boolean {
  if (text.length > urlLengthMax || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  // http://trusted.example@evil.example shows one name and opens another.
  return externalProtocols.has(protocol) && username === "" && password === "";
}

/** @returns whether the link was one to open. */
export function openExternalLink(text: string): boolean {
  if (!isSafeExternalUrl(text)) return false;
  // The parsed form: what was checked is what is opened.
  shell.openExternal(new URL(text).href).catch((error: unknown) => {
    console.error(`The system could not open ${text}: ${String(error)}`);
  });
  return true;
}
