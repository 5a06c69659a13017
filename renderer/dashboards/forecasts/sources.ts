/** Where the values of a forecast come from, and those of one's own between visits of the page. */
import samples from "../../../resources/series/samples.json" with { type: "json" };
import type { ForecastsSearch } from "../../app/search-params.ts";
import { createStore } from "../../data/store.ts";
import { type GivenSeries, readSeries } from "./read-series.ts";

export { samples };

/** Text that is too long for the address stays here until the window is closed. */
export const ownText = createStore("");

/** Longer values do not fit into an address that every program takes. */
export const linkedLengthMax = 4_000;

export interface Source {
  readonly title: string;
  /** Who published it; null: unknown. */
  readonly citation: string | null;
  readonly unit: string | null;
  readonly given: { readonly values: (number | null)[] } | { readonly series: string };
  readonly dates: readonly string[] | null;
}

/** null: nothing is chosen yet, or a link that cannot hold its values was opened. */
export function sourceOf(search: ForecastsSearch, text: string): Source | null {
  if (search.series !== undefined) {
    const { series } = search;
    return { title: series, citation: null, unit: null, given: { series }, dates: null };
  }
  const sample = samples.find(({ id }) => id === search.sample);
  if (sample !== undefined) {
    const { title, source, unit, values } = sample;
    return { title, citation: source, unit, given: { values: [...values] }, dates: null };
  }
  const read = readSeries(search.values ?? (search.own === true ? text : ""));
  return "series" in read ? ownSource(read.series) : null;
}

function ownSource({ name, values, dates }: GivenSeries): Source {
  return {
    title: name ?? "Own values",
    citation: null,
    unit: null,
    given: { values: [...values] },
    dates,
  };
}
