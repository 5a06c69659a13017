import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lastMissed, parseSchedule } from "./cron-schedule.ts";

const next = (schedule: string, after: string, zone = "UTC"): string | null => {
  const at = parseSchedule(schedule, zone).next(Date.parse(after));
  return at === null ? null : new Date(at).toISOString().slice(0, 16);
};

/** The cases of robfig/cron's own TestNext, without their field of seconds. */
const published = [
  ["2012-07-09T14:45Z", "0/15 * * * *", "2012-07-09T15:00"],
  ["2012-07-09T14:59:59Z", "0/15 * * * *", "2012-07-09T15:00"],
  ["2012-07-09T15:45Z", "20-35/15 * * * *", "2012-07-09T16:20"],
  ["2012-07-09T23:46Z", "*/15 * * * *", "2012-07-10T00:00"],
  ["2012-07-09T23:45Z", "20-35/15 * * * *", "2012-07-10T00:20"],
  ["2012-07-09T23:35:51Z", "20-35/15 1/2 * * *", "2012-07-10T01:20"],
  ["2012-07-09T23:35:51Z", "20-35/15 10-12 * * *", "2012-07-10T10:20"],
  ["2012-07-09T23:35:51Z", "20-35/15 1/2 */2 * *", "2012-07-11T01:20"],
  ["2012-07-09T23:35:51Z", "20-35/15 * 9-20 Jul *", "2012-07-10T00:20"],
  ["2012-07-09T23:35Z", "0 0 9 Apr-Oct ?", "2012-08-09T00:00"],
  ["2012-07-09T23:35Z", "0 0 */5 Apr,Aug,Oct Mon", "2012-08-01T00:00"],
  ["2012-07-09T23:35Z", "0 0 */5 Oct Mon", "2012-10-01T00:00"],
  ["2012-07-09T23:35Z", "0 0 * Feb Mon", "2013-02-04T00:00"],
  ["2012-07-09T23:35Z", "0 0 * Feb Mon/2", "2013-02-01T00:00"],
  ["2012-12-31T23:59:45Z", "* * * * *", "2013-01-01T00:00"],
  ["2012-07-09T23:35Z", "0 0 29 Feb ?", "2016-02-29T00:00"],
  ["2012-07-09T23:35Z", "0 0 30 Feb ?", null],
  ["2012-07-09T23:35Z", "0 0 31 Apr ?", null],
] as const;

/** Its cases of clocks that are put forward and back, in New York. */
const movedClocks = [
  ["2012-03-11T00:00-05:00", "30 2 11 Mar ?", "2013-03-11T02:30-04:00"],
  ["2012-03-11T00:00-05:00", "0 * * * ?", "2012-03-11T01:00-05:00"],
  ["2012-03-11T01:00-05:00", "0 * * * ?", "2012-03-11T03:00-04:00"],
  ["2012-11-04T00:00-04:00", "30 2 04 Nov ?", "2012-11-04T02:30-05:00"],
  ["2012-11-04T01:45-04:00", "30 1 04 Nov ?", "2012-11-04T01:30-05:00"],
] as const;

describe("a cron schedule", () => {
  it.each(published)("after %s, %s is next due at %s", (after, schedule, expected) => {
    expect(next(schedule, after)).toBe(expected);
  });

  it.each(movedClocks)("after %s in New York, %s is due at %s", (after, schedule, expected) => {
    const at = new Date(Date.parse(expected)).toISOString().slice(0, 16);
    expect(next(schedule, after, "America/New_York")).toBe(at);
    expect(next(`TZ=America/New_York ${schedule}`, after)).toBe(at);
  });

  it("has names for common times", () => {
    const after = "2012-07-09T15:04Z";
    const times = ["@hourly", "@daily", "@weekly", "@monthly", "@yearly", "@every 1h30m"].map(
      (schedule) => next(schedule, after),
    );
    expect(times).toEqual([
      "2012-07-09T16:00",
      "2012-07-10T00:00",
      "2012-07-15T00:00",
      "2012-08-01T00:00",
      "2013-01-01T00:00",
      "2012-07-09T16:34",
    ]);
  });

  it("is due at the first minute that fits, looked for one by one", () => {
    const field = (first: number, last: number) =>
      fc.uniqueArray(fc.integer({ min: first, max: last }), { minLength: 1, maxLength: 6 });
    const zones = fc.constantFrom(
      "UTC",
      "Asia/Kathmandu",
      "Australia/Lord_Howe",
      "America/Sao_Paulo",
    );
    const begin = Date.UTC(2018, 0, 1);
    fc.assert(
      fc.property(
        field(0, 59),
        field(0, 23),
        zones,
        fc.integer({ min: 0, max: 400 * 1_440 }),
        (minutes, hours, zone, offset) => {
          const after = begin + offset * 60_000;
          const shown = new Intl.DateTimeFormat("en-GB", { timeZone: zone, timeStyle: "short" });
          let at = after + 60_000;
          for (; ; at += 60_000) {
            const [hour, minute] = shown.format(at).split(":").map(Number);
            if (hours.includes(hour!) && minutes.includes(minute!)) break;
          }
          const schedule = parseSchedule(`${minutes.join(",")} ${hours.join(",")} * * *`, zone);
          expect(schedule.next(after)).toBe(at);
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  it("counts missed times, and names the last", () => {
    const schedule = parseSchedule("*/10 * * * *", "UTC");
    const at = (text: string) => Date.parse(text);
    expect(lastMissed(schedule, at("2026-01-01T00:00Z"), at("2026-01-01T00:09Z"))).toEqual({
      at: null,
      missed: 0,
    });
    expect(lastMissed(schedule, at("2026-01-01T00:00Z"), at("2026-01-01T00:35Z"))).toEqual({
      at: at("2026-01-01T00:30Z"),
      missed: 3,
    });
  });

  it("refuses unknown zones and words", () => {
    expect(() => parseSchedule("* * * * *", "Mars/Olympus")).toThrow(RangeError);
    expect(() => parseSchedule("@sometimes", "UTC")).toThrow("unrecognized descriptor: @sometimes");
  });
});
