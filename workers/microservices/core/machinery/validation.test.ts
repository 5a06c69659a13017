import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { setDefaults } from "./defaults.ts";
import { type Json, type JsonObject, textOf } from "./json.ts";
import { isScopedToCluster } from "./scopes.ts";
import { typeOf } from "./schema.ts";
import { fieldErrorBody, fieldErrorMessage, fieldErrorReason, validate } from "./validation.ts";

const pod = { containers: [{ name: "c", image: "nginx:1" }] };
const base: Record<string, JsonObject> = {
  "v1/Pod": pod,
  "apps/v1/Deployment": {
    selector: { matchLabels: { app: "a" } },
    template: { metadata: { labels: { app: "a" } }, spec: pod },
  },
  "apps/v1/StatefulSet": {
    serviceName: "a",
    selector: { matchLabels: { app: "a" } },
    template: { metadata: { labels: { app: "a" } }, spec: pod },
  },
  "batch/v1/Job": { template: { spec: { ...pod, restartPolicy: "Never" } } },
  "batch/v1/CronJob": {
    schedule: "*/5 * * * *",
    jobTemplate: { spec: { template: { spec: { ...pod, restartPolicy: "Never" } } } },
  },
  "v1/Service": { ports: [{ port: 80 }] },
  "networking.k8s.io/v1/Ingress": {
    defaultBackend: { service: { name: "a", port: { number: 80 } } },
  },
  "autoscaling/v2/HorizontalPodAutoscaler": {
    maxReplicas: 3,
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "a" },
  },
};

function make(name: string, spec: JsonObject, metadata: JsonObject = {}): JsonObject {
  const slash = name.lastIndexOf("/");
  const object: JsonObject = {
    apiVersion: name.slice(0, slash),
    kind: name.slice(slash + 1),
    metadata: { name: "a", namespace: "default", ...metadata },
    spec: { ...structuredClone(base[name] ?? {}), ...spec },
  };
  setDefaults(object);
  return object;
}
const messages = (object: JsonObject, old: JsonObject | null = null): string[] =>
  validate(object, old).map(fieldErrorMessage);

describe("objects that Kubernetes takes", () => {
  it.each(Object.keys(base))("%s", (name) => {
    expect(messages(make(name, {}))).toEqual([]);
    expect(messages(make(name, {}), make(name, {}))).toEqual([]);
  });

  const bodies = JSON.parse(
    readFileSync(join(import.meta.dirname, "testdata/kubectl-bodies.json"), "utf8"),
  ) as { command: string; dryRun: JsonObject | null }[];
  it.each(bodies.filter(({ dryRun }) => dryRun !== null))("$command", ({ dryRun }) => {
    const object = structuredClone(dryRun!);
    const type = typeOf(textOf(object["apiVersion"]), textOf(object["kind"]))!;
    const metadata = object["metadata"] as JsonObject;
    if (!isScopedToCluster(type)) metadata["namespace"] ??= "default";
    setDefaults(object);
    expect(messages(object)).toEqual([]);
  });
});

/** The sentences are those of Kubernetes' validation.go files. */
describe("objects that it refuses, and its words", () => {
  const many = (over: JsonObject): JsonObject => ({
    containers: [{ ...pod.containers[0], ...over }],
  });
  it.each<[string, string, JsonObject, string]>([
    [
      "a selector that misses its template",
      "apps/v1/Deployment",
      { template: { metadata: { labels: { app: "b" } }, spec: pod } },
      'spec.template.metadata.labels: Invalid value: {"app":"b"}: `selector` does not match template `labels`',
    ],
    [
      "an empty selector",
      "apps/v1/Deployment",
      { selector: {} },
      "spec.selector: Invalid value: {}: empty selector is invalid for deployment",
    ],
    [
      "a negative count",
      "apps/v1/Deployment",
      { replicas: -1 },
      "spec.replicas: Invalid value: -1: must be greater than or equal to 0",
    ],
    [
      "no room to roll",
      "apps/v1/Deployment",
      { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } } },
      "spec.strategy.rollingUpdate.maxUnavailable: Invalid value: 0: may not be 0 when `maxSurge` is 0",
    ],
    [
      "an unknown strategy",
      "apps/v1/Deployment",
      { strategy: { type: "Fast" } },
      'spec.strategy.type: Unsupported value: "Fast": supported values: "Recreate", "RollingUpdate"',
    ],
    ["a pod without containers", "v1/Pod", { containers: [] }, "spec.containers: Required value"],
    ["no image", "v1/Pod", many({ image: "" }), "spec.containers[0].image: Required value"],
    [
      "a bad name",
      "v1/Pod",
      many({ name: "My_App" }),
      "spec.containers[0].name: Invalid value: \"My_App\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
    ],
    [
      "a port out of range",
      "v1/Pod",
      many({ ports: [{ containerPort: 70_000 }] }),
      "spec.containers[0].ports[0].containerPort: Invalid value: 70000: must be between 1 and 65535, inclusive",
    ],
    [
      "a request above its limit",
      "v1/Pod",
      many({ resources: { limits: { cpu: "1" }, requests: { cpu: "2" } } }),
      'spec.containers[0].resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1',
    ],
    [
      "a mount of no volume",
      "v1/Pod",
      many({ volumeMounts: [{ name: "data", mountPath: "/d" }] }),
      'spec.containers[0].volumeMounts[0].name: Not found: "data"',
    ],
    [
      "a name twice",
      "v1/Pod",
      { containers: [pod.containers[0]!, pod.containers[0]!] },
      'spec.containers[1].name: Duplicate value: "c"',
    ],
    [
      "a probe without a handler",
      "v1/Pod",
      many({ livenessProbe: { periodSeconds: 5 } }),
      "spec.containers[0].livenessProbe: Required value: must specify a handler type",
    ],
    [
      "a job that restarts always",
      "batch/v1/Job",
      { template: { spec: { ...pod, restartPolicy: "Always" } } },
      'spec.template.spec.restartPolicy: Unsupported value: "Always": supported values: "Never", "OnFailure"',
    ],
    [
      "a bad schedule",
      "batch/v1/CronJob",
      { schedule: "61 * * * *" },
      'spec.schedule: Invalid value: "61 * * * *": end of range (61) above maximum (59): 61',
    ],
    ["a service without ports", "v1/Service", { ports: [] }, "spec.ports: Required value"],
    [
      "a node port of a cluster IP",
      "v1/Service",
      { ports: [{ port: 80, nodePort: 30_000 }] },
      "spec.ports[0].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
    ],
    [
      "a node port out of range",
      "v1/Service",
      { type: "NodePort", ports: [{ port: 80, nodePort: 80 }] },
      "spec.ports[0].nodePort: Invalid value: 80: provided port is not in the valid range. The range of valid ports is 30000-32767",
    ],
    [
      "two nameless ports",
      "v1/Service",
      { ports: [{ port: 80, name: "a" }, { port: 81 }] },
      "spec.ports[1].name: Required value",
    ],
    [
      "a path that is relative",
      "networking.k8s.io/v1/Ingress",
      {
        rules: [
          {
            http: {
              paths: [
                {
                  path: "x",
                  pathType: "Exact",
                  backend: { service: { name: "a", port: { number: 1 } } },
                },
              ],
            },
          },
        ],
      },
      'spec.rules[0].http.paths[0].path: Invalid value: "x": must be an absolute path',
    ],
    [
      "a maximum under the minimum",
      "autoscaling/v2/HorizontalPodAutoscaler",
      { minReplicas: 5 },
      "spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`",
    ],
  ])("%s", (_case, name, spec, message) => {
    expect(messages(make(name, spec))).toEqual([message]);
  });

  it.each<[JsonObject, string]>([
    [{ name: "" }, "metadata.name: Required value: name or generateName is required"],
    [{ namespace: "" }, "metadata.namespace: Required value"],
    [{ name: "A" }, "a lowercase RFC 1123 subdomain must consist of"],
    [{ name: "a".repeat(254) }, "must be no more than 253 characters"],
    [{ labels: { "a/b/c": "x" } }, "a qualified name must consist of"],
    [{ labels: { a: "x y" } }, "a valid label must be an empty string or consist of"],
    [
      { annotations: { a: "x".repeat(262_145) } },
      "metadata.annotations: Too long: may not be more than 262144 bytes",
    ],
  ])("metadata %#", (metadata, sentence) => {
    const found = messages(make("v1/Pod", {}, metadata));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(sentence);
  });
});

describe("updates", () => {
  const change = (name: string, before: JsonObject, after: JsonObject): string[] =>
    messages(make(name, after), make(name, before));

  it("a pod's image may change, its command may not", () => {
    const containers = (over: JsonObject): JsonObject => ({
      containers: [{ ...pod.containers[0], ...over }],
    });
    expect(
      change("v1/Pod", {}, containers({ image: "nginx:2", imagePullPolicy: "IfNotPresent" })),
    ).toEqual([]);
    const [message] = change("v1/Pod", {}, containers({ command: ["sh"] }));
    expect(message).toMatch(
      /^spec: Forbidden: pod updates may not change fields other than `spec\.containers\[\*\]\.image`/,
    );
  });

  it("selectors, job templates and stateful sets' claims are immutable", () => {
    const labels = { app: "b" };
    const [selector] = change(
      "apps/v1/Deployment",
      {},
      {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: pod },
      },
    );
    expect(selector).toBe(
      'spec.selector: Invalid value: {"matchLabels":{"app":"b"}}: field is immutable',
    );
    const template = {
      spec: { containers: [{ name: "d", image: "x:1" }], restartPolicy: "Never" },
    };
    expect(change("batch/v1/Job", {}, { template })[0]).toMatch(
      /^spec\.template: .*field is immutable$/,
    );
    expect(change("apps/v1/StatefulSet", {}, { serviceName: "other" })[0]).toMatch(
      /^spec: Forbidden: updates to statefulset spec for fields other than 'replicas'/,
    );
    expect(change("apps/v1/StatefulSet", {}, { replicas: 3 })).toEqual([]);
  });

  it("a cluster IP stays, an immutable ConfigMap stays, a roleRef stays", () => {
    const ip = change("v1/Service", { clusterIP: "10.0.0.1" }, { clusterIP: "10.0.0.2" });
    expect(ip).toEqual(['spec.clusterIPs[0]: Invalid value: "10.0.0.2": may not change once set']);
    const map = (data: Json): JsonObject => ({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "a", namespace: "default" },
      immutable: true,
      data,
    });
    expect(messages(map({ a: "2" }), map({ a: "1" }))).toEqual([
      "data: Forbidden: field is immutable when `immutable` is set",
    ]);
    const binding = (name: string): JsonObject => ({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "a" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
    });
    expect(messages(binding("x"), binding("y"))[0]).toMatch(/cannot change roleRef$/);
  });
});

it("gives a Status' cause", () => {
  const [error] = validate(make("v1/Pod", { containers: [] }), null);
  expect([fieldErrorReason(error!), fieldErrorBody(error!)]).toEqual([
    "FieldValueRequired",
    "Required value",
  ]);
});
