/** Power of two choices (Mitzenmacher 2001): of two hosts at random the less busy one. */
import { type Balancer, twoOf } from "./balancer.ts";

export const twoChoices = (): Balancer => ({
  pick(hosts, { random }) {
    if (hosts.length < 2) return hosts.length - 1;
    const [a, b] = twoOf(hosts.length, random);
    return hosts[a]!.active <= hosts[b]!.active ? a : b;
  },
});
