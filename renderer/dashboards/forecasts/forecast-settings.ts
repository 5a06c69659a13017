/** The workbench's state in its address, and the order that the API is given for it. */
import {
  type CompareInput,
  forecastMethodIds,
  forecastOrderHorizonMax,
  type ForecastInput,
  forecastOrderSeasonMax,
} from "../../../workers/analytics/contract.ts";
import type { ForecastsSearch } from "../../app/search-params.ts";

export const levelChoices = [50, 80, 95] as const;

/** What the form holds, as text. */
export interface SettingsForm {
  readonly horizon: string;
  readonly seasons: string;
  readonly levels: readonly string[];
  readonly method: string;
  readonly interval: string;
  readonly isNonNegative: boolean;
  readonly holdBack: string;
  readonly limit: string;
}

export type SettingsErrors = Partial<Record<keyof SettingsForm, string>>;

export const horizonWithout = 12;

export function formOf(search: ForecastsSearch): SettingsForm {
  return {
    horizon: String(search.horizon ?? horizonWithout),
    seasons: search.seasons === "none" ? "none" : (search.seasons ?? ""),
    levels: (search.levels ?? levelChoices.join(",")).split(","),
    method: search.method ?? "auto",
    interval: search.interval ?? "analytic",
    isNonNegative: search.floor === 0,
    holdBack: search.hold === undefined ? "" : String(search.hold),
    limit: search.limit === undefined ? "" : String(search.limit),
  };
}

/** Settings that are as without them stay out of the address. */
export function searchOf(
  form: SettingsForm,
): { search: ForecastsSearch } | { errors: SettingsErrors } {
  const errors: { -readonly [Name in keyof SettingsForm]?: string } = {};
  const horizon = Number(form.horizon);
  if (!isWhole(horizon, 1, forecastOrderHorizonMax)) {
    errors.horizon = `1 to ${forecastOrderHorizonMax}`;
  }
  const seasons = form.seasons.trim().toLowerCase();
  const lengths = seasons === "" || seasons === "none" ? [] : seasons.split(/[\s,;]+/).map(Number);
  if (lengths.length > 3 || lengths.some((each) => !isWhole(each, 2, forecastOrderSeasonMax))) {
    errors.seasons = `none, or up to three of 2 to ${forecastOrderSeasonMax}`;
  }
  const hold = Number(form.holdBack);
  if (!isWhole(hold, 0, forecastOrderHorizonMax))
    errors.holdBack = `0 to ${forecastOrderHorizonMax}`;
  const limit = form.limit.trim() === "" ? undefined : Number(form.limit);
  if (limit !== undefined && !Number.isFinite(limit)) errors.limit = "A number";
  if (form.levels.length === 0) errors.levels = "One at least";
  if (Object.keys(errors).length > 0) return { errors };
  const levels = levelChoices.filter((level) => form.levels.includes(String(level)));
  const method = forecastMethodIds.find((id) => id === form.method);
  return {
    search: {
      horizon: horizon === horizonWithout ? undefined : horizon,
      seasons: seasons === "" ? undefined : seasons === "none" ? "none" : lengths.join(","),
      levels: levels.length === levelChoices.length ? undefined : levels.join(","),
      method,
      interval: form.interval === "conformal" ? "conformal" : undefined,
      floor: form.isNonNegative ? 0 : undefined,
      hold: hold === 0 ? undefined : hold,
      limit,
    },
  };
}

type Given = { readonly values: (number | null)[] } | { readonly series: string };

export function forecastInputOf(search: ForecastsSearch, given: Given): ForecastInput {
  const { method = "auto", interval = "analytic", floor, limit, hold = 0 } = search;
  return {
    ...sharedOf(search, given),
    // Enough past errors for intervals at 95 % where they come from those.
    origins: interval === "conformal" ? conformalOrigins : originsWithout,
    method,
    interval,
    holdBack: hold,
    ...(floor === undefined ? {} : { floor }),
    ...(limit === undefined ? {} : { limit }),
  };
}

const conformalOrigins = 20;
const originsWithout = 5;

export function compareInputOf(
  search: ForecastsSearch,
  given: Given,
  origins: number,
): CompareInput {
  return { ...sharedOf(search, given), origins, methods: [...forecastMethodIds] };
}

function sharedOf({ horizon = horizonWithout, seasons, levels }: ForecastsSearch, given: Given) {
  const shares = (levels ?? levelChoices.join(",")).split(",").map((level) => Number(level) / 100);
  return {
    ...given,
    ...(seasons === undefined
      ? {}
      : { seasons: seasons === "none" ? [] : seasons.split(",").map(Number) }),
    horizon,
    levels: shares,
  };
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
