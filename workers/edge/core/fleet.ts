/** All nodes, and where new ones go. */
import { nodesMax, type Capabilities, type Position } from "../contract.ts";
import { EdgeNode, type NodePlace, type Waiting } from "./edge-node.ts";
import { greatCircleKm } from "./network-model.ts";
import { foldName, type Place, places } from "./places.ts";

export class Fleet<Job extends Waiting> {
  readonly #nodes = new Map<string, EdgeNode<Job>>();

  get nodes(): readonly EdgeNode<Job>[] {
    return [...this.#nodes.values()];
  }

  get isFull(): boolean {
    return this.#nodes.size >= nodesMax;
  }

  get(id: string): EdgeNode<Job> | undefined {
    return this.#nodes.get(id);
  }

  add(at: NodePlace, capabilities: Capabilities, now: number): EdgeNode<Job> {
    const base = `edge-${foldName(at.place).replaceAll(" ", "-") || "node"}`;
    let id = base;
    for (let count = 2; this.#nodes.has(id); count++) id = `${base}-${count}`;
    const node = new EdgeNode<Job>(id, at, capabilities, now);
    this.#nodes.set(id, node);
    return node;
  }

  remove(id: string): void {
    this.#nodes.delete(id);
  }

  countAt(place: Place): number {
    return this.nodes.filter(({ at }) => at.place === place.name).length;
  }

  /** The known place without a node that is nearest to the position; undefined when all have one. */
  nearestFreePlace(to: Position): Place | undefined {
    const taken = new Set(this.nodes.map(({ at }) => at.place));
    return places
      .filter(({ name }) => !taken.has(name))
      .map((place) => ({ place, distanceKm: greatCircleKm(place, to) }))
      .toSorted((a, b) => a.distanceKm - b.distanceKm)[0]?.place;
  }
}
