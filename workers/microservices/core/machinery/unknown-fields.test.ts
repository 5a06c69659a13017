import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type JsonObject, textOf } from "./json.ts";
import { checkFields, pruneFields, strictDecodingError } from "./unknown-fields.ts";

const deployment = (spec: JsonObject): JsonObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec,
});
const check = (spec: JsonObject): ReturnType<typeof checkFields> =>
  checkFields(deployment(spec), "apps/v1", "Deployment");

describe("unknown fields", () => {
  it("names them with their path, members of lists by index", () => {
    const { unknown, mistyped } = check({
      replica: 1,
      template: { spec: { containers: [{ name: "a" }, { name: "b", imag: "x" }] } },
    });
    expect(unknown).toEqual([
      'unknown field "spec.replica"',
      'unknown field "spec.template.spec.containers[1].imag"',
    ]);
    expect(mistyped).toEqual([]);
    // kubernetes.io, Kubernetes API concepts, "Field validation": the server's words.
    expect(strictDecodingError(unknown.slice(0, 1))).toBe(
      'strict decoding error: unknown field "spec.replica"',
    );
  });

  it("are none in what kubectl's own generators write", () => {
    const bodies = JSON.parse(
      readFileSync(join(import.meta.dirname, "testdata/kubectl-bodies.json"), "utf8"),
    ) as { dryRun: JsonObject | null }[];
    const objects = bodies.flatMap(({ dryRun }) => (dryRun === null ? [] : [dryRun]));
    expect(objects.length).toBeGreaterThan(40);
    for (const object of objects) {
      const problems = checkFields(object, textOf(object["apiVersion"]), textOf(object["kind"]));
      expect(problems).toEqual({ unknown: [], mistyped: [] });
    }
  });

  it("lets free-form values and custom resources pass", () => {
    expect(checkFields({ data: { any: { thing: 1 } } }, "apps/v1", "ControllerRevision")).toEqual({
      unknown: [],
      mistyped: [],
    });
    expect(checkFields({ a: 1 }, "example.com/v1", "Widget").unknown).toEqual([]);
  });

  it("are pruned, with nulls, and nothing else is", () => {
    const object = deployment({
      replica: 1,
      paused: null,
      template: { metadata: { labels: { a: "b" } }, spec: { nope: {}, nodeSelector: { x: "y" } } },
    });
    pruneFields(object, "apps/v1", "Deployment");
    expect(object).toEqual(
      deployment({
        template: { metadata: { labels: { a: "b" } }, spec: { nodeSelector: { x: "y" } } },
      }),
    );
  });
});

describe("values of another type", () => {
  it.each<[JsonObject, string]>([
    [
      { replicas: "three" },
      "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
    ],
    [{ replicas: 1.5 }, "cannot unmarshal number 1.5 into"],
    [{ replicas: 2_147_483_648 }, "of type int32"],
    [{ paused: "true" }, "of type bool"],
    [
      { template: [] },
      "cannot unmarshal array into Go struct field DeploymentSpec.spec.template of type v1.PodTemplateSpec",
    ],
    [{ template: { spec: { containers: {} } } }, "of type []v1.Container"],
    [{ selector: { matchLabels: { app: 1 } } }, "spec.selector.matchLabels.app of type string"],
    [{ selector: { matchLabels: "app" } }, "of type map[string]string"],
    [
      { template: { spec: { containers: [{ resources: { limits: { cpu: "1 core" } } }] } } },
      "quantities must match the regular expression",
    ],
    [{ strategy: { rollingUpdate: { maxSurge: true } } }, "of type intstr.IntOrString"],
    [{ template: { metadata: { creationTimestamp: "yesterday" } } }, 'parsing time "yesterday"'],
  ])("%j", (spec, sentence) => {
    const { mistyped } = check(spec);
    expect(mistyped).toHaveLength(1);
    expect(mistyped[0]).toContain(sentence);
  });

  it("says where base64 ends", () => {
    expect(checkFields({ data: { a: "no!" } }, "v1", "Secret").mistyped).toEqual([
      "illegal base64 data at input byte 2",
    ]);
  });
});
