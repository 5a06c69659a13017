/**
 * An anchor as calldata (decision 16): "anchor", a version byte of 1, the hash, and two texts in
 * UTF-8, each behind a byte with its length.
 */
import { keccak_256 } from "@noble/hashes/sha3.js";

export interface AnchorData {
  /** 32 bytes. */
  readonly hash: Uint8Array;
  readonly subsystem: string;
  readonly label: string;
}

const head = Uint8Array.from([...new TextEncoder().encode("anchor"), 1]);
const hashBytes = 32;

/** Nobody holds its key: the last 20 bytes of keccak-256 of "@DEMO anchors". */
export const anchorAddress = keccak_256(new TextEncoder().encode("@DEMO anchors")).subarray(-20);

/** @throws RangeError for a hash or texts that do not fit */
export function encodeAnchor({ hash, subsystem, label }: AnchorData): Uint8Array {
  if (hash.length !== hashBytes) throw new RangeError("An anchor holds 32 bytes.");
  return Buffer.concat([head, hash, ...[subsystem, label].map(sized)]);
}

function sized(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  if (bytes.length > 255) throw new RangeError("A text of an anchor has at most 255 bytes.");
  return Buffer.concat([Uint8Array.of(bytes.length), bytes]);
}

/** @returns null where the calldata is no anchor: anybody may send anything to the address */
export function decodeAnchor(data: Uint8Array): AnchorData | null {
  const start = head.length + hashBytes;
  if (data.length < start || !head.every((byte, index) => data[index] === byte)) return null;
  const texts: string[] = [];
  let at = start;
  for (let field = 0; field < 2; field += 1) {
    const end = at + 1 + (data[at] ?? 0);
    if (at >= data.length || end > data.length) return null;
    const text = decodedText(data.subarray(at + 1, end));
    if (text === null) return null;
    texts.push(text);
    at = end;
  }
  const [subsystem = "", label = ""] = texts;
  if (at !== data.length) return null;
  return { hash: data.subarray(head.length, start), subsystem, label };
}

function decodedText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
