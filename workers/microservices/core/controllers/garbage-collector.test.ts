import { describe, expect, it } from "vitest";
import type { KubeObject } from "../store/objects.ts";
import { GarbageCollector } from "./garbage-collector.ts";
import { SteppedCluster } from "./testing/stepped-cluster.ts";

const makeCluster = () => SteppedCluster.with(({ store }) => [new GarbageCollector(store)]);

/** A config map that these own. */
function make(cluster: SteppedCluster, name: string, ...owners: KubeObject[]): KubeObject {
  const made = cluster.store.create({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "default", ownerReferences: owners.map(reference) },
  });
  cluster.settle();
  return made;
}

const reference = ({ apiVersion, kind, metadata: { name, uid } }: KubeObject) => ({
  apiVersion,
  kind,
  name,
  uid,
  blockOwnerDeletion: true,
});

function end(
  cluster: SteppedCluster,
  name: string,
  propagation: "Orphan" | "Background" | "Foreground",
): void {
  cluster.store.delete("configmaps", "default", name, { propagation });
  cluster.settle();
}

const names = (cluster: SteppedCluster): string[] =>
  [...cluster.store.all("configmaps")].map(({ metadata }) => metadata.name).toSorted();

function holdWith(cluster: SteppedCluster, name: string, ...finalizers: string[]): void {
  const object = cluster.store.require("configmaps", "default", name);
  cluster.store.update({ ...object, metadata: { ...object.metadata, finalizers } });
  cluster.settle();
}

describe("the garbage collector", () => {
  it("ends the dependents of dependents after their owner in the background", () => {
    const cluster = makeCluster();
    const owner = make(cluster, "owner");
    const middle = make(cluster, "middle", owner);
    make(cluster, "leaf", middle);
    make(cluster, "other");
    end(cluster, "owner", "Background");
    expect(names(cluster)).toEqual(["other"]);
  });

  it("in the foreground keeps the owner until its dependents are gone, those of dependents first", () => {
    const cluster = makeCluster();
    const owner = make(cluster, "owner");
    const middle = make(cluster, "middle", owner);
    make(cluster, "leaf", middle);
    holdWith(cluster, "leaf", "example.com/hold");
    end(cluster, "owner", "Foreground");
    expect(names(cluster)).toEqual(["leaf", "middle", "owner"]);
    const { metadata } = cluster.store.require("configmaps", "default", "owner");
    expect(metadata.finalizers).toEqual(["foregroundDeletion"]);
    expect(metadata.deletionTimestamp).toBeDefined();
    holdWith(cluster, "leaf");
    expect(names(cluster)).toEqual([]);
  });

  it("does not wait for dependents that do not block", () => {
    const cluster = makeCluster();
    const owner = make(cluster, "owner");
    cluster.store.create({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "loose",
        namespace: "default",
        finalizers: ["example.com/hold"],
        ownerReferences: [{ ...reference(owner), blockOwnerDeletion: false }],
      },
    });
    cluster.settle();
    end(cluster, "owner", "Foreground");
    expect(names(cluster)).toEqual(["loose"]);
    expect(
      cluster.store.require("configmaps", "default", "loose").metadata.deletionTimestamp,
    ).toBeDefined();
  });

  it("leaves orphans, without the owner's name", () => {
    const cluster = makeCluster();
    const owner = make(cluster, "owner");
    const middle = make(cluster, "middle", owner);
    make(cluster, "leaf", middle);
    end(cluster, "owner", "Orphan");
    expect(names(cluster)).toEqual(["leaf", "middle"]);
    const left = cluster.store.require("configmaps", "default", "middle").metadata;
    expect(left.ownerReferences ?? []).toEqual([]);
  });

  it("keeps what another owner still holds, and takes the lost one off", () => {
    const cluster = makeCluster();
    const first = make(cluster, "first");
    const second = make(cluster, "second");
    make(cluster, "shared", first, second);
    end(cluster, "first", "Background");
    expect(
      cluster.store.require("configmaps", "default", "shared").metadata.ownerReferences,
    ).toEqual([reference(second)]);
    end(cluster, "second", "Background");
    expect(names(cluster)).toEqual([]);
  });

  it("ends what is made with an owner that is not there, or of the same name only", () => {
    const cluster = makeCluster();
    const owner = make(cluster, "owner");
    const ghost = { ...owner, metadata: { ...owner.metadata, uid: "another" } };
    make(cluster, "stray", ghost);
    expect(names(cluster)).toEqual(["owner"]);
  });

  it("ends a cycle of owners in the background and in the foreground", () => {
    for (const propagation of ["Background", "Foreground"] as const) {
      const cluster = makeCluster();
      const first = make(cluster, "first");
      const second = make(cluster, "second", first);
      const third = make(cluster, "third", second);
      const present = cluster.store.require("configmaps", "default", "first");
      const ownerReferences = [reference(third)];
      cluster.store.update({ ...present, metadata: { ...present.metadata, ownerReferences } });
      cluster.settle();
      expect(names(cluster)).toEqual(["first", "second", "third"]);
      end(cluster, "second", propagation);
      expect([propagation, ...names(cluster)]).toEqual([propagation]);
    }
  });

  it("ends what was left ownerless while it did not run", () => {
    const cluster = new SteppedCluster();
    const owner = make(cluster, "owner");
    make(cluster, "dependent", owner);
    cluster.store.delete("configmaps", "default", "owner");
    cluster.run(new GarbageCollector(cluster.store));
    expect(names(cluster)).toEqual([]);
  });
});
