import { describe, expect, it } from "vitest";
import { isObject, type Json, type JsonObject, objectAt } from "./json.ts";
import { type CustomType, loadDescriptions, openApiIndex, openApiV3 } from "./openapi.ts";
import { servedKinds } from "./schema.ts";
import { servedResources } from "./served-resources.ts";

const widget: CustomType = {
  group: "example.com",
  version: "v1",
  kind: "Widget",
  plural: "widgets",
  isNamespaced: true,
  hasStatus: true,
  hasScale: false,
  schema: { type: "object", properties: { spec: { type: "object", description: "A spec." } } },
};
const groupVersions = [...new Set(servedKinds().map(({ apiVersion }) => apiVersion))];
const schemasOf = (document: JsonObject): JsonObject =>
  objectAt(objectAt(document, "components"), "schemas")!;

function references(value: Json): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) =>
    key === "$ref" && typeof member === "string" ? [member] : references(member),
  );
}

describe.each([...groupVersions, "example.com/v1"])("%s", (groupVersion) => {
  const document = openApiV3(groupVersion, [widget]);

  it("refers only to schemas that it has", () => {
    const names = new Set(Object.keys(schemasOf(document)));
    const found = new Set(
      references(document).map((reference) => reference.replace("#/components/schemas/", "")),
    );
    expect([...found].filter((name) => !names.has(name))).toEqual([]);
    expect(names.size).toBeGreaterThan(2);
  });

  it("gives every object's path a PATCH with the kind and fieldValidation", () => {
    const paths = objectAt(document, "paths")!;
    const objects = Object.keys(paths).filter((path) => path.endsWith("/{name}"));
    for (const path of objects.filter(() => groupVersion !== "metrics.k8s.io/v1beta1")) {
      const patch = objectAt(objectAt(paths, path), "patch")!;
      expect(patch["x-kubernetes-group-version-kind"]).toMatchObject({
        group: groupVersion.includes("/") ? groupVersion.split("/")[0] : "",
        version: groupVersion.split("/").at(-1),
      });
      expect(patch["parameters"]).toContainEqual(
        expect.objectContaining({ name: "fieldValidation", in: "query" }),
      );
    }
  });
});

/** The plurals and scopes of `kubectl api-resources` on a cluster of Kubernetes. */
it("puts the resources where Kubernetes has them", () => {
  const places = servedResources().map(
    ({ apiVersion, plural, isNamespaced }) =>
      `${apiVersion} ${plural} ${isNamespaced ? "namespaced" : "cluster"}`,
  );
  expect(places).toEqual(
    expect.arrayContaining([
      "v1 endpoints namespaced",
      "v1 nodes cluster",
      "networking.k8s.io/v1 networkpolicies namespaced",
      "networking.k8s.io/v1 ingresses namespaced",
      "networking.k8s.io/v1 ingressclasses cluster",
      "scheduling.k8s.io/v1 priorityclasses cluster",
      "storage.k8s.io/v1 storageclasses cluster",
      "policy/v1 poddisruptionbudgets namespaced",
      "rbac.authorization.k8s.io/v1 clusterroles cluster",
      "apiextensions.k8s.io/v1 customresourcedefinitions cluster",
      "authorization.k8s.io/v1 selfsubjectaccessreviews cluster",
      "metrics.k8s.io/v1beta1 pods namespaced",
      "metrics.k8s.io/v1beta1 nodes cluster",
    ]),
  );
});

it("carries the texts and marks that kubectl explains and merges by", async () => {
  const document = openApiV3("apps/v1", [], await loadDescriptions());
  const schemas = schemasOf(document);
  const container = objectAt(schemas, "io.k8s.api.core.v1.Container");
  expect(container?.["required"]).toEqual(["name"]);
  expect(objectAt(container, "properties")).toMatchObject({
    ports: {
      "x-kubernetes-list-type": "map",
      "x-kubernetes-list-map-keys": ["containerPort", "protocol"],
      "x-kubernetes-patch-merge-key": "containerPort",
      "x-kubernetes-patch-strategy": "merge",
    },
  });
  const spec = objectAt(objectAt(schemas, "io.k8s.api.apps.v1.DeploymentSpec"), "properties");
  expect(objectAt(spec, "strategy")).toMatchObject({
    description: expect.stringContaining("replace existing pods with new ones"),
    allOf: [{ $ref: "#/components/schemas/io.k8s.api.apps.v1.DeploymentStrategy" }],
  });
});

it("keeps a custom type's schema and gives it a kind", () => {
  const schema = objectAt(
    schemasOf(openApiV3("example.com/v1", [widget])),
    "com.example.v1.Widget",
  );
  expect(schema).toMatchObject({
    properties: { spec: { description: "A spec." }, kind: { type: "string" } },
    "x-kubernetes-group-version-kind": [{ group: "example.com", version: "v1", kind: "Widget" }],
  });
});

it("indexes documents by a hash that changes with them", () => {
  const index = (document: JsonObject): Json =>
    objectAt(openApiIndex(new Map([["apps/v1", document]])), "paths")!;
  const url = JSON.stringify(index({ a: 1 }));
  expect(url).toMatch(
    /"apis\/apps\/v1":\{"serverRelativeURL":"\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]{64}"/,
  );
  expect(JSON.stringify(index({ a: 2 }))).not.toBe(url);
});
