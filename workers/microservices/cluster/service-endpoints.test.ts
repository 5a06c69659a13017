import { describe, expect, it } from "vitest";
import { Registry } from "../core/registry.ts";
import { TestCluster } from "../core/scheduling/test-cluster.ts";
import { endpointFacts, gatewayNameOf } from "./service-endpoints.ts";

interface Facts {
  readonly ready?: boolean;
  readonly terminating?: boolean;
}

function addSlice(cluster: TestCluster, namespace: string, pods: Readonly<Record<string, Facts>>) {
  cluster.store.create({
    apiVersion: "discovery.k8s.io/v1",
    kind: "EndpointSlice",
    metadata: { name: "web-1", namespace, labels: { "kubernetes.io/service-name": "web" } },
    addressType: "IPv4",
    ports: [
      { name: "http", port: 80 },
      { name: "metrics", port: 9_090 },
    ],
    endpoints: Object.entries(pods).map(([name, conditions]) => ({
      addresses: ["10.128.0.1"],
      conditions,
      targetRef: { kind: "Pod", name, namespace, uid: `uid-${name}` },
    })),
  });
}

describe("the gateway's endpoints", () => {
  it("are the real pods of slices that do not end, at their first port, ready or not", () => {
    const cluster = new TestCluster();
    addSlice(cluster, "default", {
      ready: { ready: true },
      starting: { ready: false },
      ending: { ready: false, terminating: true },
      simulated: { ready: true },
    });
    const ports: Readonly<Record<string, number>> = {
      "uid-ready:80": 40_001,
      "uid-starting:80": 40_002,
      "uid-ending:80": 40_003,
    };
    const portOf = (pod: string, port: number) => ports[`${pod}:${port}`] ?? null;
    const at = { service: "web", host: "127.0.0.1", containerPort: 80 };
    expect(endpointFacts(cluster.store, new Registry(), portOf)).toEqual([
      { ...at, id: "ready", port: 40_001, healthy: true },
      { ...at, id: "starting", port: 40_002, healthy: false },
    ]);
  });

  it("of other namespaces carry their name, and slices without a service are left out", () => {
    const cluster = new TestCluster();
    cluster.createNamespace("dev");
    addSlice(cluster, "dev", { one: { ready: true } });
    cluster.store.create({
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: "somebody", namespace: "default" },
      addressType: "IPv4",
      endpoints: [],
    });
    const facts = endpointFacts(cluster.store, new Registry(), () => 1);
    expect(facts.map(({ service }) => service)).toEqual(["web.dev"]);
    expect(gatewayNameOf("default", "web")).toBe("web");
    expect(gatewayNameOf(undefined, "web")).toBe("web");
  });
});
