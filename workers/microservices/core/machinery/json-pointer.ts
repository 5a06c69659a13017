/** RFC 6901 JSON pointers. */

/** The reference tokens; throws an Error with a sentence for text that is no pointer. */
export function parsePointer(pointer: string): string[] {
  if (pointer === "") return [];
  if (!pointer.startsWith("/")) throw new Error(`"${pointer}" does not begin with "/"`);
  return pointer
    .slice(1)
    .split("/")
    .map((token) => {
      if (/~(?![01])/.test(token))
        throw new Error(`"${pointer}" has a "~" without 0 or 1 after it`);
      return token.replaceAll("~1", "/").replaceAll("~0", "~");
    });
}

/** An index of a list with `length` members (section 4: no leading zeros); null for other text. */
export function listIndex(token: string, length: number): number | null {
  if (!/^(?:0|[1-9]\d{0,9})$/.test(token)) return null;
  const index = Number(token);
  return index < length ? index : null;
}
