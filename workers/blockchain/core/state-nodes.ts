/**
 * Where tries keep their nodes: an archive addressed by hash, in which nothing is ever overwritten
 * or deleted, so that the state of every block stays readable. New nodes wait here until the block
 * that they belong to is written with them in one transaction.
 */
import type { BatchDBOp, DB } from "@ethereumjs/util";

type NodeDatabase = DB<string, string | Uint8Array>;

export class StateNodes implements NodeDatabase {
  readonly #read: (key: string) => Uint8Array | undefined;
  #fresh = new Map<string, Uint8Array>();

  /** @param read looks a key (hexadecimal digits) up among the nodes written before */
  constructor(read: (key: string) => Uint8Array | undefined) {
    this.#read = read;
  }

  /** A view whose writes are forgotten with it, for simulated calls. */
  scratch(): StateNodes {
    return new StateNodes((key) => this.#lookUp(key));
  }

  /** The nodes written since the last call of `settle`. */
  get fresh(): ReadonlyMap<string, Uint8Array> {
    return this.#fresh;
  }

  /** Forgets the fresh nodes: they are stored, or their block failed. */
  settle(): void {
    this.#fresh = new Map();
  }

  #lookUp(key: string): Uint8Array | undefined {
    return this.#fresh.get(key) ?? this.#read(key);
  }

  get(key: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.#lookUp(key));
  }

  put(key: string, value: string | Uint8Array): Promise<void> {
    if (typeof value === "string") throw new Error("Trie nodes are bytes.");
    this.#fresh.set(key, value);
    return Promise.resolve();
  }

  async batch(operations: BatchDBOp<string, string | Uint8Array>[]): Promise<void> {
    for (const operation of operations) {
      if (operation.type === "put") await this.put(operation.key, operation.value);
    }
  }

  /** An archive keeps what no present state reaches. */
  del(): Promise<void> {
    return Promise.resolve();
  }

  shallowCopy(): this {
    return this;
  }

  open(): Promise<void> {
    return Promise.resolve();
  }
}
