import { describe, expect, test } from "vitest";
import {
  abbreviate,
  bytes,
  duration,
  formatAge,
  formatDateTime,
  formatTime,
  number,
  percent,
  probability,
  text,
} from "./format.ts";

test("bytes in units of 1,024, about three digits", () => {
  const shown = [0, 512, 1_000, 1_536, 250 * 1_024 ** 2, 3.5 * 1_024 ** 3].map((size) =>
    text(bytes(size)),
  );
  expect(shown).toEqual(["0 B", "512 B", "0.98 KiB", "1.50 KiB", "250 MiB", "3.50 GiB"]);
});

test("durations from microseconds to days, at most two units", () => {
  const shown = [0, 0.25, 3.456, 999, 1_500, 60_000, 61_000, 3_600_000, 90_061_000].map((ms) =>
    text(duration(ms)),
  );
  expect(shown).toEqual([
    "0 ms",
    "250 µs",
    "3.46 ms",
    "999 ms",
    "1.50 s",
    "1 min",
    "1 min 1 s",
    "1 h",
    "1 d 1 h",
  ]);
});

test("numbers are grouped", () => {
  expect([number(4096), number(0.123456), number(1234.5), number(12.34)]).toEqual([
    "4,096",
    "0.12",
    "1,235",
    "12.3",
  ]);
});

test("percentages keep a decimal where it tells something", () => {
  expect([0, 0.004, 0.12, 1].map((fraction) => text(percent(fraction)))).toEqual([
    "0 %",
    "0.4 %",
    "12 %",
    "100 %",
  ]);
});

test("probabilities keep four decimals, small ones their exponent", () => {
  expect([0, 1, 0.25, 0.00001234].map(probability)).toEqual(["0", "1", "0.2500", "1.23e-5"]);
});

test("ages are whole seconds", () => {
  expect([400, 1_999, 75_400].map(formatAge)).toEqual(["under 1 s", "1 s", "1 min 15 s"]);
});

describe("times", () => {
  const at = Date.UTC(2026, 0, 2, 15, 4, 5);
  test("in UTC", () => {
    expect(formatTime(at, "utc")).toBe("15:04:05");
    expect(formatDateTime(at, "utc")).toBe("2026-01-02 15:04:05 UTC");
  });
  test("with twelve hours", () => {
    expect(formatTime(at, "12-hour")).toMatch(/^\d\d:\d\d:05 [ap]m$/);
  });
});

test("identifiers keep both ends", () => {
  expect([abbreviate("0af7651916cd43dd8448eb211c80319c"), abbreviate("short")]).toEqual([
    "0af765…80319c",
    "short",
  ]);
});
