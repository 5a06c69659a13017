/** Ways to hurt nodes on purpose, and to make them well again. */
import type { ObjectStore } from "../store/object-store.ts";
import type { Heartbeats } from "./heartbeats.ts";
import type { Kubelet } from "./kubelet.ts";
import type { NodeLifecycle } from "./node-lifecycle.ts";
import { nodeLabels } from "./node-pools.ts";

export interface NodeChaosParts {
  readonly store: ObjectStore;
  readonly kubelet: Kubelet;
  readonly heartbeats: Heartbeats;
  readonly lifecycle: NodeLifecycle;
  /** The runtime of the node loses all that it runs, or has power again. */
  readonly setPower: (node: string, on: boolean) => void;
}

export class NodeChaos {
  readonly #parts: NodeChaosParts;

  constructor(parts: NodeChaosParts) {
    this.#parts = parts;
  }

  /** The machine goes off: its containers with it, and nothing of it is told. */
  kill(node: string): void {
    this.#require(node);
    this.#parts.setPower(node, false);
    this.#parts.kubelet.setReach(node, "off");
    this.#silence(node);
  }

  /** The node is cut off: its containers go on, and the control plane hears nothing of it. */
  stopHeartbeats(node: string): void {
    this.#require(node);
    this.#parts.kubelet.setReach(node, "cut");
    this.#silence(node);
  }

  slowHeartbeats(node: string, everyMs: number): void {
    this.#require(node);
    this.#parts.heartbeats.resume(node, everyMs);
    this.#parts.lifecycle.suspect(node);
  }

  /** @returns the nodes that went off */
  zoneOutage(zone: string): string[] {
    const nodes = this.#nodesIn(zone);
    for (const node of nodes) this.kill(node);
    return nodes;
  }

  restore(node: string): void {
    this.#require(node);
    this.#parts.setPower(node, true);
    this.#parts.kubelet.setReach(node, "on");
    this.#parts.heartbeats.resume(node);
  }

  restoreZone(zone: string): string[] {
    const nodes = this.#nodesIn(zone);
    for (const node of nodes) this.restore(node);
    return nodes;
  }

  #silence(node: string): void {
    this.#parts.heartbeats.silence(node);
    this.#parts.lifecycle.suspect(node);
  }

  /** @throws ApiError 404 */
  #require(node: string): void {
    this.#parts.store.require("nodes", undefined, node);
  }

  #nodesIn(zone: string): string[] {
    return [...this.#parts.store.all("nodes")]
      .filter(({ metadata }) => metadata.labels?.[nodeLabels.zone] === zone)
      .map(({ metadata }) => metadata.name);
  }
}
