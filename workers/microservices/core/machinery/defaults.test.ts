import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { setDefaults } from "./defaults.ts";
import { type Json, type JsonObject, textOf } from "./json.ts";
import { fieldOf, servedKinds } from "./schema.ts";
import { checkFields } from "./unknown-fields.ts";

const defaulted = (object: JsonObject): JsonObject => {
  const copy = structuredClone(object);
  setDefaults(copy);
  return copy;
};
const template = { spec: { containers: [{ name: "c", image: "nginx" }] } };

describe("what the API reference says of each default", () => {
  it("Deployment", () => {
    const object = { apiVersion: "apps/v1", kind: "Deployment", metadata: {}, spec: { template } };
    expect(defaulted(object)["spec"]).toMatchObject({
      replicas: 1,
      strategy: {
        type: "RollingUpdate",
        rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" },
      },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    });
  });

  it("keeps the descriptions' figures: probes of core/v1", async () => {
    const { default: texts } = await import("./schema-descriptions.json");
    const pod = defaulted({
      apiVersion: "v1",
      kind: "Pod",
      spec: { containers: [{ name: "c", image: "i", livenessProbe: { httpGet: { port: 80 } } }] },
    });
    const [container] = (pod["spec"] as JsonObject)["containers"] as JsonObject[];
    const probe = container!["livenessProbe"] as Record<string, Json>;
    let compared = 0;
    for (const [field, text] of Object.entries(texts["core/v1.Probe"])) {
      const stated = /Defaults? to (\d+)/.exec(text)?.[1];
      if (stated === undefined || field === "initialDelaySeconds") continue;
      expect({ field, value: probe[field] }).toEqual({ field, value: Number(stated) });
      compared += 1;
    }
    expect(compared).toBe(4);
  });

  it.each([
    ["nginx", "Always"],
    ["nginx:latest", "Always"],
    ["nginx:1.27", "IfNotPresent"],
    ["localhost:5000/nginx", "Always"],
    ["localhost:5000/nginx:2", "IfNotPresent"],
    ["nginx@sha256:0123", "IfNotPresent"],
  ])("imagePullPolicy of %s is %s", (image, policy) => {
    const pod = { apiVersion: "v1", kind: "Pod", spec: { containers: [{ name: "c", image }] } };
    expect(defaulted(pod)).toMatchObject({ spec: { containers: [{ imagePullPolicy: policy }] } });
  });

  it("a limit is a request too, in a pod and not in a template", () => {
    const containers = [{ name: "c", image: "i", resources: { limits: { cpu: "1" } } }];
    const resources = { limits: { cpu: "1" }, requests: { cpu: "1" } };
    expect(defaulted({ apiVersion: "v1", kind: "Pod", spec: { containers } })).toMatchObject({
      spec: { containers: [{ resources }] },
    });
    const set = defaulted({
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      spec: { template: { spec: { containers } } },
    });
    expect(JSON.stringify(set)).not.toContain("requests");
  });

  it("Service: the target port is the port, and policies depend on the type", () => {
    const service = (spec: JsonObject): Json =>
      defaulted({ apiVersion: "v1", kind: "Service", spec })["spec"]!;
    expect(service({ ports: [{ port: 80 }] })).toEqual({
      type: "ClusterIP",
      sessionAffinity: "None",
      internalTrafficPolicy: "Cluster",
      ports: [{ port: 80, targetPort: 80, protocol: "TCP" }],
    });
    expect(service({ type: "LoadBalancer", sessionAffinity: "ClientIP" })).toMatchObject({
      externalTrafficPolicy: "Cluster",
      allocateLoadBalancerNodePorts: true,
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10_800 } },
    });
    expect(service({ type: "ExternalName" })).not.toHaveProperty("internalTrafficPolicy");
  });

  it("Job: completions and parallelism together", () => {
    const job = (spec: JsonObject): Json =>
      defaulted({ apiVersion: "batch/v1", kind: "Job", spec })["spec"]!;
    expect(job({})).toMatchObject({ completions: 1, parallelism: 1, backoffLimit: 6 });
    expect(job({ parallelism: 3 })).not.toHaveProperty("completions");
    expect(job({ completions: 5 })).toMatchObject({ completions: 5, parallelism: 1 });
    expect(job({ backoffLimitPerIndex: 1 })).toMatchObject({ backoffLimit: 2_147_483_647 });
  });

  it("Secret: stringData is written into data; NetworkPolicy: types follow the rules", () => {
    const secret = {
      apiVersion: "v1",
      kind: "Secret",
      data: { a: "eA==" },
      stringData: { b: "ü" },
    };
    expect(defaulted(secret)).toEqual({
      apiVersion: "v1",
      kind: "Secret",
      type: "Opaque",
      data: { a: "eA==", b: "w7w=" },
    });
    const policy = {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      spec: { podSelector: {}, egress: [{ ports: [{ port: 53 }] }] },
    };
    expect(defaulted(policy)["spec"]).toMatchObject({
      policyTypes: ["Ingress", "Egress"],
      egress: [{ ports: [{ protocol: "TCP" }] }],
    });
  });

  it("quantities take their canonical form, numbers too", () => {
    const quota = {
      apiVersion: "v1",
      kind: "ResourceQuota",
      spec: { hard: { cpu: 2.5, memory: "1.5Gi", pods: "10" } },
    };
    expect(defaulted(quota)["spec"]).toEqual({
      hard: { cpu: "2500m", memory: "1536Mi", pods: "10" },
    });
  });
});

describe("of every object", () => {
  const bodies = JSON.parse(
    readFileSync(join(import.meta.dirname, "testdata/kubectl-bodies.json"), "utf8"),
  ) as { dryRun: JsonObject | null }[];
  const objects = bodies.flatMap(({ dryRun }) => (dryRun === null ? [] : [dryRun]));
  const bare = servedKinds().map(({ apiVersion, kind }) => ({ apiVersion, kind }));

  it.each([...objects, ...bare].map((object) => [object["kind"], object] as const))(
    "%s: set twice is set once, and every default is a field of its kind",
    (_kind, object) => {
      const once = defaulted(object);
      expect(defaulted(once)).toEqual(once);
      const problems = checkFields(once, textOf(once["apiVersion"]), textOf(once["kind"]));
      expect(problems).toEqual({ unknown: [], mistyped: [] });
    },
  );

  it("never changes what is given", () => {
    fc.assert(
      fc.property(
        fc.record({ replicas: fc.nat(), minReadySeconds: fc.nat(), paused: fc.boolean() }),
        (spec) => {
          const object = { apiVersion: "apps/v1", kind: "Deployment", spec: { ...spec, template } };
          expect(defaulted(object)["spec"]).toMatchObject(spec);
        },
      ),
    );
    expect(fieldOf("apps/v1.DeploymentSpec", "replicas")?.isPointer).toBe(true);
  });
});
