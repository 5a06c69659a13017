/** The mesh as the screens draw it: now, and recorded over the last minutes. */
import type { Topology } from "../contract-cluster.ts";
import { clusterScreenLimits } from "../limits.ts";
import type { ClusterHost, MeshTraffic } from "./cluster-host.ts";

type Snapshot = Topology["now"];

/** A bounded recording; places in `names` never change while a snapshot speaks of them. */
export class TopologyRecorder {
  readonly #host: ClusterHost;
  #names: string[] = [];
  #places = new Map<string, number>();
  #snapshots: Snapshot[] = [];

  constructor(host: ClusterHost) {
    this.#host = host;
  }

  /** To be called at a steady pace. */
  sample(at: number): void {
    const { traffic } = this.#host.mesh();
    const fresh = new Set(
      traffic.flatMap(({ from, to }) => [from, to]).filter((name) => !this.#places.has(name)),
    );
    if (this.#names.length + fresh.size > clusterScreenLimits.recordedServicesMax) {
      // So many services came and went that the old recording is of another cluster.
      this.#names = [];
      this.#places = new Map();
      this.#snapshots = [];
    }
    this.#snapshots.push(snapshotOf(at, traffic, (name) => this.#placeOf(name)));
    if (this.#snapshots.length > clusterScreenLimits.snapshotsMax) this.#snapshots.shift();
  }

  recording(): { services: string[]; snapshots: Snapshot[] } {
    return { services: [...this.#names], snapshots: [...this.#snapshots] };
  }

  topology(): Topology {
    const at = this.#host.now();
    const { services, traffic } = this.#host.mesh();
    const shown = services.map((service) => ({ ...service }));
    const places = new Map(
      shown.map(({ namespace, name }, place) => [`${namespace}/${name}`, place]),
    );
    const placeOf = (key: string): number => {
      const known = places.get(key);
      if (known !== undefined) return known;
      // A caller that is no service, such as the gateway.
      const slash = key.indexOf("/");
      shown.push({
        namespace: key.slice(0, Math.max(0, slash)),
        name: key.slice(slash + 1),
        zone: "",
        pods: 0,
        ready: 0,
      });
      places.set(key, shown.length - 1);
      return shown.length - 1;
    };
    const now = snapshotOf(at, traffic, placeOf);
    const from = this.#snapshots[0]?.at ?? null;
    const to = this.#snapshots.at(-1)?.at ?? null;
    return { at, services: shown, now, recorded: { from, to, snapshots: this.#snapshots.length } };
  }

  #placeOf(name: string): number {
    let place = this.#places.get(name);
    if (place === undefined) {
      place = this.#names.push(name) - 1;
      this.#places.set(name, place);
    }
    return place;
  }
}

function snapshotOf(
  at: number,
  traffic: readonly MeshTraffic[],
  placeOf: (name: string) => number,
): Snapshot {
  const busiest =
    traffic.length <= clusterScreenLimits.edgesMax
      ? traffic
      : traffic
          .toSorted((left, right) => right.requestsPerSecond - left.requestsPerSecond)
          .slice(0, clusterScreenLimits.edgesMax);
  return {
    at,
    edges: busiest.map(({ from, to, ...measured }) => ({
      from: placeOf(from),
      to: placeOf(to),
      ...measured,
    })),
  };
}
