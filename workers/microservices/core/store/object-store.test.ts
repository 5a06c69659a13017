import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "./api-error.ts";
import { ObjectStore } from "./object-store.ts";
import type { KubeObject } from "./objects.ts";

const start = Date.UTC(2026, 0, 1);

function makeStore(): { store: ObjectStore; clock: { now: number } } {
  const clock = { now: start };
  let seed = 1;
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647;
  const store = new ObjectStore({ now: () => clock.now, random });
  store.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } });
  return { store, clock };
}

const configMap = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace: "default" },
  data,
});

const pod = (name: string, nodeName?: string) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace: "default" },
  spec: { containers: [], ...(nodeName !== undefined && { nodeName }) },
});

/** The reason of the Status that the call fails with. */
function reasonOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof ApiError) return error.status.reason;
    throw error;
  }
  return undefined;
}

describe("the object store", () => {
  it("spends a version on every change and none on what changes nothing", () => {
    const { store } = makeStore();
    const first = store.create(configMap("a", { key: "1" }));
    const { revision } = store;
    expect(Number(first.metadata.resourceVersion)).toBe(revision);
    expect(store.update({ ...first })).toBe(first);
    expect(store.revision).toBe(revision);
    const second = store.update({ ...first, data: { key: "2" } });
    expect(Number(second.metadata.resourceVersion)).toBe(revision + 1);
    expect(second.metadata.uid).toBe(first.metadata.uid);
    expect(reasonOf(() => store.update({ ...first, data: { key: "3" } }))).toBe("Conflict");
  });

  it("refuses a taken name, an unknown namespace and one that is ending", () => {
    const { store } = makeStore();
    store.create(configMap("a"));
    expect(reasonOf(() => store.create(configMap("a")))).toBe("AlreadyExists");
    const metadata = { name: "a", namespace: "nowhere" };
    expect(reasonOf(() => store.create({ ...configMap("a"), metadata }))).toBe("NotFound");
    store.delete("namespaces", undefined, "default");
    expect(store.require("namespaces", undefined, "default").status).toEqual({
      phase: "Terminating",
    });
    expect(reasonOf(() => store.create(configMap("b")))).toBe("Forbidden");
  });

  it("gives a scheduled pod its grace, which may be made shorter and not longer", () => {
    const { store } = makeStore();
    store.create(pod("waiting"));
    expect(store.delete("pods", "default", "waiting").gone).toBe(true);
    store.create(pod("running", "node-1"));
    const { object, gone } = store.delete("pods", "default", "running");
    expect(gone).toBe(false);
    expect(object.metadata).toMatchObject({
      deletionGracePeriodSeconds: 30,
      deletionTimestamp: "2026-01-01T00:00:30Z",
    });
    const longer = { gracePeriodSeconds: 60 };
    expect(store.delete("pods", "default", "running", longer).object).toBe(object);
    expect(store.delete("pods", "default", "running", { gracePeriodSeconds: 0 }).gone).toBe(true);
    expect(store.get("pods", "default", "running")).toBeUndefined();
  });

  it("keeps a deleted object until its last finalizer is taken off", () => {
    const { store } = makeStore();
    const made = store.create({
      ...configMap("kept"),
      metadata: { name: "kept", namespace: "default", finalizers: ["example.com/hold"] },
    });
    expect(store.delete("configmaps", "default", "kept").gone).toBe(false);
    const kept = store.require("configmaps", "default", "kept");
    expect(kept.metadata.deletionTimestamp).toBeDefined();
    store.update({ ...kept, metadata: { ...kept.metadata, finalizers: [] } });
    expect(store.get("configmaps", "default", "kept")).toBeUndefined();
    expect(reasonOf(() => store.update(made))).toBe("NotFound");
  });

  it("counts generations of the desired state, and leaves the status to its own part", () => {
    const { store } = makeStore();
    const made = store.create({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web", namespace: "default" },
      spec: { replicas: 1 },
    });
    expect(made.metadata.generation).toBe(1);
    const watched = store.setStatus<KubeObject>(made, { replicas: 1 });
    expect(watched.metadata.generation).toBe(1);
    const scaled = store.update<KubeObject>(
      { ...watched, spec: { replicas: 2 }, status: { replicas: 9 } },
      "main",
    );
    expect(scaled.metadata.generation).toBe(2);
    expect(scaled.status).toEqual({ replicas: 1 });
  });

  it("replays its changes into the same objects, from any revision it still knows", () => {
    const step = fc.record({
      name: fc.constantFrom("a", "b", "c"),
      act: fc.constantFrom("create", "update", "delete"),
      value: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(40), (steps, cut) => {
        const { store } = makeStore();
        const replica = new Map<string, KubeObject>();
        let from = store.revision;
        for (const [at, { name, act, value }] of steps.entries()) {
          const there = store.get("configmaps", "default", name);
          const data = { value: String(value) };
          if (act === "create" && there === undefined) store.create(configMap(name, data));
          if (act === "update" && there !== undefined) store.update({ ...there, data });
          if (act === "delete" && there !== undefined) store.delete("configmaps", "default", name);
          if (at !== cut) continue;
          from = store.revision;
          for (const object of store.all("configmaps")) replica.set(object.metadata.name, object);
        }
        for (const { type, object } of store.changesSince(from)!) {
          if (type === "DELETED") replica.delete(object.metadata.name);
          else replica.set(object.metadata.name, object);
        }
        const keys = store.sortedKeys("configmaps").map((key) => store.at("configmaps", key)!);
        expect(
          [...replica.values()].toSorted((x, y) => (keys.indexOf(x) < keys.indexOf(y) ? -1 : 1)),
        ).toEqual(keys);
      }),
    );
  });
});
