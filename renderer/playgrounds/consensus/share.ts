/** A whole run in the address: its document, compressed, in the fragment, which no server sees. */

/** Longer fragments are cut off by too many programs that pass links on. */
export const linkLengthMax = 32_000;
const prefix = "run=";

export async function encodeRun(document: object): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const packed = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = "";
  for (const byte of packed) binary += String.fromCodePoint(byte);
  const text = btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return prefix + text;
}

/** The text of the document; null when the fragment holds none. @throws when it is damaged. */
export async function decodeRun(fragment: string, lengthMax: number): Promise<string | null> {
  const hash = fragment.replace(/^#/, "");
  if (!hash.startsWith(prefix)) return null;
  const text = hash.slice(prefix.length).replaceAll("-", "+").replaceAll("_", "/");
  try {
    const packed = Uint8Array.from(atob(text), (character) => character.codePointAt(0) ?? 0);
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return await readBounded(stream, lengthMax);
  } catch {
    throw new Error(
      "The link is damaged: its run cannot be unpacked. Ask for it again, or as a file.",
    );
  }
}

/** A few bytes can unpack to gigabytes. */
async function readBounded(stream: ReadableStream<Uint8Array>, lengthMax: number): Promise<string> {
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length > lengthMax) {
      await reader.cancel();
      throw new RangeError("too long");
    }
  }
}
