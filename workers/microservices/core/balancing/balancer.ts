/** What every balancer is given and answers; one file each, no clock and no chance of their own. */
import type { PeakEwma } from "./peak-ewma.ts";

/** An instance as the balancers see it; the list they get holds only those that may be chosen. */
export interface BalancedHost {
  readonly key: string;
  /** A positive integer; a host of weight 2 is due twice what one of weight 1 is. */
  readonly weight: number;
  /** Requests that it has not answered yet. */
  readonly active: number;
  readonly latency: PeakEwma;
}

export interface Pick {
  /** 32 bits, of what the route hashes on; the balancers that do not hash leave it alone. */
  readonly hash: number;
  readonly nowMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface Balancer {
  /**
   * The index of the host that takes the request; -1 without hosts. A balancer that keeps a table
   * rebuilds it when it is handed another array.
   */
  pick(hosts: readonly BalancedHost[], pick: Pick): number;
}

/** Two different indexes below `count`, which is at least 2, each pair equally likely. */
export function twoOf(count: number, random: () => number): readonly [number, number] {
  const first = Math.floor(random() * count);
  const second = Math.floor(random() * (count - 1));
  return [first, second >= first ? second + 1 : second];
}
