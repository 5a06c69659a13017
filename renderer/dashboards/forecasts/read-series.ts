/** A series as somebody pastes or uploads it: numbers, or a CSV whose last column holds them. */
import { forecastOrderValuesMax } from "../../../workers/analytics/contract.ts";

export interface GivenSeries {
  /** null: a gap. */
  readonly values: readonly (number | null)[];
  /** The first column where it holds dates; empty for dates that were missing. */
  readonly dates: readonly string[] | null;
  /** Of the column; null: it has none. */
  readonly name: string | null;
  readonly gaps: number;
  /** Row of the text with the first gap; null for a date that is not there. */
  readonly firstGapRow: number | null;
  readonly isConstant: boolean;
}

/** What one click does about a problem: the text as it should be. */
export interface Fix {
  readonly label: string;
  readonly text: string;
}

export type ReadSeries =
  | { readonly series: GivenSeries }
  | { readonly problem: string; readonly fix: Fix | null };

interface Row {
  /** Counted from 1 in the text. */
  readonly row: number;
  readonly cells: readonly string[];
  readonly value: number | null;
}

const gapWords = /^(?:|na|n\/a|nan|null|none|-|\.|\?)$/i;
const valuesMin = 2;
/** Longer texts than any series of this many values are not even looked through. */
const textLengthMax = 400_000;
const quotedMax = 40;

export function readSeries(text: string): ReadSeries {
  if (text.length > textLengthMax) {
    return refuse(`The text has ${text.length} characters; ${textLengthMax} are read at most.`);
  }
  const found = rowsOf(text);
  if ("problem" in found) return found;
  const { rows, name } = found;
  const dated = withDates(rows);
  if ("problem" in dated) return dated;
  const { values, dates, firstGapRow } = dated;
  const known = values.filter((value) => value !== null);
  if (known.length < valuesMin) {
    return refuse(`At least ${valuesMin} values are needed; here are ${known.length}.`);
  }
  const series: GivenSeries = {
    values,
    dates,
    name,
    gaps: values.length - known.length,
    firstGapRow,
    isConstant: known.every((value) => value === known[0]),
  };
  if (values.length > forecastOrderValuesMax) {
    return refuse(
      `${values.length} values are too many: ${forecastOrderValuesMax} can be forecast from.`,
      {
        label: `Keep the newest ${forecastOrderValuesMax}`,
        text: writeSeries(part(series, -forecastOrderValuesMax)),
      },
    );
  }
  if (values.at(-1) === null) {
    const end = values.findLastIndex((value) => value !== null) + 1;
    return refuse(`The last ${values.length - end} rows are gaps: forecast over them instead.`, {
      label: "Leave the gaps at the end out",
      text: writeSeries(part(series, 0, end)),
    });
  }
  return { series };
}

/** The text that `readSeries` reads as this series. */
export function writeSeries({ values, dates, name }: GivenSeries): string {
  const head = name === null ? [] : [dates === null ? name : `date,${name}`];
  const cell = (value: number | null) => (value === null ? "NA" : String(value));
  const lines = values.map((value, t) =>
    dates === null ? cell(value) : `${dates[t]},${cell(value)}`,
  );
  return [...head, ...lines].join("\n");
}

/** Straight lines over the gaps between values. */
export function interpolated(series: GivenSeries): GivenSeries {
  const values = [...series.values];
  let before = -1;
  for (const [t, value] of series.values.entries()) {
    if (value === null) continue;
    const from = before < 0 ? value : series.values[before]!;
    for (let gap = before + 1; gap < t; gap += 1) {
      const share = before < 0 ? 1 : (gap - before) / (t - before);
      values[gap] = from + share * (value - from);
    }
    before = t;
  }
  return { ...series, values, gaps: 0, firstGapRow: null };
}

function refuse(problem: string, fix: Fix | null = null): ReadSeries & { problem: string } {
  return { problem, fix };
}

function part(series: GivenSeries, from: number, to?: number): GivenSeries {
  const { values, dates } = series;
  return { ...series, values: values.slice(from, to), dates: dates?.slice(from, to) ?? null };
}

function rowsOf(
  text: string,
): { rows: readonly Row[]; name: string | null } | (ReadSeries & { problem: string }) {
  const lines = text.split(/\r?\n/);
  const filled = lines.flatMap((line, at) => {
    const cells = cellsOf(line);
    return cells.length === 0 ? [] : [{ row: at + 1, cells }];
  });
  if (filled.length === 0)
    return refuse("Paste numbers, or a CSV with the values in its last column.");
  const only = filled.length === 1 && filled[0]!.cells.length > 1;
  const cellRows = only ? filled[0]!.cells.map((cell) => ({ row: 1, cells: [cell] })) : filled;
  const first = cellRows[0]!.cells.at(-1)!;
  const isHead = !only && toNumber(first) === null && !gapWords.test(first);
  const rows: Row[] = [];
  for (const { row, cells } of isHead ? cellRows.slice(1) : cellRows) {
    const cell = cells.at(-1)!;
    const value = toNumber(cell);
    if (value === null && !gapWords.test(cell)) {
      return refuse(`Row ${row}: “${cell.slice(0, quotedMax)}” is not a number.`, {
        label: "Take it as a gap",
        text: only
          ? cellRows.map(({ cells: [each] }) => (each === cell ? "NA" : each)).join(" ")
          : replaced(lines, row, cells),
      });
    }
    rows.push({ row, cells, value });
  }
  return { rows, name: isHead ? first.replaceAll(/[,;\t]/g, " ") : null };
}

function replaced(lines: readonly string[], row: number, cells: readonly string[]): string {
  const line = [...cells.slice(0, -1), "NA"].join(",");
  return lines.map((each, at) => (at + 1 === row ? line : each)).join("\n");
}

interface Dated {
  readonly values: readonly (number | null)[];
  readonly dates: readonly string[] | null;
  readonly firstGapRow: number | null;
}

/** Dates must rise in equal steps; those that are missing become gaps. */
function withDates(rows: readonly Row[]): Dated | (ReadSeries & { problem: string }) {
  const firstGapRow = rows.find(({ value }) => value === null)?.row ?? null;
  const plain = { values: rows.map(({ value }) => value), dates: null, firstGapRow };
  const moments = rows.map(({ cells }) => (cells.length > 1 ? dateOf(cells[0]!) : null));
  if (moments.every((moment) => moment === null)) return plain;
  const odd = moments.indexOf(null);
  if (odd >= 0) {
    const { row, cells } = rows[odd]!;
    const text = cells.length > 1 ? cells[0]!.slice(0, quotedMax) : "";
    return refuse(`Row ${row}: “${text}” is not a date such as 2026-03-01.`);
  }
  const places = placesOf(moments as Moment[]);
  if (typeof places === "number") {
    const { row, cells } = rows[places]!;
    return refuse(
      `Row ${row}: ${cells[0]!} does not follow the row before it by the usual step between dates.`,
    );
  }
  const length = places.at(-1)! + 1;
  if (length > textLengthMax / 2) return refuse("The dates lie too far apart for a series.");
  const values = Array.from<number | null>({ length }).fill(null);
  const dates = Array.from({ length }, () => "");
  for (const [i, place] of places.entries()) {
    values[place] = rows[i]!.value;
    dates[place] = rows[i]!.cells[0]!;
  }
  // Rows that are written again need their dates, or none of them.
  return { values, dates: dates.includes("") ? null : dates, firstGapRow };
}

interface Moment {
  readonly months: number;
  /** Whether it names the first of a month, or no day. */
  readonly isMonth: boolean;
  readonly ms: number;
}

/** Steps from the first moment to each, or the index of one that does not fit. */
function placesOf(moments: readonly Moment[]): number[] | number {
  const isMonthly = moments.every(({ isMonth }) => isMonth);
  const numbers = moments.map(({ months, ms }) => (isMonthly ? months : ms));
  const steps = numbers.slice(1).map((at, i) => at - numbers[i]!);
  const backwards = steps.findIndex((step) => step <= 0);
  if (backwards >= 0) return backwards + 1;
  const step = Math.min(...steps);
  const places = [0];
  for (const [i, each] of steps.entries()) {
    const count = each / step;
    // Days of 23 and 25 hours are days.
    if (Math.abs(count - Math.round(count)) > 0.05 * count) return i + 1;
    places.push(places.at(-1)! + Math.round(count));
  }
  return places;
}

function dateOf(cell: string): Moment | null {
  const found = /^(\d{4})-(\d{1,2})(?:-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})\S*)?)?)?$/.exec(
    cell,
  );
  if (found === null) return null;
  const [year, month, day = 1, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map((each) => (each === undefined ? undefined : Number(each)));
  if (month! < 1 || month! > 12 || day < 1 || day > 31) return null;
  const ms = Date.UTC(year!, month! - 1, day, hour, minute, second);
  return { months: year! * 12 + month!, isMonth: day === 1 && hour + minute + second === 0, ms };
}

function cellsOf(line: string): string[] {
  const trimmed = line.trim();
  if (trimmed === "") return [];
  const separator = [";", "\t", ","].find((each) => trimmed.includes(each)) ?? null;
  // A date may have a space before its time.
  const cells =
    separator === null
      ? /^\d{4}-\d/.test(trimmed) || /[^\d\s.eE+-]/.test(trimmed.replaceAll(/\bNA\b/g, ""))
        ? [trimmed]
        : trimmed.split(/\s+/)
      : line.split(separator);
  return cells.map((cell) => decimal(cell.trim().replace(/^"(.*)"$/, "$1"), separator));
}

/** 3,5 is a number where commas do not part columns. */
function decimal(cell: string, separator: string | null): string {
  return separator !== "," && /^[-+]?\d+,\d+$/.test(cell) ? cell.replace(",", ".") : cell;
}

function toNumber(cell: string): number | null {
  const value = cell === "" ? Number.NaN : Number(cell);
  return Number.isFinite(value) ? value : null;
}
