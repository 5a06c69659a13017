/** Adding, removing, failing and recovering nodes. */
import { type AddNodeInput, type EdgeNode as EdgeNodeView, nodesMax } from "../contract.ts";
import type { EdgeNode, NodePlace } from "../core/edge-node.ts";
import type { Fleet } from "../core/fleet.ts";
import {
  defaultClientPlace,
  findPlace,
  firstPlaces,
  foldName,
  type Place,
  places,
} from "../core/places.ts";
import { edgeProblem } from "../errors.ts";
import type { Dispatcher, Job } from "./dispatcher.ts";
import type { EdgeHost } from "./host.ts";
import { placeUnknown } from "./process.ts";

const firstCapabilities = { cpu: 4, memory: 4_096, storage: 100 };
/** This name asks for any place that has no node yet. */
const anyFreePlace = "new region";

export class NodeHandlers {
  readonly #host: EdgeHost;
  readonly #fleet: Fleet<Job>;
  readonly #dispatcher: Dispatcher;

  constructor(host: EdgeHost, fleet: Fleet<Job>, dispatcher: Dispatcher) {
    this.#host = host;
    this.#fleet = fleet;
    this.#dispatcher = dispatcher;
  }

  addFirst(): void {
    for (const name of firstPlaces) {
      const place = findPlace(name);
      if (place === undefined) throw new Error(`${name} is missing among the known places.`);
      this.#fleet.add(placeOf(place), firstCapabilities, this.#host.now());
    }
  }

  add(input: AddNodeInput): { node: EdgeNodeView; placement: string } {
    if (this.#fleet.isFull) {
      throw edgeProblem("EDGE_NODES_EXHAUSTED", `There are ${nodesMax} nodes already.`);
    }
    const { at, placement } = this.#placementOf(input);
    const now = this.#host.now();
    return { node: this.#fleet.add(at, input.capabilities, now).view(now), placement };
  }

  remove(id: string): { removed: string; rerouted: number } {
    const node = this.#node(id);
    // Gone from the fleet first, so that nothing is sent back to it.
    this.#fleet.remove(id);
    return { removed: id, rerouted: this.#dispatcher.evacuate(node) };
  }

  fail(id: string): { node: EdgeNodeView; rerouted: number } {
    const node = this.#node(id);
    if (node.failed) throw stateConflict(id, "has failed already");
    const rerouted = this.#dispatcher.evacuate(node);
    return { node: node.view(this.#host.now()), rerouted };
  }

  recover(id: string): { node: EdgeNodeView } {
    const node = this.#node(id);
    if (!node.failed) throw stateConflict(id, "is healthy");
    const now = this.#host.now();
    node.recover(now);
    return { node: node.view(now) };
  }

  places() {
    return {
      places: places.map((place) => ({ ...place, nodes: this.#fleet.countAt(place) })),
    };
  }

  #node(id: string): EdgeNode<Job> {
    const node = this.#fleet.get(id);
    if (node === undefined) throw edgeProblem("EDGE_NODE_UNKNOWN", `No node has the id “${id}”.`);
    return node;
  }

  #placementOf({ location, latitude, longitude }: AddNodeInput): {
    at: NodePlace;
    placement: string;
  } {
    if ((latitude === undefined) !== (longitude === undefined)) {
      throw edgeProblem(
        "EDGE_COORDINATES_INCOMPLETE",
        `Only ${latitude === undefined ? "longitude" : "latitude"} was sent.`,
      );
    }
    if (latitude !== undefined && longitude !== undefined) {
      return {
        at: { place: location, country: null, latitude, longitude },
        placement: `${location} stands at the coordinates that were sent.`,
      };
    }
    const place = findPlace(location);
    if (place !== undefined) {
      return { at: placeOf(place), placement: `${place.name} is a known place.` };
    }
    if (foldName(location) === anyFreePlace) return this.#freePlacement(location);
    throw placeUnknown(location);
  }

  #freePlacement(location: string): { at: NodePlace; placement: string } {
    const home = findPlace(defaultClientPlace);
    const place = home && this.#fleet.nearestFreePlace(home);
    if (place === undefined) {
      throw edgeProblem("EDGE_NO_FREE_REGION", `Each of the ${places.length} places has a node.`);
    }
    return {
      at: placeOf(place),
      placement: `“${location}” names no place, so the node took ${place.name}, the known place without a node that is nearest to ${defaultClientPlace}.`,
    };
  }
}

function placeOf({ name, country, latitude, longitude }: Place): NodePlace {
  return { place: name, country, latitude, longitude };
}

function stateConflict(id: string, state: string) {
  return edgeProblem("EDGE_NODE_STATE_CONFLICT", `The node ${id} ${state}.`);
}
