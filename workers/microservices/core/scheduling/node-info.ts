/** What runs on a node and what is left of it, kept up to date pod by pod (framework NodeInfo). */
import { strict as assert } from "node:assert";
import type { Taint } from "kubernetes-types/core/v1";
import type { ObjectOf } from "../store/objects.ts";
import type { Labels } from "../store/selectors.ts";
import type { HostPort, PodShape } from "./pod-shape.ts";
import { amountOfResource } from "./quantity.ts";
import type { Term } from "./terms.ts";

/** A pod that holds, or would hold, a place on a node. */
export interface PodInfo {
  readonly uid: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  readonly priority: number;
  readonly terminating: boolean;
  readonly shape: PodShape;
  /** The newest that was seen. */
  pod: ObjectOf<"pods">;
  readonly antiAffinity: readonly Term[];
  readonly affinity: readonly Term[];
  readonly preferred: readonly { readonly weight: number; readonly term: Term }[];
}

export interface TaintInfo {
  readonly taint: Taint;
  readonly message: string;
}

const noLabels: Labels = {};

export class NodeInfo {
  readonly name: string;
  /** The node's place in every array that has an entry for each node. */
  readonly slot: number;
  /** Null where pods are bound to a node that is not there. */
  node: ObjectOf<"nodes"> | null = null;
  labels: Labels = noLabels;
  unschedulable = false;
  /** NoSchedule and NoExecute. */
  hardTaints: readonly TaintInfo[] = [];
  /** PreferNoSchedule. */
  softTaints: readonly Taint[] = [];
  cpuMilli = 0;
  memoryBytes = 0;
  storageBytes = 0;
  podsMax = 0;
  readonly extended = new Map<string, number>();
  usedCpuMilli = 0;
  usedMemoryBytes = 0;
  usedStorageBytes = 0;
  assumedCpuMilli = 0;
  assumedMemoryBytes = 0;
  readonly usedExtended = new Map<string, number>();
  /** Bytes by the image's name. */
  readonly images = new Map<string, number>();
  readonly pods = new Map<string, PodInfo>();
  /** Pods that hold a place here, those of a trial included. */
  podsHeld = 0;
  readonly ports: HostPort[] = [];

  constructor(name: string, slot: number) {
    this.name = name;
    this.slot = slot;
  }

  setNode(node: ObjectOf<"nodes"> | null): void {
    this.node = node;
    this.labels = node?.metadata.labels ?? noLabels;
    this.unschedulable = node?.spec?.unschedulable ?? false;
    const taints = node?.spec?.taints ?? [];
    this.hardTaints = taints
      .filter(({ effect }) => effect !== "PreferNoSchedule")
      .map((taint) => ({
        taint,
        message: `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ""}}`,
      }));
    this.softTaints = taints.filter(({ effect }) => effect === "PreferNoSchedule");
    const allocatable = node?.status?.allocatable ?? node?.status?.capacity ?? {};
    this.extended.clear();
    for (const [name, text] of Object.entries(allocatable)) {
      this.extended.set(name, amountOfResource(name, text));
    }
    this.cpuMilli = this.#takeAllocatable("cpu");
    this.memoryBytes = this.#takeAllocatable("memory");
    this.storageBytes = this.#takeAllocatable("ephemeral-storage");
    this.podsMax = this.#takeAllocatable("pods");
    this.images.clear();
    for (const { names = [], sizeBytes = 0 } of node?.status?.images ?? []) {
      for (const name of names) this.images.set(name, sizeBytes);
    }
  }

  add(info: PodInfo): void {
    assert(!this.pods.has(info.uid), `Pod ${info.name} is on ${this.name} already`);
    this.pods.set(info.uid, info);
    this.hold(info);
  }

  remove(info: PodInfo): void {
    assert(this.pods.delete(info.uid), `Pod ${info.name} is not on ${this.name}`);
    this.release(info);
  }

  /** Takes the pod's share of the node: for a trial, without the pod being here. */
  hold({ shape }: PodInfo): void {
    this.podsHeld++;
    this.#account(shape, 1);
    for (const port of shape.ports) this.ports.push(port);
  }

  /** Gives the pod's share back: for a trial, with the pod still here. */
  release({ shape }: PodInfo): void {
    this.podsHeld--;
    this.#account(shape, -1);
    for (const port of shape.ports) this.ports.splice(this.ports.indexOf(port), 1);
  }

  #takeAllocatable(name: string): number {
    const amount = this.extended.get(name) ?? 0;
    this.extended.delete(name);
    return amount;
  }

  #account(shape: PodShape, sign: 1 | -1): void {
    this.usedCpuMilli += sign * shape.cpuMilli;
    this.usedMemoryBytes += sign * shape.memoryBytes;
    this.usedStorageBytes += sign * shape.storageBytes;
    this.assumedCpuMilli += sign * shape.assumedCpuMilli;
    this.assumedMemoryBytes += sign * shape.assumedMemoryBytes;
    for (const [name, amount] of shape.extended) {
      this.usedExtended.set(name, (this.usedExtended.get(name) ?? 0) + sign * amount);
    }
  }
}
