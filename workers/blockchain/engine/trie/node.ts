/** Nodes of the Merkle Patricia trie (yellow paper, appendix D), and their encoding. */
import { RLP } from "@ethereumjs/rlp";
import { keccak256 } from "../keccak.ts";

/** How a parent names a child: its hash, 32 bytes, or its whole encoding where that is shorter. */
export type Reference = Uint8Array;

/** The digits of paths are hexadecimal. */
export interface Leaf {
  readonly kind: "leaf";
  /** The digits of the key below this node. */
  readonly rest: string;
  readonly value: Uint8Array;
}

export interface Extension {
  readonly kind: "extension";
  readonly rest: string;
  readonly child: Reference;
}

/** Keys of one trie are never a beginning of each other, so branches carry no value. */
export interface Branch {
  readonly kind: "branch";
  readonly children: readonly (Reference | null)[];
}

export type TrieNode = Leaf | Extension | Branch;

/** The root of a trie without entries: the hash of the empty string's RLP. */
export const emptyRoot: Uint8Array = keccak256(Uint8Array.of(0x80));

/** Hex-prefix encoding of a path (yellow paper, appendix C). */
function compact(rest: string, isLeaf: boolean): Uint8Array {
  const flag = isLeaf ? 2 : 0;
  const digits = rest.length % 2 === 0 ? `${flag}0${rest}` : `${flag + 1}${rest}`;
  return Buffer.from(digits, "hex");
}

export function encodeNode(node: TrieNode): Uint8Array {
  if (node.kind === "leaf") return list([item(compact(node.rest, true)), item(node.value)]);
  if (node.kind === "extension") {
    return list([item(compact(node.rest, false)), referenceItem(node.child)]);
  }
  return encodeBranch(node.children);
}

/** The commonest node by far, written in one go. */
function encodeBranch(children: readonly (Reference | null)[]): Uint8Array {
  // The branch's own value is never there.
  let length = 1;
  for (const child of children) {
    length += child === null ? 1 : child.length < 32 ? child.length : 33;
  }
  const headerLength = length < 56 ? 1 : length < 0x100 ? 2 : 3;
  const bytes = new Uint8Array(headerLength + length);
  if (headerLength === 1) bytes[0] = 0xc0 + length;
  else {
    bytes[0] = 0xf7 + headerLength - 1;
    if (headerLength === 3) bytes[1] = length >> 8;
    bytes[headerLength - 1] = length & 0xff;
  }
  let at = headerLength;
  for (const child of children) {
    if (child === null) {
      bytes[at] = 0x80;
      at += 1;
      continue;
    }
    if (child.length === 32) {
      bytes[at] = 0xa0;
      at += 1;
    }
    bytes.set(child, at);
    at += child.length;
  }
  bytes[at] = 0x80;
  return bytes;
}

export function referenceTo(encoded: Uint8Array): Reference {
  return encoded.length < 32 ? encoded : keccak256(encoded);
}

function referenceItem(reference: Reference): Uint8Array {
  // A shorter encoding is a list already.
  if (reference.length < 32) return reference;
  const bytes = new Uint8Array(33);
  bytes[0] = 0xa0;
  bytes.set(reference, 1);
  return bytes;
}

function item(bytes: Uint8Array): Uint8Array {
  return prefixed(0x80, bytes, bytes.length === 1 && (bytes[0] ?? 0) < 0x80);
}

function list(items: readonly Uint8Array[]): Uint8Array {
  return prefixed(0xc0, Buffer.concat(items), false);
}

/** RLP (yellow paper, appendix B): lengths up to 55 share the first byte. */
function prefixed(offset: number, content: Uint8Array, isItself: boolean): Uint8Array {
  if (isItself) return content;
  const { length } = content;
  const lengthBytes =
    length < 56 ? 0 : length < 0x100 ? 1 : length < 0x1_0000 ? 2 : length < 0x100_0000 ? 3 : 4;
  const bytes = new Uint8Array(1 + lengthBytes + length);
  if (lengthBytes === 0) {
    bytes[0] = offset + length;
  } else {
    bytes[0] = offset + 55 + lengthBytes;
    for (let at = 0; at < lengthBytes; at += 1) {
      bytes[lengthBytes - at] = Math.floor(length / 2 ** (8 * at)) % 256;
    }
  }
  bytes.set(content, 1 + lengthBytes);
  return bytes;
}

type Decoded = Uint8Array | Decoded[];

/** @throws Error when the bytes are no node */
export function decodeNode(encoded: Uint8Array): TrieNode {
  const items: Decoded = RLP.decode(encoded);
  if (!Array.isArray(items)) throw new Error("A trie node is a list.");
  if (items.length === 17) {
    return { kind: "branch", children: items.slice(0, 16).map(readReference) };
  }
  const [path, content] = items;
  if (items.length !== 2 || !(path instanceof Uint8Array) || content === undefined) {
    throw new Error(`A trie node has 2 or 17 items, not ${items.length}.`);
  }
  const digits = Buffer.from(path).toString("hex");
  const flag = Number.parseInt(digits.slice(0, 1), 16);
  const rest = digits.slice(flag % 2 === 0 ? 2 : 1);
  if (flag < 2) {
    const child = readReference(content);
    if (child === null) throw new Error("An extension leads somewhere.");
    return { kind: "extension", rest, child };
  }
  if (!(content instanceof Uint8Array)) throw new Error("The value of a leaf is bytes.");
  return { kind: "leaf", rest, value: content };
}

function readReference(decoded: Decoded): Reference | null {
  if (Array.isArray(decoded)) return RLP.encode(decoded);
  return decoded.length === 0 ? null : decoded;
}
