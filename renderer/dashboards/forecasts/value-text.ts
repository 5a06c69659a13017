/** How values and places of a forecast are written. */
import { type ForecastOutput, units } from "../../../workers/analytics/contract.ts";
import { number, text } from "../../components/format.ts";
import { formatOf } from "../analytics/units.ts";

export function short(value: number): string {
  return number(Number(value.toPrecision(5)));
}

/** In the series' own unit. */
export function valueTextOf({ unit }: ForecastOutput): (value: number) => string {
  const known = units.find((each) => each === unit);
  if (known === undefined) return short;
  const format = formatOf(known);
  return (value) => text(format(value));
}
