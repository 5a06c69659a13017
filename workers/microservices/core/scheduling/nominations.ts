/** Pods that preemption made room for and that are not bound yet, by the node they wait for. */
import type { PodInfo } from "./node-info.ts";

const nobody: readonly PodInfo[] = [];

export class Nominations {
  readonly #byNode = new Map<string, Map<string, PodInfo>>();
  readonly #nodeOf = new Map<string, string>();

  set(pod: PodInfo, node: string | undefined): void {
    this.remove(pod.uid);
    if (!node) return;
    this.#nodeOf.set(pod.uid, node);
    let members = this.#byNode.get(node);
    if (members === undefined) this.#byNode.set(node, (members = new Map()));
    members.set(pod.uid, pod);
  }

  remove(uid: string): void {
    const node = this.#nodeOf.get(uid);
    if (node === undefined) return;
    this.#nodeOf.delete(uid);
    const members = this.#byNode.get(node)!;
    members.delete(uid);
    if (members.size === 0) this.#byNode.delete(node);
  }

  has(node: string): boolean {
    return this.#byNode.has(node);
  }

  on(node: string): readonly PodInfo[] {
    const members = this.#byNode.get(node);
    return members ? [...members.values()] : nobody;
  }
}
