/** A gas profile by line, as the gutter and the table show it. */
import type { Profile } from "./answers.ts";

export interface LineHeat {
  readonly gas: number;
  /** Of all gas, from 0 to 1. */
  readonly share: number;
  /** From 0, none, to 4, the most. */
  readonly level: number;
}

/** Shares of all gas from which a line has the next level. */
const levels = [0.005, 0.03, 0.1, 0.25] as const;

export function heatOf(profile: Profile, file: string): ReadonlyMap<number, LineHeat> {
  const heat = new Map<number, LineHeat>();
  for (const { file: of, line, exclusive } of profile.lines) {
    if (of !== file || exclusive <= 0) continue;
    const share = profile.total === 0 ? 0 : exclusive / profile.total;
    heat.set(line, {
      gas: exclusive,
      share,
      level: levels.filter((least) => share >= least).length,
    });
  }
  return heat;
}
