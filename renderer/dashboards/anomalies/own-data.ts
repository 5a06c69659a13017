/** What is typed about one's own series, read into what the API takes. */
import {
  comparedReadingsMax,
  type DetectorId,
  labelledWindowsMax,
  type ScoreInput,
  scoredReadingsMax,
  scoredReadingsMin,
  seasonReadingsMax,
} from "../../../workers/analytics/contract.ts";
import { parseValues } from "../analytics/parse-values.ts";

export interface OwnDataForm {
  readonly values: string;
  readonly detector: DetectorId | "all";
  readonly threshold: string;
  readonly season: string;
  readonly windows: string;
}

export const emptyForm: OwnDataForm = {
  values: "",
  detector: "all",
  threshold: "0.5",
  season: "",
  windows: "",
};

export type Windows = readonly (readonly [number, number])[];

type Body = Pick<ScoreInput, "detector" | "threshold"> & {
  readonly values: number[];
  readonly season?: number;
  readonly windows?: [number, number][];
};

export type ReadOwnData =
  | { readonly body: Body }
  | { readonly errors: Partial<Record<keyof OwnDataForm, string>> };

export function readOwnData(form: OwnDataForm): ReadOwnData {
  const errors: Partial<Record<keyof OwnDataForm, string | undefined>> = {};
  const parsed = parseValues(form.values);
  const values = "values" in parsed ? [...parsed.values] : [];
  if ("error" in parsed) errors.values = parsed.error;
  else errors.values = countError(values.length, form.detector);
  const threshold = Number(form.threshold);
  if (!(threshold > 0 && threshold <= 1)) errors.threshold = "Above 0, up to 1";
  const season = form.season.trim() === "" ? undefined : Number(form.season);
  if (
    season !== undefined &&
    !(Number.isInteger(season) && season >= 2 && season <= seasonReadingsMax)
  ) {
    errors.season = `2 to ${seasonReadingsMax} readings, or nothing`;
  }
  const windows = readWindows(form.windows, values.length);
  if ("error" in windows && values.length > 0) errors.windows = windows.error;
  const wrong = Object.fromEntries(
    Object.entries(errors).filter(([, error]) => error !== undefined),
  ) as Partial<Record<keyof OwnDataForm, string>>;
  if (Object.keys(wrong).length > 0 || "error" in windows) return { errors: wrong };
  return {
    body: {
      detector: form.detector,
      values,
      threshold,
      ...(season === undefined ? {} : { season }),
      ...(windows.windows.length === 0
        ? {}
        : { windows: windows.windows.map(([first, last]): [number, number] => [first, last]) }),
    },
  };
}

function countError(count: number, detector: OwnDataForm["detector"]): string | undefined {
  const max = detector === "all" ? comparedReadingsMax : scoredReadingsMax;
  if (count < scoredReadingsMin) return `At least ${scoredReadingsMin} readings are needed.`;
  if (count <= max) return undefined;
  return `At most ${max} readings ${detector === "all" ? "for all detectors; choose one for more" : ""}`;
}

/** Stretches such as `138-144`, one a line or parted by commas; readings count from 1. */
export function readWindows(
  text: string,
  length: number,
): { windows: Windows } | { error: string } {
  const parts = text.split(/[\n,;]+/).flatMap((part) => part.trim() || []);
  if (parts.length > labelledWindowsMax) return { error: `At most ${labelledWindowsMax} windows` };
  const windows: [number, number][] = [];
  for (const part of parts) {
    const match = /^(\d{1,9})(?:\s*-\s*(\d{1,9}))?$/.exec(part);
    if (match === null) return { error: `“${part.slice(0, 20)}” is no stretch such as 138-144.` };
    const [first, last] = [Number(match[1]), Number(match[2] ?? match[1])];
    if (first < 1 || last < first || last > length) {
      return { error: `${part} does not lie within 1 to ${length}.` };
    }
    windows.push([first - 1, last - 1]);
  }
  return { windows: merged(windows) };
}

/** In order, with those that touch made one. */
function merged(windows: readonly (readonly [number, number])[]): Windows {
  const result: [number, number][] = [];
  for (const [first, last] of windows.toSorted((a, b) => a[0] - b[0])) {
    const before = result.at(-1);
    if (before !== undefined && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else result.push([first, last]);
  }
  return result;
}

export function windowsText(windows: Windows): string {
  return windows.map(([first, last]) => `${first + 1}-${last + 1}`).join("\n");
}

/** The text with one more stretch, made one with those that it touches. */
export function withWindow(
  text: string,
  length: number,
  window: readonly [number, number],
): string {
  const read = readWindows(text, length);
  return windowsText(merged([...("windows" in read ? read.windows : []), window]));
}
