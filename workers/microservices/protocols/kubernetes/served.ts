/** The resources as clients see them: a stored kind under one of the versions that it is served in. */
import type { JsonObject } from "../../core/machinery/json.ts";
import type { Kind } from "../../core/store/kinds.ts";
import type { ObjectStore } from "../../core/store/object-store.ts";
import type { KubeObject } from "../../core/store/objects.ts";
import type { Definition } from "./custom/definition.ts";
import { autoscalerToV1, autoscalerToV2 } from "./conversion/autoscaler.ts";
import { eventToCore, eventToEvents } from "./conversion/event.ts";

export interface Served {
  readonly kind: Kind;
  readonly group: string;
  readonly version: string;
  /** "apps/v1" */
  readonly apiVersion: string;
  /** Of a custom resource. */
  readonly definition: Definition | null;
  /** What is stored, in this version. */
  readonly fromStored: (object: KubeObject) => KubeObject;
  readonly toStored: (object: JsonObject) => JsonObject;
}

/** Of fields in errors and paths: what the request spoke of. */
export const subjectOf = ({ kind, group }: Served) => ({ ...kind, group });

const same = <Value>(value: Value): Value => value;

export function apiVersionOf(group: string, version: string): string {
  return group === "" ? version : `${group}/${version}`;
}

function builtIn(kind: Kind): Served[] {
  const { group, version } = kind;
  const apiVersion = apiVersionOf(group, version);
  const stored: Served = {
    kind,
    group,
    version,
    apiVersion,
    definition: null,
    fromStored: same,
    toStored: same,
  };
  if (kind.resource === "events") {
    const eventsGroup = {
      group: "events.k8s.io",
      version: "v1",
      apiVersion: "events.k8s.io/v1",
      fromStored: eventToEvents,
      toStored: eventToCore,
    };
    return [stored, { ...stored, ...eventsGroup }];
  }
  if (kind.resource === "horizontalpodautoscalers.autoscaling") {
    const first = {
      version: "v1",
      apiVersion: "autoscaling/v1",
      fromStored: autoscalerToV1,
      toStored: autoscalerToV2,
    };
    return [stored, { ...stored, ...first }];
  }
  return [stored];
}

function custom(kind: Kind, definition: Definition): Served[] {
  const storedVersion = apiVersionOf(kind.group, kind.version);
  return definition.versions
    .filter(({ served }) => served)
    .map(({ name }) => {
      const apiVersion = apiVersionOf(kind.group, name);
      const isStored = apiVersion === storedVersion;
      return {
        kind,
        group: kind.group,
        version: name,
        apiVersion,
        definition,
        // Conversion strategy None: the apiVersion alone differs.
        fromStored: isStored ? same : (object: KubeObject) => ({ ...object, apiVersion }),
        toStored: isStored
          ? same
          : (object: JsonObject) => ({ ...object, apiVersion: storedVersion }),
      };
    });
}

export class ServedTable {
  readonly #byPath = new Map<string, Served>();
  readonly #definitions = new Map<string, Definition>();

  constructor(store: ObjectStore) {
    for (const kind of store.kinds.values()) for (const each of builtIn(kind)) this.#add(each);
  }

  find(group: string, version: string, plural: string): Served | undefined {
    return this.#byPath.get(`${group}/${version}/${plural}`);
  }

  all(): IterableIterator<Served> {
    return this.#byPath.values();
  }

  definition(resource: string): Definition | undefined {
    return this.#definitions.get(resource);
  }

  serve(kind: Kind, definition: Definition): void {
    this.#definitions.set(kind.resource, definition);
    for (const each of custom(kind, definition)) this.#add(each);
  }

  withdraw(resource: string): void {
    this.#definitions.delete(resource);
    for (const [path, { kind }] of this.#byPath) {
      if (kind.resource === resource) this.#byPath.delete(path);
    }
  }

  #add(served: Served): void {
    this.#byPath.set(`${served.group}/${served.version}/${served.kind.plural}`, served);
  }
}
