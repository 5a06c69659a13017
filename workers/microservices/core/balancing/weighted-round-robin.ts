/**
 * nginx's smooth weighted round robin (ngx_http_upstream_round_robin.c, get_peer): each host gains
 * its weight, the greatest is chosen and pays the sum. Weights 5, 1, 1 give a a b a c a a.
 */
import type { BalancedHost, Balancer } from "./balancer.ts";

export function weightedRoundRobin(): Balancer {
  let known: readonly BalancedHost[] = [];
  let credits = new Map<string, number>();
  return {
    pick(hosts) {
      if (hosts !== known) {
        // A host that stays keeps its credit, so that a change of the list starts no new round.
        credits = new Map(hosts.map(({ key }) => [key, credits.get(key) ?? 0]));
        known = hosts;
      }
      let [best, bestCredit, total] = [-1, Number.NEGATIVE_INFINITY, 0];
      for (let index = 0; index < hosts.length; index++) {
        const { key, weight } = hosts[index]!;
        const credit = credits.get(key)! + weight;
        credits.set(key, credit);
        total += weight;
        if (credit > bestCredit) [best, bestCredit] = [index, credit];
      }
      if (best !== -1) credits.set(hosts[best]!.key, bestCredit - total);
      return best;
    },
  };
}
