/** How many liars a group survives, and how many nodes must agree so that liars decide nothing. */

/** The most faulty nodes, f, among n >= 3f + 1. */
export function faultyMax(members: number): number {
  return Math.floor((members - 1) / 3);
}

/**
 * The least size of which any two sets share f + 1 nodes, one of them honest: 2f + 1 of 3f + 1, and
 * ceil((n + f + 1) / 2) in general.
 */
export function byzantineQuorum(members: number): number {
  return Math.ceil((members + faultyMax(members) + 1) / 2);
}
