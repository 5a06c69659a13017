/** The domains of a topology key as small numbers, node by node. */
import type { NodeInfo } from "./node-info.ts";

/** By a node's slot: the number of its value of the label, -1 where it has none. */
export interface Domains {
  readonly ids: number[];
  /** Numbers are below this. */
  readonly count: number;
}

class DomainTable implements Domains {
  readonly ids: number[] = [];
  readonly #numbers = new Map<string, number>();

  get count(): number {
    return this.#numbers.size;
  }

  set(slot: number, value: string | undefined): void {
    if (value === undefined) {
      this.ids[slot] = -1;
      return;
    }
    let number = this.#numbers.get(value);
    if (number === undefined) this.#numbers.set(value, (number = this.#numbers.size));
    this.ids[slot] = number;
  }
}

/** Values that no node has any more are kept until there are this many times the nodes. */
const staleFactor = 2;
const staleMin = 64;

export class Topology {
  readonly #tables = new Map<string, DomainTable>();
  readonly #nodes: readonly (NodeInfo | null)[];

  /** `nodes` by slot. */
  constructor(nodes: readonly (NodeInfo | null)[]) {
    this.#nodes = nodes;
  }

  of(key: string): Domains {
    const known = this.#tables.get(key);
    if (known && known.count <= staleFactor * this.#nodes.length + staleMin) return known;
    const table = new DomainTable();
    this.#nodes.forEach((info, slot) => table.set(slot, info?.node ? info.labels[key] : undefined));
    this.#tables.set(key, table);
    return table;
  }

  /** The node of the slot came, changed or went. */
  refresh(slot: number): void {
    const info = this.#nodes[slot];
    for (const [key, table] of this.#tables) {
      table.set(slot, info?.node ? info.labels[key] : undefined);
    }
  }
}
