/**
 * Envoy's least request. Equal weights: the less busy of two chosen at random. Otherwise weighted
 * round robin over weight / (active + 1) ^ bias, the weights taken anew at each pick.
 */
import type { Balancer } from "./balancer.ts";
import { twoChoices } from "./two-choices.ts";

export function leastRequest(bias = 1): Balancer {
  const choices = twoChoices();
  const credits = new Map<string, number>();
  return {
    pick(hosts, pick) {
      const [first] = hosts;
      if (first === undefined || hosts.every(({ weight }) => weight === first.weight)) {
        return choices.pick(hosts, pick);
      }
      if (credits.size > 2 * hosts.length) credits.clear();
      let [best, bestCredit, total] = [-1, Number.NEGATIVE_INFINITY, 0];
      for (let index = 0; index < hosts.length; index++) {
        const host = hosts[index]!;
        const weight = effectiveWeight(host.weight, host.active, bias);
        const credit = (credits.get(host.key) ?? 0) + weight;
        credits.set(host.key, credit);
        total += weight;
        if (credit > bestCredit) [best, bestCredit] = [index, credit];
      }
      credits.set(hosts[best]!.key, bestCredit - total);
      return best;
    },
  };
}

/** Envoy, load balancers, "Weighted least request". */
export function effectiveWeight(weight: number, active: number, bias: number): number {
  return weight / (active + 1) ** bias;
}
