import { expect, test } from "vitest";
import { defaultPreferences, parsePreferences } from "./preferences.ts";

test("each unreadable field falls back by itself", () => {
  expect(parsePreferences(JSON.stringify({ density: "comfortable", timeFormat: 7 }))).toEqual({
    ...defaultPreferences,
    density: "comfortable",
  });
  expect([null, "{", "[]", "5"].map(parsePreferences)).toEqual(
    Array.from({ length: 4 }, () => defaultPreferences),
  );
});
