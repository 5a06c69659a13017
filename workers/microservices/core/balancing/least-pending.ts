/** The host with fewest requests pending, in turn among equals: exact, for the few hosts of a service. */
import type { Balancer } from "./balancer.ts";

export function leastPending(): Balancer {
  let turn = -1;
  return {
    pick(hosts) {
      if (hosts.length === 0) return -1;
      turn = (turn + 1) % hosts.length;
      let best = turn;
      for (let step = 1; step < hosts.length; step++) {
        const index = (turn + step) % hosts.length;
        if (hosts[index]!.active < hosts[best]!.active) best = index;
      }
      turn = best;
      return best;
    },
  };
}
