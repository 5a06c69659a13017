import { describe, expect, it } from "vitest";
import type { JsonObject } from "./json.ts";
import { strategicMergePatch } from "./strategic-merge-patch.ts";

const pod = (spec: JsonObject): JsonObject => ({ apiVersion: "v1", kind: "Pod", spec });
const patchPod = (original: JsonObject, patch: JsonObject): unknown => {
  const before = structuredClone({ original, patch });
  const result = strategicMergePatch(pod(original), { spec: patch }, "core/v1.Pod");
  expect({ original, patch }).toEqual(before);
  return result["spec"];
};

/** kubernetes/community contributors/devel/sig-api-machinery/strategic-merge-patch.md, by heading. */
describe("strategic-merge-patch.md", () => {
  it("Basic Patch Format: containers are merged by name", () => {
    expect(
      patchPod(
        { containers: [{ name: "nginx", image: "nginx-1.0" }] },
        { containers: [{ name: "log-tailer", image: "log-tailer-1.0" }] },
      ),
    ).toEqual({
      containers: [
        // A new member comes first: so shows it kubernetes.io's "Update API Objects in Place Using
        // kubectl patch" (patch-demo-ctr-2 before patch-demo-ctr).
        { name: "log-tailer", image: "log-tailer-1.0" },
        { name: "nginx", image: "nginx-1.0" },
      ],
    });
  });

  it("replace Directive in a list and in a map", () => {
    const containers = [{ name: "nginx", image: "nginx-1.0" }];
    expect(
      patchPod(
        { containers },
        { containers: [{ name: "log-tailer", image: "x" }, { $patch: "replace" }] },
      ),
    ).toEqual({ containers: [{ name: "log-tailer", image: "x" }] });
    expect(
      patchPod(
        { securityContext: { runAsUser: 1, fsGroup: 2 } },
        { securityContext: { $patch: "replace", runAsGroup: 3 } },
      ),
    ).toEqual({ securityContext: { runAsGroup: 3 } });
  });

  it("Delete Directive by merge key", () => {
    const original = { containers: [{ name: "a" }, { name: "b" }] };
    const patch = { containers: [{ $patch: "delete", name: "a" }] };
    expect(patchPod(original, patch)).toEqual({ containers: [{ name: "b" }] });
  });

  it("deleteFromPrimitiveList Directive and merge of primitive lists", () => {
    const result = strategicMergePatch(
      { metadata: { finalizers: ["a", "b", "c"] } },
      {
        metadata: {
          "$deleteFromPrimitiveList/finalizers": ["b"],
          finalizers: ["d"],
        },
      },
      "core/v1.Pod",
    );
    expect((result["metadata"] as JsonObject)["finalizers"]).toEqual(["d", "a", "c"]);
  });

  it("setElementOrder Directive: patch order, server-only items in their live places", () => {
    // The document's example: live A (server-only) B C, order C B.
    const original = { containers: [{ name: "a" }, { name: "b" }, { name: "c" }] };
    const patch = {
      "$setElementOrder/containers": [{ name: "c" }, { name: "b" }, { name: "new" }],
      containers: [{ name: "new", image: "i" }],
    };
    expect(patchPod(original, patch)).toEqual({
      containers: [{ name: "a" }, { name: "c" }, { name: "b" }, { name: "new", image: "i" }],
    });
  });

  it("retainKeys Directive: a union keeps the named keys alone", () => {
    const result = strategicMergePatch(
      { spec: { strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } } },
      { spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } },
      "apps/v1.Deployment",
    );
    expect(result).toEqual({ spec: { strategy: { type: "Recreate" } } });
    expect(() =>
      strategicMergePatch(
        { spec: { strategy: { type: "RollingUpdate" } } },
        { spec: { strategy: { $retainKeys: ["type"], rollingUpdate: {} } } },
        "apps/v1.Deployment",
      ),
    ).toThrow("$retainKeys");
  });
});

describe("what kubectl sends", () => {
  it("set image changes one container and no other", () => {
    const original = {
      containers: [
        { name: "sidecar", image: "s" },
        { name: "web", image: "1" },
      ],
    };
    expect(
      patchPod(original, {
        "$setElementOrder/containers": [{ name: "web" }],
        containers: [{ image: "2", name: "web" }],
      }),
    ).toEqual({
      containers: [
        { name: "sidecar", image: "s" },
        { name: "web", image: "2" },
      ],
    });
  });

  it("taint and cordon: node taints are replaced in whole, a null deletes", () => {
    const node = { spec: { unschedulable: true, taints: [{ key: "a", effect: "NoSchedule" }] } };
    const patch = { spec: { unschedulable: null, taints: [{ key: "b", effect: "NoExecute" }] } };
    expect(strategicMergePatch(node, patch, "core/v1.Node")).toEqual({
      spec: { taints: [{ key: "b", effect: "NoExecute" }] },
    });
  });

  it("status conditions are merged by type, ports by their keys, volumes through embedding", () => {
    expect(
      strategicMergePatch(
        { status: { conditions: [{ type: "Ready", status: "True" }] } },
        { status: { conditions: [{ type: "Ready", status: "False" }, { type: "New" }] } },
        "core/v1.Node",
      ),
    ).toEqual({
      status: { conditions: [{ type: "Ready", status: "False" }, { type: "New" }] },
    });
    expect(
      patchPod(
        { volumes: [{ name: "v", emptyDir: {} }] },
        { volumes: [{ name: "v", emptyDir: null, secret: { secretName: "s" } }] },
      ),
    ).toEqual({ volumes: [{ name: "v", secret: { secretName: "s" } }] });
  });
});

describe("bad patches", () => {
  it.each<[JsonObject, string]>([
    [{ $patch: "explode" }, "unknown patch type"],
    [{ containers: [{ image: "x" }] }, "does not contain declared merge key: name"],
    [{ containers: [{ $patch: "delete" }] }, "does not contain declared merge key: name"],
    [{ containers: [{ $patch: "merge" }] }, "merging lists cannot yet be specified"],
    [{ $retainKeys: "x" }, "must be a list of strings"],
    [{ "$setElementOrder/containers": 3 }, "must be a list"],
    [{ "$deleteFromPrimitiveList/containers": 3 }, "must be a list"],
  ])("%j", (patch, sentence) => {
    expect(() => patchPod({ containers: [{ name: "a" }] }, patch)).toThrow(sentence);
  });
});
