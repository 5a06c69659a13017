/**
 * The Merkle Patricia trie (yellow paper, appendix D) over nodes that are kept by path: an update
 * overwrites what it replaces, so the nodes of one present trie are all there ever is. Many changes
 * are made together, and each node on their way is hashed once.
 */
import {
  decodeNode,
  emptyRoot,
  encodeNode,
  referenceTo,
  type Reference,
  type TrieNode,
} from "./node.ts";
import { StateDamaged } from "../failures.ts";
import { keccak256 } from "../keccak.ts";

/** Where nodes are, by the digits that lead to them; the root is at "". */
export interface TrieNodes {
  get(path: string): StoredNode | undefined;
  set(path: string, node: StoredNode): void;
  delete(path: string): void;
}

export interface StoredNode {
  readonly node: TrieNode;
  readonly encoded: Uint8Array;
}

/** What holds after the change; null: nothing. */
export type NewValue = Uint8Array | null;

export interface TrieChange {
  /** Hexadecimal digits; no key of a trie is the beginning of another. */
  readonly key: string;
  /** Given, or made of what was there. */
  readonly value: NewValue | ((before: NewValue) => NewValue);
}

export class Trie {
  readonly #nodes: TrieNodes;

  constructor(nodes: TrieNodes = new Map<string, StoredNode>()) {
    this.#nodes = nodes;
  }

  /** 32 bytes. */
  get root(): Uint8Array {
    const root = this.#nodes.get("");
    return root === undefined ? emptyRoot : keccak256(root.encoded);
  }

  get(key: string): Uint8Array | null {
    let path = "";
    for (;;) {
      const node = this.#nodes.get(path)?.node;
      if (node === undefined) return null;
      if (node.kind === "branch") {
        path = key.slice(0, path.length + 1);
      } else if (!key.startsWith(node.rest, path.length)) {
        return null;
      } else if (node.kind === "leaf") {
        return path.length + node.rest.length === key.length ? node.value : null;
      } else {
        path += node.rest;
      }
    }
  }

  /** The encoded nodes on the way to a key, or to where it would be (EIP-1186). */
  proof(key: string): Uint8Array[] {
    const proof: Uint8Array[] = [];
    let path = "";
    for (;;) {
      const stored = this.#nodes.get(path);
      if (stored === undefined) return proof;
      // Nodes shorter than a hash are inside of their parent.
      if (stored.encoded.length >= 32 || path === "") proof.push(stored.encoded);
      const { node } = stored;
      if (node.kind === "leaf") return proof;
      if (node.kind === "branch") path = key.slice(0, path.length + 1);
      else if (key.startsWith(node.rest, path.length)) path += node.rest;
      else return proof;
    }
  }

  /** Makes the changes, at most one for each key, and returns the new root. */
  update(changes: readonly TrieChange[]): Uint8Array {
    const sorted = changes.toSorted((one, other) => (one.key < other.key ? -1 : 1));
    const before = this.#nodes.get("")?.node ?? null;
    const after = this.#apply("", before, sorted);
    if (after !== before) this.#place("", after);
    return this.root;
  }

  /** Returns what then belongs at the path; what is below it is placed already. */
  #apply(path: string, node: TrieNode | null, changes: readonly TrieChange[]): TrieNode | null {
    if (changes.length === 0) return node;
    if (node === null) return this.#build(path, withValues(changes));
    if (node.kind === "leaf") return this.#applyToLeaf(path, node, changes);
    if (node.kind === "extension") return this.#applyToExtension(path, node, changes);
    return this.#applyToBranch(path, node.children, node, changes);
  }

  #applyToLeaf(
    path: string,
    leaf: TrieNode & { kind: "leaf" },
    changes: readonly TrieChange[],
  ): TrieNode | null {
    const key = path + leaf.rest;
    const entries = withValues(changes, key, leaf.value);
    const [only] = entries;
    if (entries.length === 1 && only?.key === key && equal(only.value, leaf.value)) return leaf;
    return this.#build(path, entries);
  }

  #applyToExtension(
    path: string,
    extension: TrieNode & { kind: "extension" },
    changes: readonly TrieChange[],
  ): TrieNode | null {
    const { rest, child } = extension;
    const below = path + rest;
    let shared = rest.length;
    for (const { key } of changes)
      shared = Math.min(shared, sharedLength(below, key) - path.length);
    if (shared === rest.length) {
      const before = this.#load(below);
      const after = this.#apply(below, before, changes);
      if (after === before) return extension;
      return this.#lead(path, rest, after);
    }
    // The ways part inside of the extension: there is a branch there, if only for a moment.
    const fork = below.slice(0, path.length + shared);
    const digit = Number.parseInt(rest.charAt(shared), 16);
    const onward = rest.slice(shared + 1);
    const children: (Reference | null)[] = Array.from({ length: 16 }, () => null);
    children[digit] =
      onward === ""
        ? child
        : this.#place(fork + rest.charAt(shared), { kind: "extension", rest: onward, child });
    const after = this.#applyToBranch(fork, children, null, changes);
    return this.#lead(path, rest.slice(0, shared), after);
  }

  /** @param branch the node as it is, to be returned when nothing changes */
  #applyToBranch(
    path: string,
    before: readonly (Reference | null)[],
    branch: TrieNode | null,
    changes: readonly TrieChange[],
  ): TrieNode | null {
    const children = [...before];
    let changed = branch === null;
    for (let from = 0; from < changes.length;) {
      const digit = changes[from]?.key.charAt(path.length) ?? "";
      let to = from + 1;
      while (changes[to]?.key.charAt(path.length) === digit) to += 1;
      const index = Number.parseInt(digit, 16);
      const below = path + digit;
      const child = children[index] === null ? null : this.#load(below);
      const after = this.#apply(below, child, changes.slice(from, to));
      if (after !== child) {
        children[index] = this.#place(below, after);
        changed = true;
      }
      from = to;
    }
    if (!changed) return branch;
    const count = children.reduce((sum, child) => sum + (child === null ? 0 : 1), 0);
    if (count > 1) return { kind: "branch", children };
    const index = children.findIndex((child) => child !== null);
    if (index === -1) return null;
    const digit = index.toString(16);
    return this.#lead(path, digit, this.#load(path + digit), children[index] ?? null);
  }

  /** What leads from a path over some digits to a node, which it takes in when it can. */
  #lead(
    path: string,
    digits: string,
    node: TrieNode | null,
    placed: Reference | null = null,
  ): TrieNode | null {
    if (digits === "") return node;
    const below = path + digits;
    if (node?.kind === "branch") {
      return { kind: "extension", rest: digits, child: placed ?? this.#placeNode(below, node) };
    }
    this.#nodes.delete(below);
    return node === null ? null : { ...node, rest: digits + node.rest };
  }

  /** A new trie below a path, of sorted entries that are all there is. */
  #build(path: string, entries: readonly Entry[]): TrieNode | null {
    const first = entries[0];
    const last = entries.at(-1);
    if (first === undefined || last === undefined) return null;
    if (entries.length === 1) {
      return { kind: "leaf", rest: first.key.slice(path.length), value: first.value };
    }
    const shared = sharedLength(first.key, last.key);
    const fork = first.key.slice(0, shared);
    const children: (Reference | null)[] = Array.from({ length: 16 }, () => null);
    for (let from = 0; from < entries.length;) {
      const digit = entries[from]?.key.charAt(shared) ?? "";
      if (digit === "") throw new Error("A key is the beginning of another.");
      let to = from + 1;
      while (entries[to]?.key.charAt(shared) === digit) to += 1;
      const below = fork + digit;
      const child = this.#build(below, entries.slice(from, to));
      children[Number.parseInt(digit, 16)] = this.#place(below, child);
      from = to;
    }
    const branch = { kind: "branch", children } as const;
    return this.#lead(path, first.key.slice(path.length, shared), branch);
  }

  #place(path: string, node: TrieNode | null): Reference | null {
    if (node !== null) return this.#placeNode(path, node);
    this.#nodes.delete(path);
    return null;
  }

  #placeNode(path: string, node: TrieNode): Reference {
    const encoded = encodeNode(node);
    this.#nodes.set(path, { node, encoded });
    return referenceTo(encoded);
  }

  #load(path: string): TrieNode {
    const stored = this.#nodes.get(path);
    if (stored === undefined) throw new StateDamaged(`The trie lacks its node at "${path}".`);
    return stored.node;
  }
}

interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
}

/** The entries after the changes, where there was one entry at most. */
function withValues(
  changes: readonly TrieChange[],
  knownKey?: string,
  knownValue: NewValue = null,
): Entry[] {
  const entries: Entry[] = [];
  let waiting = knownValue !== null;
  for (const { key, value } of changes) {
    if (waiting && knownKey !== undefined && knownValue !== null && key >= knownKey) {
      waiting = false;
      if (key !== knownKey) entries.push({ key: knownKey, value: knownValue });
    }
    const before = key === knownKey ? knownValue : null;
    const after = typeof value === "function" ? value(before) : value;
    if (after !== null) entries.push({ key, value: after });
  }
  if (waiting && knownKey !== undefined && knownValue !== null) {
    entries.push({ key: knownKey, value: knownValue });
  }
  return entries;
}

function sharedLength(one: string, other: string): number {
  const length = Math.min(one.length, other.length);
  let at = 0;
  while (at < length && one.charCodeAt(at) === other.charCodeAt(at)) at += 1;
  return at;
}

function equal(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

/** Node as it is stored. */
export function storedNode(encoded: Uint8Array): StoredNode {
  return { node: decodeNode(encoded), encoded };
}
