import { describe, expect, it } from "vitest";
import { NamespaceController } from "./namespace-controller.ts";
import { SteppedCluster } from "./testing/stepped-cluster.ts";

function makeCluster(): SteppedCluster {
  const cluster = SteppedCluster.with(({ store }) => [new NamespaceController(store)]);
  cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } });
  return cluster;
}

const configMap = (name: string, finalizers?: string[]) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "team", ...(finalizers && { finalizers }) },
});

function end(cluster: SteppedCluster): void {
  cluster.store.delete("namespaces", undefined, "team");
  cluster.settle();
}

const team = (cluster: SteppedCluster) => cluster.store.get("namespaces", undefined, "team");

describe("a namespace", () => {
  it("has a service account and the root certificates from the first, and again when deleted", () => {
    const cluster = makeCluster();
    expect(cluster.store.get("serviceaccounts", "team", "default")).toBeDefined();
    cluster.store.delete("configmaps", "team", "kube-root-ca.crt");
    cluster.settle();
    expect(cluster.store.get("configmaps", "team", "kube-root-ca.crt")).toBeDefined();
  });

  it("ends with all that is in it, and leaves other namespaces alone", () => {
    const cluster = makeCluster();
    for (let index = 0; index < 450; index++) cluster.store.create(configMap(`map-${index}`));
    cluster.addPod("waiting", { namespace: "team" });
    cluster.addPod("elsewhere");
    end(cluster);
    expect(team(cluster)).toBeUndefined();
    expect([...cluster.store.inNamespace("configmaps", "team")]).toEqual([]);
    expect([...cluster.store.all("pods")].map(({ metadata }) => metadata.name)).toEqual([
      "elsewhere",
    ]);
  });

  it("waits for finalizers, and says for what", () => {
    const cluster = makeCluster();
    cluster.apply(configMap("held", ["example.com/hold"]));
    end(cluster);
    expect(team(cluster)?.status?.phase).toBe("Terminating");
    expect(team(cluster)?.status?.conditions).toMatchObject([
      {
        type: "NamespaceContentRemaining",
        status: "True",
        reason: "SomeResourcesRemain",
        message: "Some resources are remaining: configmaps. has 1 resource instances",
      },
      {
        type: "NamespaceFinalizersRemaining",
        status: "True",
        reason: "SomeFinalizersRemain",
        message:
          "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
      },
    ]);
    const held = cluster.store.require("configmaps", "team", "held");
    cluster.store.update({ ...held, metadata: { ...held.metadata, finalizers: [] } });
    cluster.settle();
    expect(team(cluster)).toBeUndefined();
  });

  it("waits for pods that take their time to end", () => {
    const cluster = makeCluster();
    cluster.addPod("slow", { namespace: "team", spec: { nodeName: "node-0" } });
    end(cluster);
    cluster.advance(10_000);
    expect(team(cluster)).toBeDefined();
    cluster.reap();
    expect(team(cluster)).toBeUndefined();
  });
});
