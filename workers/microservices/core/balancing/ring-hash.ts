/**
 * Consistent hashing on a ring, as in Ketama: each host holds points in proportion to its weight,
 * and a key goes to the next point at or after its hash.
 */
import { balancingLimits } from "../../limits.ts";
import type { BalancedHost, Balancer } from "./balancer.ts";
import { hash32 } from "./hash.ts";

export function ringHash(): Balancer {
  let known: readonly BalancedHost[] = [];
  let ring: Ring = { points: new Uint32Array(), owners: new Uint16Array() };
  return {
    pick(hosts, { hash }) {
      if (hosts !== known) [known, ring] = [hosts, buildRing(hosts)];
      const { points, owners } = ring;
      if (points.length === 0) return -1;
      let [low, high] = [0, points.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (points[middle]! < hash) low = middle + 1;
        else high = middle;
      }
      return owners[low % points.length]!;
    },
  };
}

interface Ring {
  /** Ascending. */
  readonly points: Uint32Array;
  readonly owners: Uint16Array;
}

/** The points of a host depend on no other host, until the ring is full and all of them shrink. */
export function buildRing(hosts: readonly BalancedHost[]): Ring {
  const total = hosts.reduce((sum, { weight }) => sum + weight, 0);
  const { ringPointsPerWeight, ringSizeMax } = balancingLimits;
  const perWeight = Math.min(ringPointsPerWeight, (ringSizeMax - hosts.length) / total);
  const points: { readonly at: number; readonly owner: number }[] = [];
  for (let owner = 0; owner < hosts.length; owner++) {
    const { key, weight } = hosts[owner]!;
    const count = Math.max(1, Math.floor(weight * perWeight));
    for (let replica = 0; replica < count; replica++) {
      points.push({ at: hash32(`${key}_${replica}`), owner });
    }
  }
  points.sort((a, b) => a.at - b.at || a.owner - b.owner);
  return {
    points: Uint32Array.from(points, ({ at }) => at),
    owners: Uint16Array.from(points, ({ owner }) => owner),
  };
}
