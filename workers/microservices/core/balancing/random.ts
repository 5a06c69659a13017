/** Each host with a chance in proportion to its weight. */
import type { Balancer } from "./balancer.ts";

export const randomBalancer = (): Balancer => ({
  pick(hosts, { random }) {
    let total = 0;
    for (const { weight } of hosts) total += weight;
    let left = random() * total;
    for (let index = 0; index < hosts.length; index++) {
      left -= hosts[index]!.weight;
      if (left < 0) return index;
    }
    return hosts.length - 1;
  },
});
