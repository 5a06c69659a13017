/** Keeps the Endpoints and EndpointSlices of each service like its pods (endpoint and endpointslice controllers). */
import type { EndpointSubset } from "kubernetes-types/core/v1";
import type { LabelSelector } from "kubernetes-types/meta/v1";
import { housekeepingLimits } from "../../../limits.ts";
import { sameJson } from "../../store/equal.ts";
import type { Change } from "../../store/change-log.ts";
import type { ObjectStore } from "../../store/object-store.ts";
import type { ObjectOf } from "../../store/objects.ts";
import { keyOf } from "../../store/resource-table.ts";
import { controllerReference } from "../ownership.ts";
import type { Pod } from "../pod-facts.ts";
import { QueueController } from "../queue-controller.ts";
import { SelectorIndex } from "../selector-index.ts";
import { type SliceContent, sliceContents } from "./endpoint-slices.ts";
import { packSlices } from "./slice-packing.ts";

type Service = ObjectOf<"services">;
type Slice = ObjectOf<"endpointslices.discovery.k8s.io">;

const slices = "endpointslices.discovery.k8s.io";
const zoneLabel = "topology.kubernetes.io/zone";
const serviceNameLabel = "kubernetes.io/service-name";
const managedByLabel = "endpointslice.kubernetes.io/managed-by";
const manager = "endpointslice-controller.k8s.io";

export class EndpointController extends QueueController {
  readonly name = "endpoints";
  readonly #store: ObjectStore;
  readonly #selectors = new SelectorIndex();

  constructor(store: ObjectStore) {
    super();
    this.#store = store;
    for (const service of store.all("services")) this.#note(service);
  }

  observe({ type, resource, object, previous }: Change): void {
    if (resource === "services") {
      if (type === "DELETED") this.#selectors.delete(keyOf(object));
      this.#note(object as Service, type === "DELETED");
    } else if (resource === "pods") {
      if (!matters(type, object as Pod, previous as Pod | null)) return;
      this.#noteMatching(object as Pod);
      const before = previous?.metadata.labels;
      if (before !== undefined && !sameJson(before, object.metadata.labels)) {
        this.#noteMatching(previous as Pod);
      }
    } else if (resource === slices && type !== "ADDED") {
      const name = object.metadata.labels?.[serviceNameLabel];
      if (name !== undefined) this.queue.add(`${object.metadata.namespace}/${name}`);
    }
  }

  protected sync(key: string): void {
    const [namespace = "", name = ""] = key.split("/");
    const service = this.#store.get("services", namespace, name);
    if (service?.spec === undefined || service.metadata.deletionTimestamp !== undefined) return;
    const selector = selectorOf(service);
    // Without a selector somebody else says where it answers.
    if (selector === undefined || service.spec.type === "ExternalName") return;
    const pods = this.#store.podsSelected(namespace, selector);
    const zones = (node: string) =>
      this.#store.get("nodes", undefined, node)?.metadata.labels?.[zoneLabel];
    const contents = sliceContents(service.spec, pods, zones);
    this.#writeSlices(service, contents);
    this.#writeEndpoints(service, contents);
  }

  #note(service: Service, gone = false): void {
    if (!gone) {
      this.#selectors.set(keyOf(service), service.metadata.namespace!, selectorOf(service));
    }
    this.queue.add(keyOf(service));
  }

  #noteMatching({ metadata }: Pod): void {
    for (const key of this.#selectors.matching(metadata.namespace!, metadata.labels)) {
      this.queue.add(key);
    }
  }

  /** Slices that stay keep their names; the surplus ends. */
  #writeSlices(service: Service, contents: readonly SliceContent[]): void {
    const { name, namespace } = service.metadata;
    const own = [...this.#store.ownedBy(slices, service.metadata.uid)].filter(
      ({ metadata }) => metadata.labels?.[managedByLabel] === manager,
    );
    const free = new Set(own);
    const isHeadless = service.spec?.clusterIP === "None";
    const packed = packSlices(contents, own, housekeepingLimits.endpointsPerSliceMax);
    for (const { slice, ports, endpoints } of packed) {
      if (slice !== null) {
        free.delete(slice);
        this.#store.update<Slice>({ ...slice, ports, endpoints });
        continue;
      }
      this.#store.create({
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: {
          generateName: `${name}-`,
          namespace: namespace!,
          labels: {
            ...service.metadata.labels,
            [serviceNameLabel]: name,
            [managedByLabel]: manager,
            ...(isHeadless && { "service.kubernetes.io/headless": "" }),
          },
          ownerReferences: [controllerReference(service)],
        },
        addressType: "IPv4",
        endpoints,
        ports,
      });
    }
    for (const { metadata } of free) this.#store.delete(slices, metadata.namespace, metadata.name);
  }

  #writeEndpoints(service: Service, contents: readonly SliceContent[]): void {
    const { name, namespace, labels } = service.metadata;
    const subsets = contents.map(subsetOf);
    const before = this.#store.get("endpoints", namespace, name);
    if (before === undefined) {
      this.#store.create({
        apiVersion: "v1",
        kind: "Endpoints",
        metadata: {
          name,
          namespace: namespace!,
          ...(labels && { labels }),
          ownerReferences: [controllerReference(service)],
        },
        subsets,
      });
    } else this.#store.update<typeof before>({ ...before, subsets });
  }
}

const selectorOf = ({ spec }: Service): LabelSelector | undefined =>
  spec?.selector === undefined || Object.keys(spec.selector).length === 0
    ? undefined
    : { matchLabels: spec.selector };

/** Most changes of a pod (restarts, messages) move no endpoint. */
function matters(type: Change["type"], pod: Pod, before: Pod | null): boolean {
  if (type !== "MODIFIED" || before === null) return true;
  const facts = ({ metadata, status, spec }: Pod) => [
    metadata.labels,
    metadata.deletionTimestamp,
    status?.podIP,
    status?.phase,
    status?.conditions?.find((condition) => condition.type === "Ready")?.status,
    spec?.nodeName,
  ];
  return !sameJson(facts(pod), facts(before));
}

function subsetOf({ ports, endpoints }: SliceContent): EndpointSubset {
  const addresses = (ready: boolean) =>
    endpoints
      .filter(({ conditions }) => conditions?.ready === ready && conditions.terminating !== true)
      .map(({ addresses: [ip = ""], nodeName, targetRef }) => ({
        ip,
        ...(nodeName !== undefined && { nodeName }),
        ...(targetRef !== undefined && { targetRef }),
      }));
  const [ready, waiting] = [addresses(true), addresses(false)];
  return {
    ...(ready.length > 0 && { addresses: ready }),
    ...(waiting.length > 0 && { notReadyAddresses: waiting }),
    ports: ports.map(({ name, port, protocol }) => ({
      ...(name && { name }),
      port: port ?? 0,
      ...(protocol !== undefined && { protocol }),
    })),
  };
}
