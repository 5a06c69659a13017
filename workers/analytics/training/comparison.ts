/** Where the settings of experiments differ, setting by setting. */
import type { Specification } from "../contract-training-network.ts";

interface Difference {
  readonly setting: string;
  /** null: that one has no such setting. */
  readonly values: (string | null)[];
}

/** A long value, such as a table, is told by its beginning. */
const valueLengthMax = 80;

export function differencesOf(specifications: readonly Specification[]): Difference[] {
  const flat = specifications.map((each) => new Map(settingsOf(each, "")));
  const settings = new Set(flat.flatMap((each) => [...each.keys()]));
  return [...settings]
    .map((setting) => ({ setting, values: flat.map((each) => each.get(setting) ?? null) }))
    .filter(({ values }) => new Set(values).size > 1)
    .map(({ setting, values }) => ({
      setting,
      values: values.map((value) => value?.slice(0, valueLengthMax) ?? null),
    }));
}

function settingsOf(value: unknown, path: string): [string, string][] {
  if (typeof value !== "object" || value === null) return [[path, String(value)]];
  return Object.entries(value).flatMap(([key, child]) =>
    settingsOf(
      child,
      path === "" ? key : `${path}.${Number.isNaN(Number(key)) ? key : Number(key) + 1}`,
    ),
  );
}
