/** Where the instances of each service answer, with what the gateway keeps about each of them. */
import { Circuit } from "./circuit.ts";

export interface EndpointFacts {
  readonly service: string;
  /** The id of a registered instance, or the name of a pod. */
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly healthy: boolean;
}

export interface Endpoint extends EndpointFacts {
  readonly key: string;
  readonly circuit: Circuit;
  pending: number;
}

export class Endpoints {
  #byService = new Map<string, Endpoint[]>();
  #byKey = new Map<string, Endpoint>();

  /** The whole truth anew; an endpoint that stays keeps its circuit and its pending requests. */
  sync(facts: readonly EndpointFacts[]): void {
    const byKey = new Map<string, Endpoint>();
    for (const fact of facts) {
      const key = `${fact.service}/${fact.id}@${fact.host}:${fact.port}`;
      const before = this.#byKey.get(key);
      byKey.set(
        key,
        before === undefined
          ? { ...fact, key, circuit: new Circuit(), pending: 0 }
          : Object.assign(before, fact),
      );
    }
    this.#byKey = byKey;
    this.#byService = Map.groupBy(byKey.values(), ({ service }) => service);
  }

  /** Instances of a service; undefined when there is no such service. */
  of(service: string): readonly Endpoint[] | undefined {
    return this.#byService.get(service);
  }

  get services(): string[] {
    return [...this.#byService.keys()].toSorted();
  }
}
