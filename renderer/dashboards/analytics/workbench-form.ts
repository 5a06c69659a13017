/** What the forecast workbench holds as text, and what it means. */
import {
  forecastHorizonMax,
  forecastSeasonMax,
  forecastValuesMax,
  forecastValuesMin,
  type PredictInput,
} from "../../../workers/analytics/contract.ts";
import { parseValues } from "./parse-values.ts";

export interface WorkbenchForm {
  readonly values: string;
  readonly horizon: string;
  /** Empty: looked for. */
  readonly season: string;
  /** In per cent. */
  readonly level: string;
}

export const emptyForm: WorkbenchForm = { values: "", horizon: "10", season: "", level: "95" };

export type WorkbenchInput = PredictInput & { series: number[] };

export function readWorkbench(
  form: WorkbenchForm,
): { input: WorkbenchInput } | { errors: Partial<WorkbenchForm> } {
  const errors: { -readonly [Field in keyof WorkbenchForm]?: string } = {};
  const parsed = parseValues(form.values);
  const series = "values" in parsed ? [...parsed.values] : [];
  if ("error" in parsed) errors.values = parsed.error;
  else if (series.length < forecastValuesMin || series.length > forecastValuesMax) {
    errors.values = `${series.length} values; ${forecastValuesMin} to ${forecastValuesMax} can be forecast.`;
  }
  const horizon = Number(form.horizon);
  if (!isWhole(horizon, forecastHorizonMax)) errors.horizon = `1 to ${forecastHorizonMax}`;
  const season = form.season.trim() === "" ? null : Number(form.season);
  if (season !== null && !isWhole(season, forecastSeasonMax)) {
    errors.season = `1 to ${forecastSeasonMax}`;
  }
  const level = Number(form.level) / 100;
  if (!(level >= 0.5 && level <= 0.999)) errors.level = "50 to 99.9";
  if (Object.keys(errors).length > 0) return { errors };
  return { input: { series, horizon, level, ...(season === null ? {} : { season }) } };
}

function isWhole(value: number, most: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= most;
}
