import * as k8s from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "./testing/test-server.ts";

let server: TestServer;
let config: k8s.KubeConfig;

beforeEach(async () => {
  server = await startTestServer();
  config = new k8s.KubeConfig();
  config.loadFromClusterAndUser(
    { name: "demo", server: server.url, skipTLSVerify: true },
    { name: "demo" },
  );
});

afterEach(async () => {
  await server.close();
  if (server.faults.length > 0) throw new Error(server.faults.join("\n"));
});

const deployment = (name: string): k8s.V1Deployment => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name, labels: { app: name } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: "web", image: "nginx:1" }] },
    },
  },
});
const namespace = "default";

/** Resolves when the condition holds. */
async function until(condition: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(() => condition() && resolve(), 5);
  await promise;
  clearInterval(timer);
}

describe("Kubernetes' JavaScript client", () => {
  it("creates, reads, replaces, patches in every way and deletes", async () => {
    const apps = config.makeApiClient(k8s.AppsV1Api);
    const made = await apps.createNamespacedDeployment({ namespace, body: deployment("web") });
    expect(made.spec).toMatchObject({
      revisionHistoryLimit: 10,
      strategy: { type: "RollingUpdate" },
    });
    const read = await apps.readNamespacedDeployment({ namespace, name: "web" });
    expect(read).toEqual(made);
    read.spec!.replicas = 5;
    const replaced = await apps.replaceNamespacedDeployment({ namespace, name: "web", body: read });
    expect(replaced.metadata!.generation).toBe(2);
    const stale = apps.replaceNamespacedDeployment({ namespace, name: "web", body: made });
    await expect(stale).rejects.toMatchObject({ code: 409 });
    const patches: [k8s.PatchStrategy, object][] = [
      [k8s.PatchStrategy.JsonPatch, [{ op: "replace", path: "/spec/replicas", value: 3 }]],
      [k8s.PatchStrategy.MergePatch, { spec: { replicas: 4 } }],
      [
        k8s.PatchStrategy.StrategicMergePatch,
        { spec: { template: { spec: { containers: [{ name: "web", image: "nginx:2" }] } } } },
      ],
    ];
    let patched: k8s.V1Deployment | undefined;
    for (const [strategy, body] of patches) {
      patched = await apps.patchNamespacedDeployment(
        { namespace, name: "web", body },
        k8s.setHeaderOptions("Content-Type", strategy),
      );
    }
    expect(patched!.spec).toMatchObject({ replicas: 4 });
    expect(patched!.spec!.template.spec!.containers).toMatchObject([
      { name: "web", image: "nginx:2" },
    ]);
    await apps.deleteNamespacedDeployment({ namespace, name: "web" });
    const gone = apps.readNamespacedDeployment({ namespace, name: "web" });
    await expect(gone).rejects.toMatchObject({ code: 404 });
  });

  it("lists in pages of one moment, whatever changes between them", async () => {
    const core = config.makeApiClient(k8s.CoreV1Api);
    const names = Array.from({ length: 10 }, (_, at) => `c${at}`);
    const make = (name: string) =>
      core.createNamespacedConfigMap({ namespace, body: { metadata: { name } } });
    for (const name of names) await make(name);
    const seen: string[] = [];
    let next: string | undefined;
    do {
      const page = await core.listNamespacedConfigMap({
        namespace,
        limit: 3,
        ...(next !== undefined && { _continue: next }),
      });
      seen.push(...page.items.map(({ metadata }) => metadata!.name!));
      const { _continue: token } = page.metadata ?? {};
      next = token || undefined;
      if (next === undefined) break;
      // Neither a name that comes nor one that goes shows in the later pages.
      const name = names[9 - seen.length / 3]!;
      await core.deleteNamespacedConfigMap({ namespace, name });
      await make(`c8-later-${seen.length}`);
    } while (next !== undefined);
    expect(seen).toEqual(names);
  });

  it("gets a long list whole, as kubectl's pages of 500 would only be slower", async () => {
    for (let at = 0; at < 600; at++) {
      const metadata = { name: `m${at}`, namespace };
      server.store.create({ apiVersion: "v1", kind: "ConfigMap", metadata });
    }
    const core = config.makeApiClient(k8s.CoreV1Api);
    const whole = await core.listNamespacedConfigMap({ namespace, limit: 500 });
    expect(whole.items).toHaveLength(600);
    expect(whole.metadata).not.toHaveProperty("remainingItemCount");
    const page = await core.listNamespacedConfigMap({ namespace, limit: 499 });
    expect([page.items.length, page.metadata?.remainingItemCount]).toEqual([499, 101]);
  });

  it("keeps an informer's cache in step", async () => {
    const core = config.makeApiClient(k8s.CoreV1Api);
    const informer = k8s.makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, () =>
      core.listNamespacedConfigMap({ namespace }),
    );
    const told: string[] = [];
    for (const event of ["add", "update", "delete"] as const) {
      informer.on(event, ({ metadata }) => told.push(`${event} ${metadata!.name}`));
    }
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: "first" } } });
    await informer.start();
    await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: "second" } } });
    await core.patchNamespacedConfigMap(
      { namespace, name: "first", body: { data: { key: "value" } } },
      k8s.setHeaderOptions("Content-Type", k8s.PatchStrategy.MergePatch),
    );
    await core.deleteNamespacedConfigMap({ namespace, name: "second" });
    await until(() => told.length >= 4);
    await informer.stop();
    expect(told).toEqual(["add first", "add second", "update first", "delete second"]);
  });
});
