/** A cluster with the controllers of Deployments and ReplicaSets, whose pods do as the test says. */
import type { DeploymentSpec } from "kubernetes-types/apps/v1";
import { setDefaults } from "../../machinery/defaults.ts";
import type { JsonObject } from "../../machinery/json.ts";
import { TestCluster } from "../../scheduling/test-cluster.ts";
import { timeText } from "../../store/objects.ts";
import { DeploymentController } from "../deployment/deployment-controller.ts";
import type { Deployment } from "../deployment/deployment-facts.ts";
import { GarbageCollector } from "../garbage-collector.ts";
import { PodControl } from "../pod-control.ts";
import { isActive, isReady, type Pod } from "../pod-facts.ts";
import { type ReplicaSet, ReplicaSetController } from "../replica-set/replica-set-controller.ts";

export class TestWorkloads extends TestCluster {
  constructor() {
    super();
    const { store, events } = this;
    const pods = new PodControl(store, events.as("replicaset-controller"), (object) => object);
    this.run(
      new DeploymentController(store, events),
      new ReplicaSetController(store, pods),
      new GarbageCollector(store),
    );
  }

  get deployment(): Deployment {
    return this.store.require("deployments.apps", "default", "web");
  }

  /** The oldest first. */
  get sets(): ReplicaSet[] {
    return [...this.store.inNamespace("replicasets.apps", "default")];
  }

  get pods(): Pod[] {
    return [...this.store.inNamespace("pods", "default")];
  }

  get active(): Pod[] {
    return this.pods.filter(isActive);
  }

  get available(): Pod[] {
    return this.active.filter(isReady);
  }

  imagesOf(pods: readonly Pod[]): string[] {
    return pods.map(({ spec }) => spec!.containers[0]!.image!).toSorted();
  }

  deploy(replicas: number, spec: Partial<DeploymentSpec> = {}): void {
    const deployment = {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "default" },
      spec: {
        replicas,
        selector: { matchLabels: { app: "web" } },
        template: templateOf("app:1"),
        ...spec,
      },
    };
    setDefaults(deployment as unknown as JsonObject);
    this.store.create(deployment);
    this.settle();
  }

  change(spec: Partial<DeploymentSpec>): void {
    const { deployment } = this;
    this.store.update<Deployment>(
      { ...deployment, spec: { ...deployment.spec!, ...spec } },
      "main",
    );
    this.settle();
  }

  setImage(image: string): void {
    const template = structuredClone(this.deployment.spec!.template);
    template.spec!.containers[0]!.image = image;
    this.change({ template });
  }

  setReady(pod: Pod, ready: boolean): void {
    const { namespace, name } = pod.metadata;
    const at = this.store.get("pods", namespace, name);
    if (at === undefined || !isActive(at)) return;
    const status = ready ? "True" : "False";
    const condition = { type: "Ready", status, lastTransitionTime: timeText(this.now) };
    this.store.setStatus(at, { phase: "Running", conditions: [condition] });
    this.settle();
  }

  /** Every pod becomes ready, and those made in their place, until nothing changes. */
  makeAllReady(): void {
    for (;;) {
      const waiting = this.active.filter((pod) => !isReady(pod));
      if (waiting.length === 0) return;
      for (const pod of waiting) this.setReady(pod, true);
    }
  }

  progress() {
    const { conditions = [] } = this.deployment.status ?? {};
    const { status, reason } = conditions.find(({ type }) => type === "Progressing") ?? {};
    return { status, reason };
  }
}

const templateOf = (image: string) => ({
  metadata: { labels: { app: "web" } },
  spec: { containers: [{ name: "web", image }] },
});
