import { describe, expect, it } from "vitest";
import { forecastsSearch } from "../../app/search-params.ts";
import { forecastInputOf, formOf, searchOf, type SettingsForm } from "./forecast-settings.ts";

const filled: SettingsForm = {
  horizon: "24",
  seasons: "12, 24",
  levels: ["80", "95"],
  method: "ets",
  interval: "conformal",
  isNonNegative: true,
  holdBack: "6",
  limit: "700",
};

describe("settings of a forecast", () => {
  it("come back from the address as they were, also after it was read as text", () => {
    const result = searchOf(filled);
    if ("errors" in result) throw new Error("refused");
    const read = forecastsSearch.parse(JSON.parse(JSON.stringify(result.search)));
    expect(formOf(read)).toEqual({ ...filled, seasons: "12,24" });
    expect(formOf(forecastsSearch.parse({ seasons: 12, levels: 95 }))).toMatchObject({
      seasons: "12",
      levels: ["95"],
    });
  });

  it("that are usual leave the address empty", () => {
    const result = searchOf(formOf({}));
    expect(JSON.stringify(result)).toBe('{"search":{}}');
  });

  it("are refused beside their fields", () => {
    const bad = { horizon: "0", seasons: "1", levels: [], holdBack: "-1", limit: "much" };
    const result = searchOf({ ...filled, ...bad });
    if (!("errors" in result)) throw new Error("taken");
    expect(Object.keys(result.errors).toSorted()).toEqual(Object.keys(bad).toSorted());
  });

  it("make an order for the API", () => {
    const result = searchOf(filled);
    if ("errors" in result) throw new Error("refused");
    expect(forecastInputOf(result.search, { values: [1, 2] })).toMatchObject({
      values: [1, 2],
      seasons: [12, 24],
      horizon: 24,
      levels: [0.8, 0.95],
      method: "ets",
      interval: "conformal",
      floor: 0,
      holdBack: 6,
      limit: 700,
    });
    expect(forecastInputOf({ seasons: "none" }, { values: [1, 2] }).seasons).toEqual([]);
    expect(forecastInputOf({}, { values: [1, 2] })).not.toHaveProperty("seasons");
  });
});
