/** The series of the Numenta Anomaly Benchmark that lie beside the repository, for its measures. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../../shared/data/nab");

export const nabIsPresent = existsSync(join(folder, "windows.json"));

export interface NabSeries {
  /** Category and name, e.g. "realAWSCloudwatch/grok_asg_anomaly.csv". */
  readonly file: string;
  readonly category: string;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
  /** First and last index of each labelled window. */
  readonly windows: readonly (readonly [number, number])[];
}

/** Every series that the labels name, sorted by its name. */
export function nabSeries(): NabSeries[] {
  const labels = JSON.parse(readFileSync(join(folder, "windows.json"), "utf8")) as Record<
    string,
    readonly (readonly [string, string])[]
  >;
  return Object.keys(labels)
    .toSorted()
    .map((file) => seriesOf(file, labels[file]!));
}

function seriesOf(file: string, labels: readonly (readonly [string, string])[]): NabSeries {
  const rows = readFileSync(join(folder, "data", file), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(","));
  const timesMs = rows.map(([time = ""]) => timeMs(time));
  const indexOf = (time: string): number => {
    const index = timesMs.indexOf(timeMs(time));
    assert(index >= 0, `${file} has no reading at ${time}`);
    return index;
  };
  const category = file.slice(0, file.indexOf("/"));
  const values = rows.map(([, value]) => Number(value));
  const windows = labels.map(([from, to]) => [indexOf(from), indexOf(to)] as const);
  return { file, category, timesMs, values, windows };
}

function timeMs(text: string): number {
  return Date.parse(`${text.replace(" ", "T")}Z`);
}
