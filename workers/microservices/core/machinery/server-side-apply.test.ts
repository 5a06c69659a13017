import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "./json.ts";
import {
  type Apply,
  applyPatch,
  conflictMessage,
  trackUpdate,
  withoutManagedFields,
} from "./server-side-apply.ts";

const nowIso = "2026-01-02T03:04:05Z";
const common = {
  subresource: "",
  nowIso,
  apiVersion: "apps/v1",
  type: "apps/v1.Deployment",
} as const;
const deployment = (spec: JsonObject, metadata: JsonObject = {}): JsonObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", ...metadata },
  spec,
});
const apply = (
  live: JsonObject | null,
  manager: string,
  applied: JsonObject,
  over: Partial<Apply> = {},
): ReturnType<typeof applyPatch> =>
  applyPatch({ ...common, live, applied, manager, force: false, ...over });
const entries = (object: JsonObject): JsonObject[] =>
  ((object["metadata"] as JsonObject)["managedFields"] ?? []) as JsonObject[];
const ownedBy = (object: JsonObject, manager: string): Json | undefined =>
  entries(object).find((entry) => entry["manager"] === manager)?.["fieldsV1"];
const specOf = (object: JsonObject): Json => object["spec"]!;

/** kubernetes.io, "Server-Side Apply", by heading. */
describe("the documentation's rules", () => {
  it("Field management: the example of a ConfigMap's managedFields", () => {
    const { object } = applyPatch({
      live: null,
      applied: {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "test-cm", namespace: "default", labels: { "test-label": "test" } },
        data: { key: "some value" },
      },
      manager: "kubectl",
      force: false,
      subresource: "",
      nowIso,
      apiVersion: "v1",
      type: "core/v1.ConfigMap",
    });
    expect(entries(object)).toEqual([
      {
        manager: "kubectl",
        operation: "Apply",
        apiVersion: "v1",
        time: nowIso,
        fieldsType: "FieldsV1",
        fieldsV1: {
          "f:metadata": { "f:labels": { "f:test-label": {} } },
          "f:data": { "f:key": {} },
        },
      },
    ]);
  });

  it("Conflicts: another value is refused by name, force takes the field", () => {
    const live = trackUpdate({
      ...common,
      before: null,
      after: deployment({ replicas: 3 }),
      manager: "kubectl-client-side-apply",
    });
    const refused = apply(live, "kubectl", deployment({ replicas: 2 }));
    expect(refused.object).toEqual(live);
    expect(conflictMessage(refused.conflicts)).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.replicas',
    );
    const { object, conflicts } = apply(live, "kubectl", deployment({ replicas: 2 }), {
      force: true,
    });
    expect([specOf(object), conflicts]).toEqual([{ replicas: 2 }, []]);
    expect(entries(object).map(({ manager }) => manager)).toEqual(["kubectl"]);
  });

  it("Shared field owners: the same value is no conflict, and stays when one lets go", () => {
    const { object: first } = apply(null, "a", deployment({ replicas: 2, paused: true }));
    const { object: both, conflicts } = apply(first, "b", deployment({ replicas: 2 }));
    expect(conflicts).toEqual([]);
    const { object: one } = apply(both, "a", deployment({}));
    expect(specOf(one)).toEqual({ replicas: 2 });
    const { object: none } = apply(one, "b", deployment({ minReadySeconds: 1 }));
    expect(specOf(none)).toEqual({ minReadySeconds: 1 });
  });

  it("Merge strategy: containers by name, atomic lists and selectors whole, sets by value", () => {
    const container = (name: string, over: JsonObject = {}): JsonObject => ({ name, ...over });
    const template = (containers: JsonObject[], finalizers: string[]): JsonObject =>
      deployment(
        { selector: { matchLabels: { app: "web" } }, template: { spec: { containers } } },
        { finalizers },
      );
    const { object: first } = apply(
      null,
      "a",
      template([container("web", { image: "1", args: ["x"] })], ["a.io/x"]),
    );
    const { object: second } = apply(first, "b", {
      ...template([container("sidecar", { image: "s" })], ["b.io/y"]),
    });
    expect(specOf(second)).toMatchObject({
      template: {
        spec: {
          containers: [
            container("web", { image: "1", args: ["x"] }),
            container("sidecar", { image: "s" }),
          ],
        },
      },
    });
    expect((second["metadata"] as JsonObject)["finalizers"]).toEqual(["a.io/x", "b.io/y"]);
    expect(ownedBy(second, "a")).toEqual({
      "f:metadata": { "f:finalizers": { 'v:"a.io/x"': {} } },
      "f:spec": {
        "f:selector": {},
        "f:template": {
          "f:spec": {
            "f:containers": {
              'k:{"name":"web"}': { ".": {}, "f:name": {}, "f:image": {}, "f:args": {} },
            },
          },
        },
      },
    });
    const { object: third } = apply(second, "b", template([], []));
    expect(specOf(third)).toMatchObject({ template: { spec: { containers: [{ name: "web" }] } } });
    expect((third["metadata"] as JsonObject)["finalizers"]).toEqual(["a.io/x"]);
  });

  it("Custom resources: lists are atomic, objects granular", () => {
    const widget = (spec: JsonObject): JsonObject => ({
      apiVersion: "example.com/v1",
      kind: "Widget",
      metadata: { name: "w" },
      spec,
    });
    const over = { apiVersion: "example.com/v1", type: null };
    const { object: first } = apply(null, "a", widget({ list: [1, 2], part: { x: 1 } }), over);
    const { object: second } = apply(first, "b", widget({ part: { y: 2 } }), over);
    expect(specOf(second)).toEqual({ list: [1, 2], part: { x: 1, y: 2 } });
    const { conflicts } = apply(second, "b", widget({ list: [3], part: { y: 2 } }), over);
    expect(conflicts.map(({ manager, path }) => [manager, path])).toEqual([["a", ".spec.list"]]);
  });
});

describe("ordinary writes", () => {
  it("own what they change, and take it from others", () => {
    const { object } = apply(null, "a", deployment({ replicas: 1, paused: true }));
    const after = trackUpdate({
      ...common,
      before: object,
      after: deployment({ replicas: 5, paused: true }),
      manager: "kubectl-scale",
      subresource: "scale",
    });
    expect(ownedBy(after, "a")).toEqual({ "f:spec": { "f:paused": {} } });
    expect(entries(after)[1]).toMatchObject({
      manager: "kubectl-scale",
      operation: "Update",
      subresource: "scale",
      fieldsV1: { "f:spec": { "f:replicas": {} } },
    });
    const { conflicts } = apply(after, "a", deployment({ replicas: 1, paused: true }));
    expect(conflictMessage(conflicts)).toContain(
      '"kubectl-scale" with subresource "scale" using apps/v1',
    );
  });

  it("leave the time of a manager whose fields stay", () => {
    const first = trackUpdate({
      ...common,
      before: null,
      after: deployment({ replicas: 1 }),
      manager: "m",
    });
    const later = "2026-02-02T00:00:00Z";
    const second = trackUpdate({
      ...common,
      before: first,
      after: deployment({ replicas: 2 }),
      manager: "m",
      nowIso: later,
    });
    expect(entries(second)).toEqual(entries(first));
  });

  it("beyond ten managers of updates the oldest are ancient-changes", () => {
    let live: JsonObject | null = null;
    for (let index = 0; index < 14; index++) {
      const labels = Object.fromEntries(
        Array.from({ length: index + 1 }, (_, n) => [`l${n}`, "x"]),
      );
      live = trackUpdate({
        ...common,
        before: live,
        after: deployment({}, { labels }),
        manager: `m${index}`,
        nowIso: `2026-01-01T00:00:${String(index).padStart(2, "0")}Z`,
      });
    }
    const names = entries(live!).map(({ manager }) => manager);
    expect(names).toHaveLength(10);
    expect(names).toContain("ancient-changes");
    expect(names).toContain("m13");
    const all = JSON.stringify(entries(live!).map(({ fieldsV1 }) => fieldsV1));
    for (let index = 0; index < 14; index++) expect(all).toContain(`"f:l${index}":{}`);
  });

  it("an empty managedFields starts afresh", () => {
    const first = trackUpdate({
      ...common,
      before: null,
      after: deployment({ replicas: 1 }),
      manager: "m",
    });
    const after = deployment({ replicas: 2 }, { managedFields: [{}] });
    expect(entries(trackUpdate({ ...common, before: first, after, manager: "m" }))).toEqual([]);
  });
});

it("keeps the name of a container of which another manager owns the image", () => {
  const containers = (image: string): JsonObject =>
    deployment({ template: { spec: { containers: [{ name: "web", image, tty: true }] } } });
  const { object } = apply(null, "a", containers("1"));
  const set = trackUpdate({
    ...common,
    before: object,
    after: containers("2"),
    manager: "kubectl-set",
  });
  const { object: left } = apply(set, "a", deployment({}));
  expect(specOf(left)).toEqual({
    template: { spec: { containers: [{ name: "web", image: "2" }] } },
  });
});

it("tracks a list that names one member twice as a whole", () => {
  const env = (value: string): JsonObject => {
    const variables = [
      { name: "A", value },
      { name: "A", value: "2" },
    ];
    return deployment({ template: { spec: { containers: [{ name: "c", env: variables }] } } });
  };
  const first = trackUpdate({ ...common, before: null, after: env("1"), manager: "m" });
  const second = trackUpdate({ ...common, before: first, after: env("3"), manager: "n" });
  expect(JSON.stringify(ownedBy(second, "n"))).toContain('"f:env":{}');
  expect(JSON.stringify(ownedBy(second, "m"))).not.toContain("f:env");
});

describe("bad input", () => {
  const pods = (containers: Json): JsonObject => deployment({ template: { spec: { containers } } });
  it.each<[Json, string]>([
    [[{ image: "x" }], 'omits key field "name"'],
    [[{ name: "a" }, { name: "a" }], "duplicate entries for key"],
    [["a"], "not an object"],
  ])("%j", (containers, sentence) => {
    expect(() => apply(null, "a", pods(containers))).toThrow(sentence);
  });

  it("refuses managedFields in what is applied, and drops entries that it cannot read", () => {
    expect(() => apply(null, "a", deployment({}, { managedFields: [] }))).toThrow("must be nil");
    const live = deployment({}, { managedFields: [{ manager: "x", fieldsV1: { bad: 1 } }] });
    expect(entries(apply(live, "a", deployment({ replicas: 1 })).object)).toHaveLength(1);
  });
});

describe("properties", () => {
  const spec = fc.record(
    {
      replicas: fc.nat(2),
      paused: fc.boolean(),
      minReadySeconds: fc.nat(2),
      template: fc.record({
        metadata: fc.record({
          labels: fc.dictionary(fc.constantFrom("a", "b"), fc.constantFrom("x", "y")),
        }),
        spec: fc.record({
          containers: fc.uniqueArray(
            fc.record({ name: fc.constantFrom("p", "q", "r"), image: fc.constantFrom("1", "2") }),
            { selector: ({ name }) => name },
          ),
        }),
      }),
    },
    { requiredKeys: [] },
  );

  it("what is applied is there, twice is once, and applying nothing takes it away again", () => {
    fc.assert(
      fc.property(spec, spec, (mine, theirs) => {
        const { object: live } = apply(null, "b", deployment(theirs));
        const { object } = apply(live, "a", deployment(mine), { force: true });
        const again = apply(object, "a", deployment(mine), {
          nowIso: "2027-01-01T00:00:00Z",
        });
        expect(again).toEqual({ object, conflicts: [] });
        const applied = mine as JsonObject;
        for (const name of ["replicas", "paused", "minReadySeconds"]) {
          if (applied[name] !== undefined) {
            expect((specOf(object) as JsonObject)[name]).toBe(applied[name]);
          }
        }
        const { object: alone } = apply(null, "a", deployment(applied));
        const { object: gone } = apply(alone, "a", { apiVersion: "apps/v1", kind: "Deployment" });
        expect(withoutManagedFields(gone)).not.toHaveProperty("spec.replicas");
        expect(entries(gone)).toEqual([]);
      }),
    );
  });
});
