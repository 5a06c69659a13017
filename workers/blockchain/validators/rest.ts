/** When the validators may let their time stand: nobody would see a difference (decision 11). */
import type { ValidatorGroup } from "./group.ts";
import { validatorLimits } from "./limits.ts";

/**
 * Whether all hold the same order, have carried it out, and nothing has been broken or has changed for
 * `restAfterMs`.
 * @param changedAtMs when something visible last changed, in the group's own time
 */
export function mayRest(group: ValidatorGroup, changedAtMs: number): boolean {
  const { simulation, leader, faults } = group;
  if (simulation.nowMs - changedAtMs < validatorLimits.restAfterMs || leader === null) return false;
  if (faults.since(group.crashed) !== null) return false;
  const lives = group.ids.flatMap((id) => (group.isUp(id) ? (group.lives.get(id) ?? []) : []));
  const statuses = lives.map(({ manager }) => manager.status());
  const [first] = statuses;
  return (
    lives.length === group.ids.length &&
    lives.every(({ lag, place }) => lag === 0 && place !== null) &&
    statuses.every(
      (status) =>
        status.leader === leader &&
        status.term === first?.term &&
        status.commitIndex === first.commitIndex &&
        status.lastIndex === status.commitIndex,
    )
  );
}
