/** A day of a cluster's life: every controller at once, with work, releases and failures. */
import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { TestCluster } from "../scheduling/test-cluster.ts";
import type { ObjectOf } from "../store/objects.ts";
import { makeControllers } from "./all.ts";
import { FakeKubelet, type PodLife } from "./testing/fake-kubelet.ts";
import { controllerOf } from "./ownership.ts";
import { isActive, isReady } from "./pod-facts.ts";
import { podTemplate } from "./testing/rollout-cluster.ts";

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

const unmeasured = { usage: () => undefined, value: () => undefined };

const longRunning = (namespace: string, name: string, replicas: number) => {
  const labels = { app: name };
  const template = { ...podTemplate(`${name}:1`), metadata: { labels } };
  return {
    metadata: { name, namespace },
    spec: { replicas, selector: { matchLabels: labels }, template },
  };
};

function makeCluster(seed: number): TestCluster {
  const cluster = new TestCluster(seed);
  const { store, events } = cluster;
  const chance = cluster.random.fork("lives");
  const lifeOf = (pod: ObjectOf<"pods">): PodLife => ({
    startMs: Math.floor(chance.float() * 5 * second),
    readyMs: Math.floor(chance.float() * 10 * second),
    endMs: Math.floor(chance.float() * 5 * second),
    ...(controllerOf(pod)?.kind === "Job" && { finishMs: 20 * second }),
  });
  cluster.run(
    new FakeKubelet(store, lifeOf),
    ...makeControllers(store, events.as("controllers"), unmeasured),
  );
  for (let index = 0; index < 5; index++) {
    cluster.addNode(`node-${index}`, {});
  }
  cluster.createNamespace("shop");
  for (let index = 0; index < 6; index++) {
    const name = `web-${index}`;
    store.create({ apiVersion: "apps/v1", kind: "Deployment", ...longRunning("shop", name, 4) });
    store.create({
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace: "shop" },
      spec: { selector: { app: name }, ports: [{ port: 80 }] },
    });
  }
  const database = longRunning("shop", "database", 3);
  store.create({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: database.metadata,
    spec: { ...database.spec, serviceName: "database" },
  });
  const { containers } = podTemplate("report:1").spec!;
  store.create({
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "report", namespace: "shop" },
    spec: {
      schedule: "* * * * *",
      successfulJobsHistoryLimit: 3,
      failedJobsHistoryLimit: 1,
      concurrencyPolicy: "Forbid",
      jobTemplate: { spec: { template: { spec: { containers, restartPolicy: "Never" } } } },
    },
  });
  return cluster;
}

/** What happens in the day: every few minutes somebody does something to some workload. */
function liveThroughDay(cluster: TestCluster): void {
  const { store } = cluster;
  const chance = cluster.random.fork("day");
  const pick = (count: number) => Math.floor(chance.float() * count);
  const end = cluster.now + 24 * hour;
  for (let turn = 0; cluster.now < end; turn++) {
    cluster.advance(5 * minute);
    const deployment = store.require("deployments.apps", "shop", `web-${pick(6)}`);
    const spec = deployment.spec!;
    const kind = pick(3);
    if (kind === 0) {
      const template = {
        ...spec.template,
        spec: { containers: [{ name: "main", image: `web:${turn}` }] },
      };
      store.update<typeof deployment>({ ...deployment, spec: { ...spec, template } });
    } else if (kind === 1) {
      const replicas = 1 + pick(8);
      store.update<typeof deployment>({ ...deployment, spec: { ...spec, replicas } });
    } else {
      // A node loses what it runs.
      const pods = [...store.inNamespace("pods", "shop")].filter(isActive);
      for (let lost = 0; lost < 5 && pods.length > 0; lost++) {
        const [pod] = pods.splice(pick(pods.length), 1);
        store.setStatus(pod!, { ...pod!.status, phase: "Failed", reason: "Evicted" });
      }
    }
    cluster.settle();
  }
  cluster.advance(30 * second);
}

function fingerprint({ store }: TestCluster): string {
  const hash = createHash("sha256");
  for (const { resource } of store.kinds.values()) {
    for (const key of store.sortedKeys(resource)) {
      hash.update(`${resource} ${key} ${JSON.stringify(store.at(resource, key))}\n`);
    }
  }
  return hash.digest("hex");
}

it("ends as desired, with nothing left over, and twice the same", () => {
  const cluster = makeCluster(7);
  liveThroughDay(cluster);
  const { store } = cluster;
  for (const deployment of store.all("deployments.apps")) {
    const replicas = deployment.spec?.replicas;
    const { name, generation } = deployment.metadata;
    expect({ name, ...deployment.status }).toMatchObject({
      name,
      observedGeneration: generation,
      replicas,
      updatedReplicas: replicas,
      availableReplicas: replicas,
      unavailableReplicas: 0,
    });
    // Revisions are kept up to the limit, and the present one.
    const sets = [...store.ownedBy("replicasets.apps", deployment.metadata.uid)];
    expect(sets.length).toBeLessThanOrEqual(11);
    const endpoints = store.require("endpoints", "shop", name).subsets ?? [];
    expect(endpoints.flatMap(({ addresses = [] }) => addresses)).toHaveLength(replicas!);
  }
  const database = store.require("statefulsets.apps", "shop", "database");
  expect(database.status).toMatchObject({ replicas: 3, readyReplicas: 3 });
  // Three jobs that succeeded, and perhaps one that runs; each has its pod and no other has one.
  const jobs = [...store.all("jobs.batch")];
  expect(jobs.length).toBeGreaterThanOrEqual(3);
  expect(jobs.length).toBeLessThanOrEqual(5);
  for (const pod of store.all("pods")) {
    const owner = controllerOf(pod)!;
    const kinds = { ReplicaSet: "replicasets.apps", StatefulSet: "statefulsets.apps" } as const;
    const resource = owner.kind === "Job" ? "jobs.batch" : kinds[owner.kind as "ReplicaSet"];
    expect(store.get(resource, "shop", owner.name)?.metadata.uid).toBe(owner.uid);
    if (owner.kind !== "Job" && isActive(pod)) expect(isReady(pod)).toBe(true);
  }
  const again = makeCluster(7);
  liveThroughDay(again);
  expect(fingerprint(again)).toBe(fingerprint(cluster));
  const other = makeCluster(8);
  liveThroughDay(other);
  expect(fingerprint(other)).not.toBe(fingerprint(cluster));
}, 60_000);
