/** A cluster for the tests of controllers: its clock is stepped, and pods do what the test says. */
import type { PodSpec, PodTemplateSpec } from "kubernetes-types/core/v1";
import { TestCluster } from "../../scheduling/test-cluster.ts";
import type { BuiltInName, NewObject } from "../../store/objects.ts";
import { timeText } from "../../store/objects.ts";
import { keyOf } from "../../store/resource-table.ts";
import type { Controller } from "../controller.ts";
import { controllerOf } from "../ownership.ts";
import { type Admit, PodControl } from "../pod-control.ts";
import { isEnding, isFinishedPod, type Pod } from "../pod-facts.ts";

type PodStatus = NonNullable<Pod["status"]>;

export class SteppedCluster extends TestCluster {
  /** What the API does to pods on their way in. */
  admit: Admit = (object) => object;
  readonly podControl = new PodControl(this.store, this.events, (object) => this.admit(object));

  /** Runs what `make` makes of this cluster. */
  static with(make: (cluster: SteppedCluster) => readonly Controller[]): SteppedCluster {
    const cluster = new SteppedCluster();
    cluster.run(...make(cluster));
    return cluster;
  }

  /** Makes the object, and lets everybody see it. */
  apply(object: NewObject & Readonly<Record<string, unknown>>): void {
    this.store.create(object);
    this.settle();
  }

  /** The object with another spec. */
  respec(resource: BuiltInName, name: string, spec: object): void {
    const before = this.store.require(resource, "default", name);
    this.store.update({ ...before, spec: { ...(before.spec as object), ...spec } });
    this.settle();
  }

  /** The pods of the owner with this name, by their own names. */
  podsOf(owner: string): Pod[] {
    return [...this.store.all("pods")]
      .filter((pod) => controllerOf(pod)?.name === owner)
      .toSorted((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1));
  }

  /** On a node, running and ready. */
  start(pod: Pod, ready = true, node = "node-0"): void {
    const now = timeText(this.now);
    const present = this.#present(pod);
    const nodeName = present.spec?.nodeName ?? node;
    this.store.update({
      ...present,
      spec: { ...present.spec!, nodeName },
      status: {
        ...present.status,
        phase: "Running",
        startTime: now,
        conditions: [{ type: "Ready", status: ready ? "True" : "False", lastTransitionTime: now }],
      },
    });
    this.settle();
  }

  startAll(pods: readonly Pod[]): void {
    for (const pod of pods) this.start(pod);
  }

  /** Its containers ended with this code. */
  finish(pod: Pod, exitCode = 0, status: PodStatus = {}): void {
    this.#finish(pod, exitCode, status);
    this.settle();
  }

  /** What a kubelet does for pods that are being deleted: ends them, and lets them go. */
  reap(): void {
    for (const pod of Array.from(this.store.all("pods"))) {
      if (!isEnding(pod)) continue;
      if (pod.spec?.nodeName && !isFinishedPod(pod)) this.#finish(pod, 137, {});
      const { namespace, name } = pod.metadata;
      if (this.store.get("pods", namespace, name) !== undefined) {
        this.store.delete("pods", namespace, name, { gracePeriodSeconds: 0 });
      }
    }
    this.settle();
  }

  #finish(pod: Pod, exitCode: number, status: PodStatus): void {
    const present = this.#present(pod);
    const finishedAt = timeText(this.now);
    const containerStatuses = (present.spec?.containers ?? []).map(({ name, image = "" }) => ({
      name,
      image,
      imageID: image,
      ready: false,
      restartCount: 0,
      state: { terminated: { exitCode, finishedAt } },
    }));
    this.store.setStatus(present, {
      ...present.status,
      phase: exitCode === 0 ? "Succeeded" : "Failed",
      conditions: [{ type: "Ready", status: "False", lastTransitionTime: finishedAt }],
      containerStatuses,
      ...status,
    });
  }

  #present(pod: Pod): Pod {
    return this.store.at("pods", keyOf(pod)) as Pod;
  }
}

export const template = (
  labels: Record<string, string>,
  spec: Partial<PodSpec> = {},
): PodTemplateSpec => ({
  metadata: { labels },
  spec: { containers: [{ name: "main", image: "registry.k8s.io/pause:3.10" }], ...spec },
});
