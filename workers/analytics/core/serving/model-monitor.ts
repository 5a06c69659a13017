/** What a version is asked and answers, kept as bounded windows per column beside its reference. */
import { type ColumnDrift, columnDrift, ColumnWindow } from "./drift.ts";
import {
  classesMax,
  columnValuesMax,
  liveRowsMin,
  referenceRowsMin,
  watchedColumnsMax,
} from "./serving-limits.ts";

export interface MonitoredTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

/** Values of each watched column, in no order; at most `columnValuesMax` each. */
export type Reference = Readonly<Record<string, readonly number[]>>;

/** What a wide row, such as an image, is watched by. */
const summaries = ["mean", "standard deviation", "smallest", "largest"] as const;

/** Fills the windows of one request's tensors; rows beyond the size of a window are not looked at. */
function eachValue(
  tensors: readonly MonitoredTensor[],
  take: (column: string, value: number) => void,
): void {
  for (const { name, shape, values } of tensors) {
    const rows = shape.length === 0 ? 1 : shape[0]!;
    if (rows === 0) continue;
    const width = values.length / rows;
    for (let row = 0; row < Math.min(rows, columnValuesMax); row++) {
      if (width === 1) {
        take(name, values[row]!);
      } else if (width <= watchedColumnsMax) {
        for (let at = 0; at < width; at++) take(`${name}[${at}]`, values[row * width + at]!);
      } else {
        summaryOf(values, row * width, width).forEach((value, at) =>
          take(`${name} ${summaries[at]}`, value),
        );
      }
    }
  }
}

function summaryOf(values: ArrayLike<number>, from: number, width: number): number[] {
  let [mean, squares, smallest, largest] = [0, 0, Infinity, -Infinity];
  for (let at = 0; at < width; at++) {
    const value = values[from + at]!;
    const before = value - mean;
    mean += before / (at + 1);
    squares += before * (value - mean);
    smallest = Math.min(smallest, value);
    largest = Math.max(largest, value);
  }
  return [mean, Math.sqrt(squares / width), smallest, largest];
}

/** What a model's inputs looked like in training: the last `columnValuesMax` rows by watched column. */
export function referenceOf(inputs: readonly MonitoredTensor[]): Reference {
  const windows = new Map<string, ColumnWindow>();
  const newest = inputs.map(({ name, shape, values }) => {
    const [rows = 0, ...rest] = shape;
    const kept = Math.min(rows, columnValuesMax);
    const width = rows === 0 ? 0 : values.length / rows;
    const from = (rows - kept) * width;
    return {
      name,
      shape: [kept, ...rest],
      values: Float64Array.from({ length: kept * width }, (_, at) => values[from + at]!),
    };
  });
  eachValue(newest, (column, value) => windowOf(windows, column)?.add(value));
  return Object.fromEntries([...windows].map(([column, window]) => [column, window.values()]));
}

/** A class for each row where the answer is one, or the number itself. */
function answerOf({ name, shape, values }: MonitoredTensor): MonitoredTensor {
  const rows = shape.length === 0 ? 1 : shape[0]!;
  const width = rows === 0 ? 0 : values.length / rows;
  if (width <= 1 || width > classesMax) return { name: `answer ${name}`, shape, values };
  const classes = Array.from({ length: rows }, (_, row) => {
    let best = 0;
    for (let at = 1; at < width; at++) {
      if (values[row * width + at]! > values[row * width + best]!) best = at;
    }
    return best;
  });
  return { name: `class of ${name}`, shape: [rows], values: classes };
}

export class ModelMonitor {
  readonly #live = new Map<string, ColumnWindow>();
  readonly #learning = new Map<string, ColumnWindow>();
  #reference: Reference | null;
  #rows = 0;
  #learned = 0;

  /** @param reference from training, or as it was learned before; null: the first requests make one */
  constructor(reference: Reference | null) {
    this.#reference = reference;
  }

  get reference(): Reference | null {
    return this.#reference;
  }

  /** @returns the reference, when this request has completed it */
  observe(
    inputs: readonly MonitoredTensor[],
    outputs: readonly MonitoredTensor[],
  ): Reference | null {
    const tensors = [...inputs, ...outputs.map(answerOf)];
    const isLearning = this.#reference === null;
    const windows = isLearning ? this.#learning : this.#live;
    eachValue(tensors, (column, value) => windowOf(windows, column)?.add(value));
    const rows = inputs[0]?.shape[0] ?? 1;
    if (!isLearning) {
      this.#rows += rows;
      return null;
    }
    this.#learned += rows;
    if (this.#learned < referenceRowsMin) return null;
    return this.#settle(this.#learning);
  }

  /** Makes the newest requests the reference; null where there are too few. */
  renew(): Reference | null {
    if (this.#reference === null || this.#rows < liveRowsMin) return null;
    this.#rows = 0;
    return this.#settle(this.#live);
  }

  #settle(windows: Map<string, ColumnWindow>): Reference {
    this.#reference = Object.fromEntries(
      [...windows].map(([column, window]) => [column, window.values()]),
    );
    windows.clear();
    return this.#reference;
  }

  drift(): {
    readonly referenceRowsMissing: number;
    readonly liveRows: number;
    readonly columns: readonly ColumnDrift[];
  } {
    const reference = this.#reference;
    if (reference === null) {
      return {
        referenceRowsMissing: Math.max(0, referenceRowsMin - this.#learned),
        liveRows: 0,
        columns: [],
      };
    }
    const names = [...new Set([...Object.keys(reference), ...this.#live.keys()])];
    return {
      referenceRowsMissing: 0,
      liveRows: this.#rows,
      columns: names
        .filter((name) => reference[name] !== undefined)
        .map((name) =>
          columnDrift(name, reference[name]!, this.#live.get(name)?.values() ?? [], names.length),
        ),
    };
  }
}

/** Null beyond what is watched of one model. */
function windowOf(windows: Map<string, ColumnWindow>, column: string): ColumnWindow | null {
  const known = windows.get(column);
  if (known !== undefined) return known;
  if (windows.size >= 2 * watchedColumnsMax) return null;
  const window = new ColumnWindow();
  windows.set(column, window);
  return window;
}
