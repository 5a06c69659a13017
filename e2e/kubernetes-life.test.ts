/** What the cluster keeps and what its clients keep: through rollouts, restarts and a kill. */
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as k8s from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PlatformProcess, startPlatformProcess } from "./platform-process.ts";

const namespace = "default";
const home = mkdtempSync(join(tmpdir(), "kubernetes-life-"));
const flags = [`--home=${home}`, "--only=microservices,integration,gateway"];
const patience = { timeout: 15_000 };
let platform: PlatformProcess;
let config: k8s.KubeConfig;

async function start(): Promise<void> {
  platform = await startPlatformProcess(flags);
  config = new k8s.KubeConfig();
  config.loadFromFile(join(home, "kubeconfig"));
}
beforeAll(start);
afterAll(async () => {
  await platform.stopCleanly();
  rmSync(home, { recursive: true, force: true });
});

const apps = () => config.makeApiClient(k8s.AppsV1Api);
const core = () => config.makeApiClient(k8s.CoreV1Api);

function deployment(name: string, replicas: number): k8s.V1Deployment {
  const readinessProbe = { httpGet: { path: "/", port: 8080 }, periodSeconds: 1 };
  const ports = [{ containerPort: 8080 }];
  return {
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: "main", image: "echo", ports, readinessProbe }] },
      },
    },
  };
}

async function deploy(name: string, replicas: number): Promise<void> {
  await apps().createNamespacedDeployment({ namespace, body: deployment(name, replicas) });
  const spec = { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }] };
  await core().createNamespacedService({ namespace, body: { metadata: { name }, spec } });
  await expect.poll(() => statusOf(name), patience).toMatchObject({ availableReplicas: replicas });
}

const statusOf = async (name: string) =>
  (await apps().readNamespacedDeployment({ namespace, name })).status;

async function restart(name: string, at: string): Promise<void> {
  const template = { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": at } } };
  await apps().patchNamespacedDeployment(
    { namespace, name, body: { spec: { template } } },
    k8s.setHeaderOptions("Content-Type", k8s.PatchStrategy.StrategicMergePatch),
  );
}

const isRolledOut = async (name: string) => {
  const { metadata, status, spec } = await apps().readNamespacedDeployment({ namespace, name });
  const { observedGeneration, updatedReplicas, replicas, availableReplicas } = status ?? {};
  return (
    observedGeneration === metadata!.generation &&
    [updatedReplicas, replicas, availableReplicas].every((count) => count === spec!.replicas)
  );
};

describe("a rolling update under load", () => {
  it("loses no request, read or write", { timeout: 60_000 }, async () => {
    await deploy("steady", 4);
    const load = { isOver: false, answered: 0, lost: [] as string[] };
    const pods = new Set<string>();
    const client = async (method: string) => {
      while (!load.isOver) {
        const body = method === "POST" ? { body: "{}" } : {};
        const headers = { "content-type": "application/json" };
        const address = platform.url("/services/steady/", 5);
        try {
          const answer = await fetch(address, { method, headers, ...body });
          const text = await answer.text();
          if (answer.status === 200) {
            load.answered += 1;
            pods.add((JSON.parse(text) as { pod: string }).pod);
          } else load.lost.push(`${method}: ${answer.status} ${text}`);
        } catch (error) {
          load.lost.push(`${method}: ${String(error)}`);
        }
      }
    };
    const clients = ["GET", "GET", "GET", "POST", "POST", "POST"].map(client);
    for (const at of ["first", "second"]) {
      await restart("steady", at);
      await expect.poll(() => isRolledOut("steady"), { timeout: 20_000 }).toBe(true);
    }
    load.isOver = true;
    await Promise.all(clients);
    expect(load.lost).toEqual([]);
    // Those of before, of the first rollout and of the second.
    expect(pods.size).toBe(12);
  });
});

describe("an informer of @kubernetes/client-node", () => {
  it("has the right view after its thread is restarted", { timeout: 60_000 }, async () => {
    await deploy("watched", 2);
    const list = () => core().listNamespacedPod({ namespace });
    const informer = k8s.makeInformer(config, `/api/v1/namespaces/${namespace}/pods`, list);
    let timer: NodeJS.Timeout | undefined;
    informer.on("error", () => {
      // What its documentation tells users to do.
      timer = setTimeout(() => void informer.start().catch(() => {}), 200);
    });
    await informer.start();
    const seen = () =>
      informer
        .list()
        .filter(({ metadata }) => metadata?.labels?.["app"] === "watched")
        .map(({ metadata }) => metadata!.uid!)
        .toSorted();
    const there = async () => {
      const { items } = await core().listNamespacedPod({
        namespace,
        labelSelector: "app=watched",
      });
      return items.map(({ metadata }) => metadata!.uid!).toSorted();
    };
    const before = await there();
    await expect.poll(seen, patience).toEqual(before);
    const answer = await fetch(platform.url("/api/platform/threads/microservices/restart"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(answer.status).toBe(200);
    await expect
      .poll(() => statusOf("watched").catch(() => null), patience)
      .toMatchObject({
        availableReplicas: 2,
      });
    await restart("watched", "later");
    await expect.poll(() => isRolledOut("watched"), patience).toBe(true);
    await expect.poll(async () => (await there()).length, patience).toBe(2);
    const after = await there();
    for (const uid of before) expect(after).not.toContain(uid);
    await expect.poll(seen, patience).toEqual(after);
    await informer.stop();
    clearTimeout(timer);
  });
});

describe("kill -9", () => {
  it("loses no object that was acknowledged", { timeout: 60_000 }, async () => {
    const identity = ({ metadata }: { metadata?: k8s.V1ObjectMeta }) =>
      `${metadata?.namespace}/${metadata?.name} ${metadata?.uid}`;
    const configMaps = async () => {
      const { items } = await core().listNamespacedConfigMap({ namespace });
      return items.map((item) => `${identity(item)} ${JSON.stringify(item.data)}`).toSorted();
    };
    const workloads = async () => {
      const deployments = await apps().listDeploymentForAllNamespaces();
      const sets = await apps().listReplicaSetForAllNamespaces();
      const services = await core().listServiceForAllNamespaces();
      const lists = [deployments.items, sets.items, services.items];
      return lists.map((items) => items.map(identity).toSorted());
    };
    const before = await workloads();
    for (let at = 0; at < 20; at++) {
      const body = { metadata: { name: `kept-${at}` }, data: { at: String(at) } };
      await core().createNamespacedConfigMap({ namespace, body });
    }
    const maps = await configMaps();
    platform.child.kill("SIGKILL");
    await once(platform.child, "exit");
    await start();
    expect(await configMaps()).toEqual(maps);
    expect(await workloads()).toEqual(before);
    // Their containers went with the process: that is a restart of each.
    const restarts = async () => {
      const { items } = await core().listNamespacedPod({ namespace });
      const counts = items.flatMap(({ status }) => status?.containerStatuses ?? []);
      return counts.map(({ restartCount }) => restartCount);
    };
    await expect
      .poll(async () => (await restarts()).every((count) => count > 0), patience)
      .toBe(true);
    for (const name of ["steady", "watched"]) {
      await expect.poll(() => isRolledOut(name), patience).toBe(true);
      const page = await fetch(platform.url(`/services/${name}/`, 5));
      expect(page.status).toBe(200);
    }
  });
});
