import { expect, it } from "vitest";
import { setCustomDefaults, unknownCustomFields, validateCustom } from "./custom-schema.ts";
import { fieldErrorMessage } from "./field-errors.ts";
import type { JsonObject } from "./json.ts";

/** The CronTab of kubernetes.io, "Extend the Kubernetes API with CustomResourceDefinitions". */
const schema: JsonObject = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      required: ["cronSpec"],
      properties: {
        cronSpec: { type: "string", minLength: 1, default: "5 0 * * *" },
        image: { type: "string" },
        replicas: { type: "integer", minimum: 1, maximum: 10, default: 1 },
        mode: { type: "string", enum: ["fast", "slow"] },
        port: { "x-kubernetes-int-or-string": true },
        free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        labels: { type: "object", additionalProperties: { type: "string" } },
        parts: { type: "array", minItems: 1, items: { type: "object", properties: { a: {} } } },
        either: { oneOf: [{ required: ["x"] }, { required: ["y"] }] },
      },
    },
  },
};
const cronTab = (spec: JsonObject): JsonObject => ({
  apiVersion: "stable.example.com/v1",
  kind: "CronTab",
  metadata: { name: "my-new-cron-object", labels: { a: "b" } },
  spec,
});

it("prunes what the schema does not name, and keeps what it leaves free", () => {
  const object = cronTab({
    cronSpec: "* * * * */5",
    someRandomField: 42,
    free: { any: { thing: 1 } },
    labels: { app: "x" },
    parts: [{ a: 1, b: 2 }],
  });
  expect(unknownCustomFields(object, schema, { prune: true })).toEqual([
    'unknown field "spec.someRandomField"',
    'unknown field "spec.parts[0].b"',
  ]);
  expect(object).toEqual(
    cronTab({
      cronSpec: "* * * * */5",
      free: { any: { thing: 1 } },
      labels: { app: "x" },
      parts: [{ a: 1 }],
    }),
  );
});

it("defaults what is absent, in objects that are there", () => {
  const object = cronTab({ image: "my-awesome-cron-image" });
  setCustomDefaults(object, schema);
  expect(object["spec"]).toEqual({
    cronSpec: "5 0 * * *",
    image: "my-awesome-cron-image",
    replicas: 1,
  });
  const bare: JsonObject = {};
  setCustomDefaults(bare, schema);
  expect(bare).toEqual({});
});

it.each<[JsonObject, string]>([
  // The page's own answer to replicas: 15.
  [
    { replicas: 15 },
    "spec.replicas: Invalid value: 15: spec.replicas in body should be less than or equal to 10",
  ],
  [
    { replicas: "x" },
    'spec.replicas: Invalid value: "string": spec.replicas in body must be of type integer: "string"',
  ],
  [{ mode: "x" }, 'spec.mode: Unsupported value: "x": supported values: "fast", "slow"'],
  [{ port: 1.5 }, "must be of type integer,string"],
  [{ cronSpec: "" }, "spec.cronSpec in body should be at least 1 chars long"],
  [{ labels: { a: 1 } }, "spec.labels.a in body must be of type string"],
  [{ parts: [] }, "spec.parts in body should have at least 1 items"],
  [{ either: { x: 1, y: 1 } }, "must validate one and only one schema (oneOf)"],
])("%j", (spec, sentence) => {
  const errors = validateCustom(cronTab({ cronSpec: "x", ...spec }), schema);
  expect(errors).toHaveLength(1);
  expect(fieldErrorMessage(errors[0]!)).toContain(sentence);
});

it("asks for what is required, and takes what is right", () => {
  expect(validateCustom(cronTab({}), schema).map(fieldErrorMessage)).toEqual([
    "spec.cronSpec: Required value",
  ]);
  const spec = { cronSpec: "x", replicas: 3, port: "http", either: { x: 1 }, parts: [{}] };
  expect(validateCustom(cronTab(spec), schema)).toEqual([]);
});
