/** A server of the Kubernetes API for tests: a store, the guard and a real port. */
import type { AddressInfo } from "node:net";
import { ObjectStore } from "../../../core/store/object-store.ts";
import type { Role } from "../../../../service/contract.ts";
import { createHttpServer, guardPolicy } from "../../../../service/http-server.ts";
import type { ThreadSetup } from "../../../../service/lifecycle.ts";
import { ThreadMetrics } from "../../../../service/telemetry/metrics.ts";
import { createKubernetesApi } from "../api.ts";
import { localStreams } from "./local-streams.ts";

export interface TestServer {
  readonly url: string;
  readonly store: ObjectStore;
  /** Faults of the server's own; a test that sees one fails. */
  readonly faults: string[];
  readonly close: () => Promise<void>;
}

function namespacesOf(store: ObjectStore): void {
  for (const name of ["default", "kube-system", "kube-public", "kube-node-lease"]) {
    const labels = { "kubernetes.io/metadata.name": name };
    store.create({ apiVersion: "v1", kind: "Namespace", metadata: { name, labels } });
  }
  store.create({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "default", namespace: "default" },
  });
}

function addNode(store: ObjectStore, name: string): void {
  const amounts = { cpu: "4", memory: "8Gi", pods: "110" };
  store.create({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name, labels: { "kubernetes.io/hostname": name } },
    spec: {},
    status: {
      capacity: amounts,
      allocatable: amounts,
      conditions: [{ type: "Ready", status: "True", reason: "KubeletReady", message: "ready" }],
      nodeInfo: {
        kubeletVersion: "v1.33.1",
        osImage: "test",
        kernelVersion: "0",
        containerRuntimeVersion: "test://1",
      },
    },
  } as never);
}

/** Runs what is created as a pod at once, as a kubelet that has nothing to do. */
function runPods(store: ObjectStore): void {
  store.subscribe(({ type, resource, object }) => {
    if (resource !== "pods" || type === "DELETED") return;
    setImmediate(() => {
      const { namespace, name } = object.metadata;
      const pod = store.get("pods", namespace, name);
      if (pod === undefined) return;
      if (pod.metadata.deletionTimestamp !== undefined) {
        store.delete("pods", namespace, name, { gracePeriodSeconds: 0 });
        return;
      }
      if (pod.status?.phase === "Running") return;
      const startedAt = "2026-01-01T00:00:00Z";
      store.update({
        ...pod,
        spec: { ...pod.spec!, nodeName: pod.spec?.nodeName ?? "node-1" },
        status: {
          ...pod.status,
          phase: "Running",
          podIP: "10.244.0.5",
          conditions: [{ type: "Ready", status: "True" }],
          containerStatuses: pod.spec!.containers.map((container) => ({
            name: container.name,
            image: container.image ?? "",
            imageID: "",
            ready: true,
            started: true,
            restartCount: 0,
            state: { running: { startedAt } },
          })),
        },
      });
    });
  });
}

export interface TestServerOptions {
  readonly role?: Role;
  /** Runs pods at once. */
  readonly runs?: boolean;
  readonly ports?: ReadonlyMap<number, number>;
}

export async function startTestServer({
  role = "operator",
  runs = false,
  ports = new Map(),
}: TestServerOptions = {}): Promise<TestServer> {
  const faults: string[] = [];
  const now = (): number => Date.now();
  const store = new ObjectStore({ now, random: Math.random });
  namespacesOf(store);
  if (runs) {
    addNode(store, "node-1");
    addNode(store, "node-2");
    runPods(store);
  }
  const setup = {
    id: "microservices",
    host: "127.0.0.1",
    ports: {},
    auth: "open",
    token: "secret",
    desktop: false,
  } as unknown as ThreadSetup;
  const hosts = new Set<string>();
  const policy = { ...guardPolicy(setup, 0), hosts, anonymousRole: role };
  const app = createHttpServer(policy, new ThreadMetrics("microservices", "0"));
  const usage = { cpuNanocores: 250_000_000, memoryBytes: 64 * 1024 * 1024 };
  const api = createKubernetesApi({
    store,
    streams: localStreams(ports),
    metrics: () => ({
      atMs: now(),
      windowSeconds: 15,
      nodes: new Map([["node-1", usage]]),
      pods: new Map(
        [...store.all("pods")].map(({ metadata, spec }) => [
          `${metadata.namespace}/${metadata.name}`,
          new Map(spec!.containers.map(({ name }) => [name, usage])),
        ]),
      ),
    }),
    now,
    monotonicMs: () => performance.now(),
    random: Math.random,
    onUnexpected: (error, operation) =>
      faults.push(`${operation}: ${error instanceof Error ? error.stack : String(error)}`),
  });
  await api.routes(app);
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  hosts.add(`127.0.0.1:${port}`);
  return {
    url: `http://127.0.0.1:${port}`,
    store,
    faults,
    async close() {
      api.close();
      await app.close();
    },
  };
}
