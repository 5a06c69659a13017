import type { Service } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import type { Pod } from "../pod-facts.ts";
import { SteppedCluster } from "../testing/stepped-cluster.ts";
import { EndpointController } from "./endpoint-controller.ts";

function makeCluster(
  spec: Partial<NonNullable<Service["spec"]>> = {},
  cluster = SteppedCluster.with(({ store }) => [new EndpointController(store)]),
): SteppedCluster {
  cluster.apply({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", namespace: "default" },
    spec: {
      selector: { app: "web" },
      ports: [{ name: "http", port: 80, targetPort: 8080 }],
      ...spec,
    },
  });
  return cluster;
}

/** 250 pods are there before anybody looks. */
function makeCrowd(): SteppedCluster {
  const cluster = makeCluster({}, new SteppedCluster());
  for (let number = 0; number < 250; number++) addPod(cluster, number);
  cluster.run(new EndpointController(cluster.store));
  return cluster;
}

/** A pod that runs, with an address by its number. */
function addPod(cluster: SteppedCluster, number: number, ready = true, port?: number): Pod {
  const name = `web-${number}`;
  const ports = port === undefined ? {} : { ports: [{ name: "http", containerPort: port }] };
  cluster.addPod(name, {
    labels: { app: "web" },
    spec: { nodeName: "node-0", containers: [{ name: "main", image: "web", ...ports }] },
  });
  cluster.start(cluster.pod(name), ready);
  const pod = cluster.pod(name);
  cluster.store.setStatus(pod, { ...pod.status, podIP: addressOf(number) });
  cluster.settle();
  return cluster.pod(name);
}

const addressOf = (number: number): string => `10.0.${Math.floor(number / 200)}.${number % 200}`;
const slices = (cluster: SteppedCluster) => [
  ...cluster.store.all("endpointslices.discovery.k8s.io"),
];
const endpoints = (cluster: SteppedCluster) =>
  cluster.store.require("endpoints", "default", "web").subsets;

describe("the endpoints of a service", () => {
  it("are the addresses of its ready pods, with the ports behind its own", () => {
    const cluster = makeCluster();
    addPod(cluster, 1);
    addPod(cluster, 2, false);
    expect(endpoints(cluster)).toMatchObject([
      {
        addresses: [
          { ip: "10.0.0.1", nodeName: "node-0", targetRef: { kind: "Pod", name: "web-1" } },
        ],
        notReadyAddresses: [{ ip: "10.0.0.2" }],
        ports: [{ name: "http", port: 8080, protocol: "TCP" }],
      },
    ]);
    const [slice] = slices(cluster);
    expect(slice!.metadata.labels).toEqual({
      "kubernetes.io/service-name": "web",
      "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
    });
    expect(slice!.endpoints.map(({ conditions }) => conditions)).toEqual([
      { ready: true, serving: true, terminating: false },
      { ready: false, serving: false, terminating: false },
    ]);
  });

  it("of 250 pods are in three slices, a hundred at most in each, none twice", () => {
    const cluster = makeCrowd();
    expect(slices(cluster).map((slice) => slice.endpoints.length)).toEqual([100, 100, 50]);
    const seen = slices(cluster).flatMap((slice) =>
      slice.endpoints.flatMap(({ addresses }) => addresses),
    );
    expect(new Set(seen)).toEqual(
      new Set(Array.from({ length: 250 }, (_, number) => addressOf(number))),
    );
  });

  it("leave the other slices as they are when one pod changes", () => {
    const cluster = makeCrowd();
    const versions = () => slices(cluster).map(({ metadata }) => metadata.resourceVersion);
    const before = versions();
    const pod = cluster.pod("web-120");
    cluster.start(pod, false);
    expect(versions().filter((version, at) => version !== before[at])).toHaveLength(1);
  });

  it("fill the gap that a pod leaves without moving every slice", () => {
    const cluster = makeCrowd();
    const versions = () => slices(cluster).map(({ metadata }) => metadata.resourceVersion);
    const before = versions();
    cluster.store.delete("pods", "default", "web-0", { gracePeriodSeconds: 0 });
    cluster.settle();
    expect(versions().filter((version, at) => version !== before[at])).toHaveLength(1);
    expect(slices(cluster).map((slice) => slice.endpoints.length)).toEqual([99, 100, 50]);
  });

  it("follow labels, and leave out pods that are over", () => {
    const cluster = makeCluster();
    addPod(cluster, 1);
    addPod(cluster, 2);
    cluster.finish(cluster.pod("web-1"));
    const pod = cluster.pod("web-2");
    cluster.store.update({ ...pod, metadata: { ...pod.metadata, labels: { app: "other" } } });
    cluster.settle();
    expect(endpoints(cluster)).toEqual([]);
    expect(slices(cluster).map((slice) => slice.endpoints)).toEqual([[]]);
  });

  it("serve while they end, and are not ready then", () => {
    const cluster = makeCluster();
    addPod(cluster, 1);
    cluster.store.delete("pods", "default", "web-1");
    cluster.settle();
    expect(slices(cluster)[0]!.endpoints[0]!.conditions).toEqual({
      ready: false,
      serving: true,
      terminating: true,
    });
    cluster.reap();
    expect(slices(cluster)[0]!.endpoints).toEqual([]);
  });

  it("with a named port are in a slice for each number it stands for", () => {
    const cluster = makeCluster({ ports: [{ name: "http", port: 80, targetPort: "http" }] });
    addPod(cluster, 1, true, 3000);
    addPod(cluster, 2, true, 4000);
    const ports = slices(cluster).map((slice) => [
      slice.ports?.[0]?.port,
      slice.endpoints.map(({ addresses }) => addresses[0]),
    ]);
    expect(ports).toEqual([
      [3000, ["10.0.0.1"]],
      [4000, ["10.0.0.2"]],
    ]);
  });

  it("are ready early where the service publishes addresses that are not", () => {
    const cluster = makeCluster({ publishNotReadyAddresses: true });
    addPod(cluster, 1, false);
    expect(slices(cluster)[0]!.endpoints[0]!.conditions?.ready).toBe(true);
  });

  it("are somebody else's where the service has no selector", () => {
    const cluster = makeCluster({ selector: {} });
    addPod(cluster, 1);
    expect([cluster.store.countOf("endpoints"), slices(cluster)]).toEqual([0, []]);
  });
});
