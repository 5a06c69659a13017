/** Which version a request to an alias goes to. */

export interface AliasTarget {
  readonly version: number;
  /** Share of the requests, relative to the sum of all. */
  readonly weight: number;
}

/** @param chance evenly from 0 to 1, without 1 */
export function chooseVersion(targets: readonly AliasTarget[], chance: number): number {
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  if (targets.length === 0 || !(total > 0)) throw new RangeError("An alias has no target.");
  let left = chance * total;
  for (const { version, weight } of targets) {
    if (left < weight) return version;
    left -= weight;
  }
  return targets.findLast(({ weight }) => weight > 0)!.version;
}
