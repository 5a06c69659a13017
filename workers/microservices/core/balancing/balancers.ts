/** The balancers by the names that policies use. */
import type { Balancer } from "./balancer.ts";
import { leastPending } from "./least-pending.ts";
import { leastRequest } from "./least-request.ts";
import { maglev } from "./maglev.ts";
import { peakEwma } from "./peak-ewma.ts";
import { randomBalancer } from "./random.ts";
import { ringHash } from "./ring-hash.ts";
import { roundRobin } from "./round-robin.ts";
import { twoChoices } from "./two-choices.ts";
import { weightedRoundRobin } from "./weighted-round-robin.ts";

export const balancers = {
  "least-pending": leastPending,
  "round-robin": roundRobin,
  "weighted-round-robin": weightedRoundRobin,
  "least-request": leastRequest,
  "two-choices": twoChoices,
  "peak-ewma": peakEwma,
  "ring-hash": ringHash,
  maglev,
  random: randomBalancer,
} as const satisfies Readonly<Record<string, () => Balancer>>;
