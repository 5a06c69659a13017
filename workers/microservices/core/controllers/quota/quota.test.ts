import { expect, it } from "vitest";
import { SteppedCluster } from "../testing/stepped-cluster.ts";
import { QuotaController } from "./quota-controller.ts";

it("a quota knows what the pods that are not over ask for, and how many objects there are", () => {
  const cluster = SteppedCluster.with(({ store }) => [new QuotaController(store)]);
  const hard = {
    pods: "10",
    cpu: "4",
    "requests.memory": "4Gi",
    "limits.cpu": "8",
    configmaps: "5",
    "count/jobs.batch": "3",
  };
  cluster.apply({
    apiVersion: "v1",
    kind: "ResourceQuota",
    metadata: { name: "team", namespace: "default" },
    spec: { hard },
  });
  const used = () => cluster.store.require("resourcequotas", "default", "team").status?.used;
  cluster.createNamespace("other");
  cluster.addPod("elsewhere", { namespace: "other", requests: { cpu: "3" } });
  cluster.addPod("first", { requests: { cpu: "300m", memory: "1024" } });
  cluster.addPod("second", {
    spec: {
      containers: [
        { name: "main", resources: { requests: { cpu: "700m" }, limits: { cpu: "1500m" } } },
      ],
    },
  });
  cluster.apply({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "map", namespace: "default" },
  });
  expect(used()).toEqual({
    pods: "2",
    cpu: "1",
    "requests.memory": "1024",
    "limits.cpu": "1500m",
    configmaps: "1",
    "count/jobs.batch": "0",
  });
  cluster.finish(cluster.pod("second"));
  expect(used()).toMatchObject({ pods: "1", cpu: "300m", "limits.cpu": "0" });
  cluster.store.delete("configmaps", "default", "map");
  cluster.settle();
  expect(used()).toMatchObject({ configmaps: "0" });
});
