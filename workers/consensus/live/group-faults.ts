/** The faults of a live group's network, and since when anything is broken on purpose. */
import { defaultNetwork, type Network, type NetworkOptions } from "../../cluster/network.ts";
import type { NodeId } from "../../cluster/process.ts";
import { GroupError } from "./group-error.ts";

export interface LinkFaults {
  readonly lossChance: number;
  readonly delayMeanMs: number;
}

/** The links of a group whose clients measure it in milliseconds. */
const harmless: LinkFaults = { lossChance: 0, delayMeanMs: 1 };
/** Nothing comes between the nodes: they are threads of work in one process, and do not play far. */
export const immediate: LinkFaults = { lossChance: 0, delayMeanMs: 0 };
/** The client is not part of the cluster: nothing comes between it and a node. */
const clientLink = { delay: { minMs: 0, meanMs: 0, maxMs: 0 }, lossChance: 0, fifo: true };

/** The network of a whole group: its nodes, and their client beside them. */
export function groupNetwork(nodeIds: readonly NodeId[], client: NodeId): NetworkOptions {
  const links = nodeIds.flatMap((id) => [
    { from: client, to: id, ...clientLink },
    { from: id, to: client, ...clientLink },
  ]);
  return { ...defaultNetwork, ...linkOf(harmless), links };
}

export class GroupFaults {
  readonly #nodeIds: readonly NodeId[];
  readonly #network: Network;
  readonly #now: () => number;
  readonly #whole: LinkFaults;
  /** Groups that are cut from each other. */
  sides: readonly (readonly NodeId[])[] | null = null;
  links: LinkFaults;
  #since: number | null = null;

  /** @param whole what its links are like when nothing is broken */
  constructor(
    nodeIds: readonly NodeId[],
    network: Network,
    now: () => number,
    whole: LinkFaults = harmless,
  ) {
    this.#nodeIds = nodeIds;
    this.#network = network;
    this.#now = now;
    this.#whole = whole;
    this.links = whole;
  }

  /** When the first of the faults in force began; null: nothing is broken. */
  since(crashed: readonly NodeId[]): number | null {
    if (crashed.length > 0 || this.sides !== null || !this.#isHarmless()) {
      return (this.#since ??= this.#now());
    }
    return (this.#since = null);
  }

  /** What is broken, in words. */
  describe(crashed: readonly NodeId[]): string[] {
    const { sides, links } = this;
    return [
      ...(crashed.length > 0 ? [`crashed: node ${crashed.join(", ")}`] : []),
      ...(sides === null ? [] : [`cut: ${describeSides(sides)}`]),
      ...(links.lossChance > 0 ? [`loss ${Math.round(100 * links.lossChance)} %`] : []),
      ...(links.delayMeanMs > this.#whole.delayMeanMs ? [`delay ${links.delayMeanMs} ms`] : []),
    ];
  }

  /**
   * Cuts the links between these groups; nodes that none of them names form one more.
   * @throws GroupError partition when a node is unknown or named twice, or nothing would be cut
   */
  partition(groups: readonly (readonly NodeId[])[]): readonly (readonly NodeId[])[] {
    const named = groups.flat();
    const unknown = named.find((id) => !this.#nodeIds.includes(id));
    if (unknown !== undefined) throw new GroupError("partition", `There is no node ${unknown}.`);
    if (new Set(named).size < named.length) {
      throw new GroupError("partition", "A node is named twice.");
    }
    const rest = this.#nodeIds.filter((id) => !named.includes(id));
    const sides = [...groups, rest].filter(({ length }) => length > 0);
    if (sides.length < 2) throw new GroupError("partition", "One group of all nodes cuts nothing.");
    this.#network.heal();
    const sideOf = (id: NodeId) => sides.findIndex((ids) => ids.includes(id));
    for (const from of this.#nodeIds) {
      for (const to of this.#nodeIds) {
        if (sideOf(from) !== sideOf(to)) this.#network.block(from, to);
      }
    }
    this.sides = sides;
    return sides;
  }

  setLinks(links: LinkFaults): void {
    this.links = links;
    this.#network.setLink(linkOf(links));
  }

  heal(): void {
    this.#network.heal();
    this.sides = null;
    this.setLinks(this.#whole);
  }

  #isHarmless(): boolean {
    return this.links.lossChance === 0 && this.links.delayMeanMs <= this.#whole.delayMeanMs;
  }

  /** Whether messages pass in both directions. */
  connects(one: NodeId, other: NodeId): boolean {
    return !this.#network.isBlocked(one, other) && !this.#network.isBlocked(other, one);
  }
}

export function describeSides(sides: readonly (readonly NodeId[])[]): string {
  return sides.map((ids) => ids.join(" ")).join(" | ");
}

export function linkOf(links: LinkFaults): Pick<NetworkOptions, "delay" | "lossChance"> {
  const { lossChance, delayMeanMs: meanMs } = links;
  if (meanMs === 0) return { delay: { minMs: 0, meanMs: 0, maxMs: 0 }, lossChance };
  const minMs = Math.min(defaultNetwork.delay.minMs, meanMs);
  const maxMs = Math.max(defaultNetwork.delay.maxMs, 5 * meanMs);
  return { delay: { minMs, meanMs, maxMs }, lossChance };
}
