/** Where the window's pages live, and who may be sent there. */

export const appScheme = "app";
const appHost = "demo";

/** @param path starts with a slash and may carry a query. */
export function appUrl(path: string): string {
  return `${appScheme}://${appHost}${path}`;
}

/** Compared part by part: the origin of a custom scheme is the useless string "null". */
export function isAppUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (
    url.protocol === `${appScheme}:` &&
    url.host === appHost &&
    url.username === "" &&
    url.password === ""
  );
}
