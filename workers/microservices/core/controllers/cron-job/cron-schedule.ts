/** When a cron schedule is due: github.com/robfig/cron/v3, as the CronJob controller uses it. */
import { strict as assert } from "node:assert";
import { cronProblem } from "../../machinery/cron-syntax.ts";
import { type WallClock, wallClock } from "./wall-clock.ts";

export interface Schedule {
  /** The first time after `after` (milliseconds since the epoch); null where there is none in five years. */
  next(after: number): number | null;
}

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** Where a schedule like February 30 is given up. */
const daysAheadMax = 5 * 366;

const months = "jan feb mar apr may jun jul aug sep oct nov dec".split(" ");
const weekdays = "sun mon tue wed thu fri sat".split(" ");
const descriptors: Readonly<Record<string, string>> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/**
 * @param zone of the IANA time zone database; a `TZ=` in the schedule goes before it
 * @throws RangeError for an unknown zone, SyntaxError for what is no schedule
 */
export function parseSchedule(schedule: string, zone: string): Schedule {
  const problem = cronProblem(schedule);
  if (problem !== null) throw new SyntaxError(problem);
  if (schedule.startsWith("@every ")) return everySchedule(schedule.slice(7));
  const prefix = /^(?:CRON_)?TZ=(\S+)\s+/.exec(schedule);
  const text = prefix === null ? schedule : schedule.slice(prefix[0].length);
  return new CronSchedule(descriptors[text] ?? text, wallClock(prefix?.[1] ?? zone));
}

class CronSchedule implements Schedule {
  readonly #clock: WallClock;
  readonly #minutes: readonly number[];
  readonly #hours: ReadonlySet<number>;
  readonly #daysOfMonth: ReadonlySet<number>;
  readonly #months: ReadonlySet<number>;
  readonly #weekdays: ReadonlySet<number>;
  /** With a star in one of the two, the other alone says which days; else either is enough. */
  readonly #mustBothMatch: boolean;

  constructor(text: string, clock: WallClock) {
    const fields = text.split(/\s+/).filter((field) => field !== "");
    assert(fields.length === 5, "The syntax was checked");
    const [minute, hour, dayOfMonth, month, weekday] = fields as [
      string,
      string,
      string,
      string,
      string,
    ];
    this.#clock = clock;
    this.#minutes = [...valuesOf(minute, 0, 59)].toSorted((left, right) => left - right);
    this.#hours = valuesOf(hour, 0, 23);
    this.#daysOfMonth = valuesOf(dayOfMonth, 1, 31);
    this.#months = valuesOf(month, 1, 12, months);
    this.#weekdays = valuesOf(weekday, 0, 6, weekdays);
    this.#mustBothMatch = hasStar(dayOfMonth) || hasStar(weekday);
  }

  next(after: number): number | null {
    const from = Math.floor(after / minuteMs) * minuteMs + minuteMs;
    const first = this.#clock(from).day;
    for (let day = first; day <= first + daysAheadMax; day++) {
      if (!this.#isDay(day)) continue;
      const found = this.#onDay(day, day === first ? from : this.#beginOf(day, from));
      if (found !== null) return found;
    }
    return null;
  }

  #isDay(day: number): boolean {
    const date = new Date(day * dayMs);
    if (!this.#months.has(date.getUTCMonth() + 1)) return false;
    const byDate = this.#daysOfMonth.has(date.getUTCDate());
    const byWeekday = this.#weekdays.has(date.getUTCDay());
    return this.#mustBothMatch ? byDate && byWeekday : byDate || byWeekday;
  }

  /** Up to some hours before the local day begins: clocks are moved around midnight, too. */
  #beginOf(day: number, from: number): number {
    const wall = this.#clock(day * dayMs);
    const offsetMs = (wall.day - day) * dayMs + wall.hour * hourMs + wall.minute * minuteMs;
    return Math.max(from, day * dayMs - offsetMs - 3 * hourMs);
  }

  #onDay(day: number, from: number): number | null {
    for (let at = from; ;) {
      const wall = this.#clock(at);
      if (wall.day > day) return null;
      if (wall.day === day && this.#hours.has(wall.hour)) {
        const minute = this.#minutes.find((each) => each >= wall.minute);
        if (minute === wall.minute) return at;
        if (minute !== undefined) {
          at += (minute - wall.minute) * minuteMs;
          continue;
        }
      }
      at += (60 - wall.minute) * minuteMs;
    }
  }
}

const hasStar = (field: string): boolean =>
  field.split(",").some((range) => /^[*?](?:\/1)?$/.test(range));

function valuesOf(
  field: string,
  first: number,
  last: number,
  names: readonly string[] = [],
): Set<number> {
  const numberOf = (text: string): number => {
    const named = names.indexOf(text.toLowerCase());
    return named < 0 ? Number(text) : named + first;
  };
  const values = new Set<number>();
  for (const range of field.split(",")) {
    const [span, step] = range.split("/") as [string, string | undefined];
    const [low, high] = span.split("-") as [string, string | undefined];
    const isStar = low === "*" || low === "?";
    const start = isStar ? first : numberOf(low);
    let end = isStar ? last : numberOf(high ?? low);
    if (!isStar && high === undefined && step !== undefined) end = last;
    for (let value = start; value <= end; value += Number(step ?? 1)) values.add(value);
  }
  return values;
}

const unitsMs: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ms: 1,
  s: 1_000,
  m: minuteMs,
  h: hourMs,
};

/** Whole seconds, one at least. */
function everySchedule(duration: string): Schedule {
  let total = 0;
  for (const [, number, unit] of duration.matchAll(/(\d+(?:\.\d+)?)(ns|us|ms|s|m|h)/g)) {
    total += Number(number) * unitsMs[unit!]!;
  }
  const pauseMs = Math.max(1_000, Math.floor(total / 1_000) * 1_000);
  return { next: (after) => Math.floor(after / 1_000) * 1_000 + pauseMs };
}

/**
 * The last time that was missed since `earliest`, and how many there were.
 * (cronjob/utils.go, mostRecentScheduleTime: the count is taken from the first two times.)
 */
export function lastMissed(
  schedule: Schedule,
  earliest: number,
  now: number,
): { at: number | null; missed: number } {
  const first = schedule.next(earliest);
  if (first === null || now < first) return { at: null, missed: 0 };
  const second = schedule.next(first);
  if (second === null || now < second) return { at: first, missed: 1 };
  const pauseMs = second - first;
  const missed = Math.floor((now - first) / pauseMs) + 1;
  let at: number | null = null;
  let next = schedule.next(first + (missed - 2) * pauseMs);
  while (next !== null && next <= now) {
    at = next;
    next = schedule.next(next);
  }
  return { at, missed };
}
