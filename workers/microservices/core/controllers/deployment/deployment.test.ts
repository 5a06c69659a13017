import { strict as assert } from "node:assert";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isActive, isReady, type Pod } from "../pod-facts.ts";
import type { ReplicaSet } from "../replica-set/replica-set-controller.ts";
import { TestWorkloads } from "../testing/test-workloads.ts";

/** deployment_util.go, ResolveFenceposts, in integers: shares of hundred, surge up, unavailable down. */
function boundsOf(replicas: number, surge: number | string, unavailable: number | string) {
  const share = (value: number | string, round: (value: number) => number) =>
    typeof value === "number" ? value : round((replicas * Number.parseInt(value, 10)) / 100);
  const most = share(surge, Math.ceil);
  const least = share(unavailable, Math.floor);
  return { surge: most, unavailable: most === 0 && least === 0 ? 1 : Math.min(least, replicas) };
}

/** Watches what the controllers do to pods, and throws when they go past what the strategy allows. */
function guardBounds(cluster: TestWorkloads, surge: number | string, unavailable: number | string) {
  const byHand = { is: false };
  cluster.store.subscribe(({ type, resource, object, previous }) => {
    const replicas = cluster.deployment.spec!.replicas!;
    const bounds = boundsOf(replicas, surge, unavailable);
    if (resource === "replicasets.apps" && type !== "DELETED") {
      // As in Kubernetes what the sets ask for counts: one may make its pods before another ends its own.
      const asked = (set: object | null) => (set as ReplicaSet | null)?.spec?.replicas ?? 0;
      const total = cluster.sets.reduce((sum, set) => sum + asked(set), 0);
      const grew = asked(object) > asked(previous);
      assert(!grew || total <= replicas + bounds.surge, `${total} pods for ${replicas} replicas`);
    }
    if (resource !== "pods") return;
    const before = previous as Pod | null;
    const ends = type === "DELETED" || !isActive(object as Pod);
    if (!byHand.is && ends && before !== null && isActive(before) && isReady(before)) {
      const left = cluster.available.filter(({ metadata }) => metadata.uid !== before.metadata.uid);
      assert(
        left.length >= replicas - bounds.unavailable,
        `${left.length} available pods are left of ${replicas}`,
      );
    }
  });
  return byHand;
}

const amount = fc.oneof(
  fc.integer({ min: 0, max: 4 }),
  fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
);
const action = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("ready" as const), at: fc.nat() }) },
  fc.record({ kind: fc.constantFrom("unready" as const, "kill" as const), at: fc.nat() }),
  fc.record({ kind: fc.constant("image" as const), at: fc.nat({ max: 3 }) }),
  fc.record({ kind: fc.constant("scale" as const), at: fc.nat({ max: 12 }) }),
);

describe("a rolling update", () => {
  it("never goes past maxSurge or below maxUnavailable by itself, and always comes to its end", () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 12 }),
        amount,
        amount,
        fc.array(action, { maxLength: 40 }),
        (replicas, maxSurge, maxUnavailable, actions) => {
          const cluster = new TestWorkloads();
          const rollingUpdate = { maxSurge, maxUnavailable };
          cluster.deploy(replicas, { strategy: { type: "RollingUpdate", rollingUpdate } });
          const byHand = guardBounds(cluster, maxSurge, maxUnavailable);
          for (const { kind, at } of actions) {
            const { active } = cluster;
            const pod = active[at % Math.max(1, active.length)];
            if (kind === "image") cluster.setImage(`app:${at}`);
            else if (kind === "scale") cluster.change({ replicas: at });
            else if (pod !== undefined && kind === "kill") {
              byHand.is = true;
              cluster.store.delete("pods", "default", pod.metadata.name);
              byHand.is = false;
              cluster.settle();
            } else if (pod !== undefined) cluster.setReady(pod, kind === "ready");
            cluster.advance(1_000);
            const desired = cluster.deployment.spec!.replicas!;
            const { surge } = boundsOf(desired, maxSurge, maxUnavailable);
            expect(cluster.active.length).toBeLessThanOrEqual(desired + surge);
          }
          cluster.makeAllReady();
          const wanted = cluster.deployment.spec!;
          const [image] = wanted.template.spec!.containers.map((container) => container.image!);
          const count = wanted.replicas!;
          expect(cluster.imagesOf(cluster.active)).toEqual(
            Array.from({ length: count }, () => image),
          );
          const { status } = cluster.deployment;
          expect(status).toMatchObject({
            replicas: count,
            updatedReplicas: count,
            availableReplicas: count,
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it("says that it is over, and that its deadline has passed", () => {
    const cluster = new TestWorkloads();
    cluster.deploy(2, { progressDeadlineSeconds: 5 });
    expect(cluster.progress()).toEqual({ status: "True", reason: "ReplicaSetUpdated" });
    cluster.advance(4_000);
    cluster.makeAllReady();
    expect(cluster.progress()).toEqual({ status: "True", reason: "NewReplicaSetAvailable" });
    cluster.setImage("app:broken");
    cluster.advance(4_000);
    expect(cluster.progress()).toMatchObject({ status: "True" });
    cluster.advance(3_000);
    expect(cluster.progress()).toEqual({ status: "False", reason: "ProgressDeadlineExceeded" });
    cluster.makeAllReady();
    expect(cluster.progress()).toEqual({ status: "True", reason: "NewReplicaSetAvailable" });
  });

  it.each([
    ["complete", () => {}],
    ["paused", (cluster: TestWorkloads) => cluster.change({ paused: true })],
  ])("rests after its deadline when it is %s and pods are lost", (_title, prepare) => {
    const cluster = new TestWorkloads();
    cluster.deploy(2, { progressDeadlineSeconds: 5 });
    cluster.makeAllReady();
    prepare(cluster);
    cluster.advance(60_000);
    cluster.setReady(cluster.active[0]!, false);
    const { revision } = cluster.store;
    // Steps wherever something is due: one that is due for ever would never come to its end.
    cluster.advance(60_000);
    expect(cluster.store.revision).toBe(revision);
    expect(cluster.progress().reason).not.toBe("ProgressDeadlineExceeded");
    cluster.change({ paused: false });
    cluster.makeAllReady();
    expect(cluster.deployment.status).toMatchObject({ availableReplicas: 2 });
  });

  it("stands still while it is paused, but scales", () => {
    const cluster = new TestWorkloads();
    cluster.deploy(2);
    cluster.makeAllReady();
    cluster.change({ paused: true });
    cluster.setImage("app:2");
    cluster.change({ replicas: 3 });
    cluster.makeAllReady();
    expect(cluster.imagesOf(cluster.active)).toEqual(["app:1", "app:1", "app:1"]);
    cluster.change({ paused: false });
    cluster.makeAllReady();
    expect(cluster.imagesOf(cluster.active)).toEqual(["app:2", "app:2", "app:2"]);
  });
});

describe("Recreate", () => {
  it("makes no new pod before the last old one is gone", () => {
    const cluster = new TestWorkloads();
    cluster.deploy(3, { strategy: { type: "Recreate" } });
    for (const pod of cluster.active) {
      cluster.store.update<Pod>({ ...pod, spec: { ...pod.spec!, nodeName: "node" } });
    }
    cluster.makeAllReady();
    cluster.setImage("app:2");
    // Bound pods take their grace to end.
    expect(cluster.active).toEqual([]);
    const [first, ...rest] = cluster.pods;
    const end = ({ metadata }: Pod) => {
      cluster.store.delete("pods", "default", metadata.name, { gracePeriodSeconds: 0 });
      cluster.settle();
    };
    for (const pod of rest) end(pod);
    expect(cluster.active).toEqual([]);
    end(first!);
    expect(cluster.imagesOf(cluster.active)).toEqual(["app:2", "app:2", "app:2"]);
  });
});

describe("history", () => {
  const revisions = (cluster: TestWorkloads) =>
    Object.fromEntries(
      cluster.sets.map(({ metadata, spec }) => [
        spec!.template!.spec!.containers[0]!.image!,
        metadata.annotations?.["deployment.kubernetes.io/revision"],
      ]),
    );
  const roll = (cluster: TestWorkloads, image: string) => {
    cluster.advance(1_000);
    cluster.setImage(image);
    cluster.makeAllReady();
  };

  it("keeps as many old sets as revisionHistoryLimit says, the newest", () => {
    const cluster = new TestWorkloads();
    cluster.deploy(1, { revisionHistoryLimit: 2 });
    cluster.makeAllReady();
    for (const version of [2, 3, 4, 5]) roll(cluster, `app:${version}`);
    cluster.advance(1_000);
    expect(revisions(cluster)).toEqual({ "app:3": "3", "app:4": "4", "app:5": "5" });
  });

  it("goes back to a former template with its own set, as the newest revision", () => {
    const cluster = new TestWorkloads();
    cluster.deploy(2);
    cluster.makeAllReady();
    const [first] = cluster.sets;
    roll(cluster, "app:2");
    roll(cluster, "app:1");
    expect(revisions(cluster)).toEqual({ "app:1": "3", "app:2": "2" });
    const owners = cluster.active.map(({ metadata }) => metadata.ownerReferences![0]!.uid);
    expect(new Set(owners)).toEqual(new Set([first!.metadata.uid]));
  });
});
