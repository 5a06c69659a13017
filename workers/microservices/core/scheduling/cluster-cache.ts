/** The cluster as the scheduler sees it: nodes, their pods and the indexes over them, kept up to date change by change. */
import { strict as assert } from "node:assert";
import type { ObjectOf } from "../store/objects.ts";
import { NodeInfo, type PodInfo } from "./node-info.ts";
import { SelectorCounts, TermIndex } from "./pod-counts.ts";
import { shapeOf } from "./pod-shape.ts";
import { type NamespaceLabels, termOf } from "./terms.ts";
import { Topology } from "./topology.ts";

/** What a running pod's required affinity counts for where nodes are compared (InterPodAffinityArgs). */
const hardAffinityWeight = 1;
const zoneLabel = "topology.kubernetes.io/zone";

export class ClusterCache {
  readonly #slots: (NodeInfo | null)[] = [];
  readonly #freeSlots: number[] = [];
  readonly #byName = new Map<string, NodeInfo>();
  readonly #placeOf = new Map<string, NodeInfo>();
  readonly #imageNodes = new Map<string, number>();
  readonly topology = new Topology(this.#slots);
  readonly selectorCounts = new SelectorCounts(this.#slots);
  /** Required anti-affinity terms of the pods that run. */
  readonly antiAffinityTerms = new TermIndex();
  /** Terms of the pods that run that make nodes better or worse for others. */
  readonly preferredTerms = new TermIndex();
  readonly #namespaceLabels: NamespaceLabels;
  #order: NodeInfo[] | null = null;

  constructor(namespaceLabels: NamespaceLabels) {
    this.#namespaceLabels = namespaceLabels;
  }

  get(name: string): NodeInfo | undefined {
    const info = this.#byName.get(name);
    return info?.node ? info : undefined;
  }

  /** Every node there is, zone by zone in turn, so that a stretch of them has all zones in it. */
  get order(): readonly NodeInfo[] {
    return (this.#order ??= this.#makeOrder());
  }

  /** Nodes that have the image. */
  nodesWith(image: string): number {
    return this.#imageNodes.get(image) ?? 0;
  }

  setNode(node: ObjectOf<"nodes">): void {
    const info = this.#infoOf(node.metadata.name);
    const zoneBefore = info.labels[zoneLabel];
    if (info.node === null || zoneBefore !== node.metadata.labels?.[zoneLabel]) this.#order = null;
    this.#countImages(info, -1);
    info.setNode(node);
    this.#countImages(info, 1);
    this.topology.refresh(info.slot);
  }

  removeNode(name: string): void {
    const info = this.#byName.get(name);
    if (info === undefined) return;
    this.#countImages(info, -1);
    info.setNode(null);
    this.#order = null;
    this.topology.refresh(info.slot);
    this.#releaseIfEmpty(info);
  }

  /** The place of the pod; undefined where it has none. */
  placeOf(uid: string): NodeInfo | undefined {
    return this.#placeOf.get(uid);
  }

  infoOfPod(pod: ObjectOf<"pods">): PodInfo {
    const { name, uid, namespace = "", labels = {} } = pod.metadata;
    const shape = shapeOf(pod.spec!);
    const term = (source: Parameters<typeof termOf>[0]) =>
      termOf(source, namespace, labels, this.#namespaceLabels);
    return {
      uid,
      name,
      namespace,
      labels,
      priority: pod.spec!.priority ?? 0,
      terminating: pod.metadata.deletionTimestamp !== undefined,
      shape,
      pod,
      antiAffinity: shape.antiAffinity.map(term),
      affinity: shape.affinity.map(term),
      preferred: shape.preferredPods.map(({ weight, term: source }) => ({
        weight,
        term: term(source),
      })),
    };
  }

  addPod(pod: ObjectOf<"pods">): void {
    const name = pod.spec?.nodeName;
    assert(name, "A pod in the cache has a node");
    this.removePod(pod.metadata.uid);
    const info = this.#infoOf(name);
    const podInfo = this.infoOfPod(pod);
    info.add(podInfo);
    this.#placeOf.set(podInfo.uid, info);
    this.#index(info.slot, podInfo, 1);
  }

  /** The pod changed in nothing that is counted. */
  refreshPod(pod: ObjectOf<"pods">): void {
    const info = this.#placeOf.get(pod.metadata.uid)?.pods.get(pod.metadata.uid);
    if (info) info.pod = pod;
  }

  removePod(uid: string): void {
    const info = this.#placeOf.get(uid);
    if (info === undefined) return;
    const podInfo = info.pods.get(uid)!;
    info.remove(podInfo);
    this.#placeOf.delete(uid);
    this.#index(info.slot, podInfo, -1);
    this.#releaseIfEmpty(info);
  }

  #index(slot: number, pod: PodInfo, sign: 1 | -1): void {
    this.selectorCounts.change(slot, pod, sign);
    for (const term of pod.antiAffinity) this.antiAffinityTerms.change(slot, term, 1, sign);
    for (const term of pod.affinity) {
      this.preferredTerms.change(slot, term, hardAffinityWeight, sign);
    }
    for (const { weight, term } of pod.preferred) {
      this.preferredTerms.change(slot, term, weight, sign);
    }
  }

  #infoOf(name: string): NodeInfo {
    let info = this.#byName.get(name);
    if (info !== undefined) return info;
    const slot = this.#freeSlots.pop() ?? this.#slots.length;
    info = new NodeInfo(name, slot);
    if (slot === this.#slots.length) this.selectorCounts.addSlot(slot);
    this.#slots[slot] = info;
    this.#byName.set(name, info);
    this.topology.refresh(slot);
    return info;
  }

  #releaseIfEmpty(info: NodeInfo): void {
    if (info.node !== null || info.pods.size > 0) return;
    this.#byName.delete(info.name);
    this.#slots[info.slot] = null;
    this.#freeSlots.push(info.slot);
  }

  #countImages(info: NodeInfo, sign: 1 | -1): void {
    for (const image of info.images.keys()) {
      const count = this.nodesWith(image) + sign;
      if (count === 0) this.#imageNodes.delete(image);
      else this.#imageNodes.set(image, count);
    }
  }

  #makeOrder(): NodeInfo[] {
    const zones = new Map<string, NodeInfo[]>();
    for (const info of this.#byName.values()) {
      if (info.node === null) continue;
      const zone = info.labels[zoneLabel] ?? "";
      const members = zones.get(zone);
      if (members) members.push(info);
      else zones.set(zone, [info]);
    }
    const order: NodeInfo[] = [];
    for (let round = 0; zones.size > 0; round++) {
      for (const [zone, members] of zones) {
        const info = members[round];
        if (info) order.push(info);
        else zones.delete(zone);
      }
    }
    return order;
  }
}
