/**
 * The tries of a state (yellow paper, section 4.1): that of the accounts, and one for the storage
 * of each. Their nodes have keys of text: the path alone, or the account's hash, a colon, the path.
 */
import { RLP } from "@ethereumjs/rlp";
import { bigIntToUnpaddedBytes, bytesToBigInt } from "@ethereumjs/util";
import { BoundedCache } from "../cache.ts";
import type { AccountState, StateChanges } from "../entry.ts";
import { StateDamaged } from "../failures.ts";
import { secureKey } from "../keccak.ts";
import { emptyRoot } from "./node.ts";
import { storedNode, Trie, type StoredNode, type TrieChange, type TrieNodes } from "./trie.ts";

export interface AccountLeaf extends AccountState {
  readonly storageRoot: Uint8Array;
}

/** Some milliseconds of work. */
const changesAtOnce = 128;

/** Stands for a node that is not there, which a cache cannot tell from one it does not know. */
const absent = Symbol("absent");

/** Nodes in memory over nodes in a database; what changed waits to be stored. */
class NodeLayer implements TrieNodes {
  readonly #read: (key: string) => Uint8Array | undefined;
  readonly #cache: BoundedCache<StoredNode | typeof absent>;
  #changed = new Map<string, StoredNode | typeof absent>();

  constructor(read: (key: string) => Uint8Array | undefined, nodesCachedMax: number) {
    this.#read = read;
    this.#cache = new BoundedCache(nodesCachedMax);
  }

  get(key: string): StoredNode | undefined {
    const known = this.#changed.get(key) ?? this.#cache.get(key);
    if (known !== undefined) return known === absent ? undefined : known;
    const encoded = this.#read(key);
    const stored = encoded === undefined ? undefined : readNode(key, encoded);
    this.#cache.set(key, stored ?? absent);
    return stored;
  }

  set(key: string, node: StoredNode): void {
    this.#changed.set(key, node);
  }

  delete(key: string): void {
    this.#changed.set(key, absent);
  }

  get changed(): Map<string, Uint8Array | null> {
    const changed = new Map<string, Uint8Array | null>();
    for (const [key, node] of this.#changed) {
      changed.set(key, node === absent ? null : node.encoded);
    }
    return changed;
  }

  settle(): void {
    for (const [key, node] of this.#changed) this.#cache.set(key, node);
    this.#changed.clear();
  }

  discard(): void {
    this.#changed.clear();
  }
}

function readNode(key: string, encoded: Uint8Array): StoredNode {
  try {
    return storedNode(encoded);
  } catch (error) {
    throw new StateDamaged(`The trie's node at "${key}" is none: ${(error as Error).message}`);
  }
}

export class StateTrie {
  readonly #nodes: NodeLayer;
  readonly #accounts: Trie;

  /**
   * @param read an encoded node by its key; without it, the tries begin empty
   * @param nodesCachedMax how many nodes are kept in memory besides those that changed
   */
  constructor(read: (key: string) => Uint8Array | undefined = () => undefined, nodesCachedMax = 0) {
    this.#nodes = new NodeLayer(read, nodesCachedMax);
    this.#accounts = new Trie(this.#nodes);
  }

  get root(): Uint8Array {
    return this.#accounts.root;
  }

  /** Makes the changes and returns the new root. */
  update({ accounts, slots }: StateChanges): Uint8Array {
    const storageRoots = new Map<string, Uint8Array>();
    for (const [address, changes] of byAddress(slots)) {
      storageRoots.set(address, this.#storageOf(address).update(changes));
    }
    const addresses = new Set([...accounts.keys(), ...storageRoots.keys()]);
    return this.#accounts.update(leaves([...addresses], accounts, storageRoots));
  }

  /** As `update`, with a pause after some of the changes: until it resolves, the tries are neither. */
  async updatePaced(
    { accounts, slots }: StateChanges,
    pause: () => Promise<void>,
  ): Promise<Uint8Array> {
    const storageRoots = new Map<string, Uint8Array>();
    for (const [address, changes] of byAddress(slots)) {
      const storage = this.#storageOf(address);
      for (let from = 0; from < changes.length; from += changesAtOnce) {
        const root = storage.update(changes.slice(from, from + changesAtOnce));
        storageRoots.set(address, root);
        await pause();
      }
    }
    const addresses = [...new Set([...accounts.keys(), ...storageRoots.keys()])];
    for (let from = 0; from < addresses.length; from += changesAtOnce) {
      const some = addresses.slice(from, from + changesAtOnce);
      this.#accounts.update(leaves(some, accounts, storageRoots));
      await pause();
    }
    return this.root;
  }

  account(address: string): AccountLeaf | null {
    const leaf = this.#accounts.get(secureKey(address));
    return leaf === null ? null : decodeAccount(leaf);
  }

  accountProof(address: string): Uint8Array[] {
    return this.#accounts.proof(secureKey(address));
  }

  storageProof(address: string, slot: string): Uint8Array[] {
    return this.#storageOf(address).proof(secureKey(slot));
  }

  /** What has to be stored; null: deleted. */
  get changedNodes(): ReadonlyMap<string, Uint8Array | null> {
    return this.#nodes.changed;
  }

  /** The changed nodes were stored. */
  settle(): void {
    this.#nodes.settle();
  }

  /** Back to what was settled last. */
  discard(): void {
    this.#nodes.discard();
  }

  #storageOf(address: string): Trie {
    const nodes = this.#nodes;
    const owner = `${secureKey(address)}:`;
    return new Trie({
      get: (path) => nodes.get(owner + path),
      set: (path, node) => nodes.set(owner + path, node),
      delete: (path) => nodes.delete(owner + path),
    });
  }
}

function byAddress(slots: StateChanges["slots"]): Map<string, TrieChange[]> {
  const changes = new Map<string, TrieChange[]>();
  for (const [place, word] of slots) {
    const address = place.slice(0, 40);
    const change = {
      key: secureKey(place.slice(40)),
      value: word === null ? null : encodeWord(word),
    };
    const known = changes.get(address);
    if (known === undefined) changes.set(address, [change]);
    else known.push(change);
  }
  return changes;
}

function leaves(
  addresses: readonly string[],
  accounts: StateChanges["accounts"],
  storageRoots: ReadonlyMap<string, Uint8Array>,
): TrieChange[] {
  return addresses.map((address) => ({
    key: secureKey(address),
    value: (before) => leafAfter(before, accounts.get(address), storageRoots.get(address), address),
  }));
}

function leafAfter(
  before: Uint8Array | null,
  account: AccountState | null | undefined,
  storageRoot: Uint8Array | undefined,
  address: string,
): Uint8Array | null {
  if (account === null) return null;
  const known = before === null ? null : decodeAccount(before);
  const state = account ?? known;
  if (state === null) throw new Error(`Account ${address} has storage but is not there.`);
  return encodeAccount({
    nonce: state.nonce,
    balance: state.balance,
    codeHash: state.codeHash,
    storageRoot: storageRoot ?? known?.storageRoot ?? emptyRoot,
  });
}

function encodeAccount({ nonce, balance, storageRoot, codeHash }: AccountLeaf): Uint8Array {
  return RLP.encode([
    bigIntToUnpaddedBytes(nonce),
    bigIntToUnpaddedBytes(balance),
    storageRoot,
    codeHash,
  ]);
}

function decodeAccount(leaf: Uint8Array): AccountLeaf {
  const [nonce, balance, storageRoot, codeHash] = RLP.decode(leaf) as Uint8Array[];
  if (nonce === undefined || balance === undefined || !storageRoot || !codeHash) {
    throw new Error("An account in a trie has four fields.");
  }
  return { nonce: bytesToBigInt(nonce), balance: bytesToBigInt(balance), storageRoot, codeHash };
}

function encodeWord(word: Uint8Array): Uint8Array {
  return RLP.encode(word.subarray(word.findIndex((byte) => byte !== 0)));
}
