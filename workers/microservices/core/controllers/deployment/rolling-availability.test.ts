/**
 * What maxSurge and maxUnavailable promise, held in random rollouts. Without minReadySeconds: among
 * ready pods, Kubernetes does not look which of them were ready long enough when it takes some away,
 * and so breaks the promise itself.
 */
import fc from "fast-check";
import { expect, it } from "vitest";
import { isActive, isReady, type Pod } from "../pod-facts.ts";
import { RolloutCluster } from "../rollout-cluster.ts";

const second = 1_000;
const share = fc.oneof(
  fc.integer({ min: 0, max: 5 }),
  fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
);

/** Written down anew, from the words of the API's reference. */
function allowance(value: number | string, replicas: number, up: boolean): number {
  if (typeof value === "number") return value;
  const exact = (Number.parseInt(value, 10) * replicas) / 100;
  return up ? Math.ceil(exact) : Math.floor(exact);
}

it("keeps replicas - maxUnavailable available and replicas + maxSurge in all", () => {
  const scenario = fc.record({
    seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
    replicas: fc.integer({ min: 1, max: 12 }),
    maxSurge: share,
    maxUnavailable: share,
    /** Pods of a hundred that turn unready again. */
    frailty: fc.constantFrom(0, 20, 60),
    rollouts: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
  });
  fc.assert(
    fc.property(scenario, (given) => {
      const { seed, replicas, maxSurge, maxUnavailable } = given;
      const cluster = new RolloutCluster(seed);
      const rollingUpdate = { maxSurge, maxUnavailable };
      const strategy = { type: "RollingUpdate", rollingUpdate };
      cluster.deploy({ replicas, strategy });
      cluster.advance(60 * second);
      const random = cluster.random.fork("lives");
      const within = (most: number) => 1 + Math.floor(random.float() * most * second);
      cluster.lifeOf = () => ({
        startMs: within(5),
        readyMs: within(20),
        endMs: within(20),
        ...(random.float() * 100 < given.frailty && { unreadyMs: within(60) }),
      });
      const surge = allowance(maxSurge, replicas, true);
      const allowed = allowance(maxUnavailable, replicas, false);
      const unavailable = surge === 0 && allowed === 0 ? 1 : Math.min(allowed, replicas);
      cluster.store.subscribe(({ resource, object, previous }) => {
        if (resource === "replicasets.apps") {
          const sets = [...cluster.store.all("replicasets.apps")];
          const asked = sets.reduce((sum, { spec }) => sum + (spec?.replicas ?? 0), 0);
          expect(asked).toBeLessThanOrEqual(replicas + surge);
        }
        if (resource !== "pods") return;
        const active = [...cluster.store.all("pods")].filter(isActive);
        const isTaken = previous !== null && isActive(previous as Pod) && !isActive(object as Pod);
        // Pods that fail by themselves are nobody's decision; those that are deleted are.
        if (!isTaken || !isReady(previous as Pod)) return;
        const left = active.filter(isReady);
        expect(left.length).toBeGreaterThanOrEqual(replicas - unavailable);
      });
      for (const [index, pause] of given.rollouts.entries()) {
        cluster.setImage(`web:${index + 2}`);
        for (let left = pause * second; left > 0; left -= 250) {
          cluster.advance(250);
          const active = [...cluster.store.all("pods")].filter(isActive);
          expect(active.length).toBeLessThanOrEqual(replicas + surge);
        }
      }
      // Once nothing fails any more, the last template is all there is.
      cluster.lifeOf = () => ({ startMs: second, readyMs: second, endMs: second });
      cluster.advance(600 * second);
      for (const pod of Array.from(cluster.store.all("pods"))) {
        if (isActive(pod) && !isReady(pod)) {
          cluster.store.delete("pods", "default", pod.metadata.name, { gracePeriodSeconds: 0 });
        }
      }
      cluster.advance(600 * second);
      const last = `web:${given.rollouts.length + 1}`;
      expect(cluster.count(true)).toEqual({ [last]: replicas });
      expect(cluster.progress).toBe("NewReplicaSetAvailable");
    }),
    { numRuns: 200 },
  );
});
