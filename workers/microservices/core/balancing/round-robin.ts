/** In turn, weights aside. */
import type { Balancer } from "./balancer.ts";

export function roundRobin(): Balancer {
  let turn = -1;
  return {
    pick(hosts) {
      if (hosts.length === 0) return -1;
      turn = (turn + 1) % hosts.length;
      return turn;
    },
  };
}
