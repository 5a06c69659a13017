/** A cluster for tests of rollouts: Deployments, ReplicaSets and pods that live as the test says. */
import type { DeploymentSpec } from "kubernetes-types/apps/v1";
import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import { TestCluster } from "../../scheduling/test-cluster.ts";
import { conditionOf } from "../conditions.ts";
import type { Controller } from "../controller.ts";
import { DeploymentController } from "../deployment/deployment-controller.ts";
import type { Deployment } from "../deployment/deployment-facts.ts";
import { EndpointController } from "../endpoints/endpoint-controller.ts";
import { FakeKubelet, type PodLife } from "./fake-kubelet.ts";
import { type Admit, PodControl } from "../pod-control.ts";
import { isActive, isReady, type Pod } from "../pod-facts.ts";
import { type ReplicaSet, ReplicaSetController } from "../replica-set/replica-set-controller.ts";

export const podTemplate = (image: string): PodTemplateSpec => ({
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "main", image }] },
});

export class RolloutCluster extends TestCluster {
  admit: Admit = (object) => object;
  lifeOf: (pod: Pod) => PodLife = () => ({ startMs: 1_000, readyMs: 1_000, endMs: 1_000 });

  readonly #controllers: readonly Controller[];

  constructor(seed = 1) {
    super(seed);
    const pods = new PodControl(this.store, this.events, (object) => this.admit(object));
    this.#controllers = [
      new FakeKubelet(this.store, (pod) => this.lifeOf(pod)),
      new ReplicaSetController(this.store, pods),
      new DeploymentController(this.store, this.events),
      new EndpointController(this.store),
    ];
    this.run(...this.#controllers);
  }

  /** When anything is next due. */
  get dueAt(): number {
    return Math.min(...this.#controllers.map((controller) => controller.dueAt()));
  }

  deploy(spec: Partial<DeploymentSpec> = {}, annotations: Record<string, string> = {}): void {
    this.store.create({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "default", annotations },
      spec: { selector: { matchLabels: { app: "web" } }, template: podTemplate("web:1"), ...spec },
    });
    this.settle();
  }

  /** Changes the Deployment's spec, as `kubectl patch` does. */
  change(spec: Partial<DeploymentSpec>): void {
    const { deployment } = this;
    this.store.update({ ...deployment, spec: { ...deployment.spec!, ...spec } });
    this.settle();
  }

  setImage(image: string): void {
    this.change({ template: podTemplate(image) });
  }

  annotate(annotations: Record<string, string>): void {
    const { deployment } = this;
    const metadata = {
      ...deployment.metadata,
      annotations: { ...deployment.metadata.annotations, ...annotations },
    };
    this.store.update({ ...deployment, metadata });
    this.settle();
  }

  get deployment(): Deployment {
    return this.store.require("deployments.apps", "default", "web");
  }

  /** Reason of the condition Progressing. */
  get progress(): string | undefined {
    return conditionOf(this.deployment.status?.conditions, "Progressing")?.reason;
  }

  /** The ReplicaSet of the image. */
  setOf(image: string): ReplicaSet {
    for (const set of this.store.all("replicasets.apps")) {
      if (set.spec?.template?.spec?.containers[0]?.image === image) return set;
    }
    throw new Error(`There is no ReplicaSet of ${image}`);
  }

  /** What the sets of these images ask for. */
  sizes(...images: string[]): (number | undefined)[] {
    return images.map((image) => this.setOf(image).spec?.replicas);
  }

  /** Active pods by image; of the ready ones alone where `ready` is set. */
  count(ready = false): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const pod of this.store.all("pods")) {
      if (!isActive(pod) || (ready && !isReady(pod))) continue;
      const image = pod.spec?.containers[0]?.image ?? "";
      counts[image] = (counts[image] ?? 0) + 1;
    }
    return counts;
  }
}
