/** What a clock on the wall shows in a time zone. */

export interface WallTime {
  /** Days since 1970-01-01 of the local calendar. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

export type WallClock = (at: number) => WallTime;

const dayMs = 86_400_000;

const utcClock: WallClock = (at) => {
  const minutes = Math.floor(at / 60_000);
  const day = Math.floor(minutes / 1_440);
  const rest = minutes - day * 1_440;
  return { day, hour: Math.floor(rest / 60), minute: rest % 60 };
};

const known = new Map<string, WallClock>();
const clocksKeptMax = 64;

/** @param zone a name of the IANA time zone database; @throws RangeError for another */
export function wallClock(zone: string): WallClock {
  if (zone === "UTC" || zone === "Etc/UTC") return utcClock;
  let clock = known.get(zone);
  if (clock === undefined) {
    if (known.size >= clocksKeptMax) known.clear();
    known.set(zone, (clock = makeClock(zone)));
  }
  return clock;
}

function makeClock(timeZone: string): WallClock {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return (at) => {
    const part: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
    for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = part;
    return { day: Math.round(Date.UTC(year, month - 1, day) / dayMs), hour, minute };
  };
}
