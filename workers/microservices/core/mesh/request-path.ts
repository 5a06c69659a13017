/** The path that policies judge: servers disagree about odd ones, and policies must not be fooled. */

/** Characters that mean themselves whether they are escaped or not (RFC 3986 section 2.3). */
const unreserved = /[A-Za-z0-9\-._~]/;

/**
 * Without the query, unreserved characters unescaped, slashes merged and dot segments resolved; null
 * for a path that one server takes for another path than the next: escaped slashes, backslashes or
 * NUL, broken escapes, or no slash at the beginning.
 */
export function normalPath(target: string): string | null {
  const end = target.search(/[?#]/);
  const raw = end === -1 ? target : target.slice(0, end);
  // Nearly all are plain already.
  if (/^(?:\/[A-Za-z0-9\-_~:@!$&'()*+,=]+)*\/?$/.test(raw) && raw !== "") return raw;
  if (!raw.startsWith("/") || /%(?![0-9A-Fa-f]{2})|%2f|%5c|%00|\\|;/i.test(raw)) return null;
  const unescaped = raw.replaceAll(/%[0-9A-Fa-f]{2}/g, (escape) => {
    const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return unreserved.test(character) ? character : escape.toUpperCase();
  });
  const kept: string[] = [];
  const segments = unescaped.split("/").slice(1);
  for (const segment of segments) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  const isFolder = ["", ".", ".."].includes(segments.at(-1)!) && kept.length > 0;
  return `/${kept.join("/")}${isFolder ? "/" : ""}`;
}
