/** Two tiny learners for the tests of the search: they learn fast and little. */
import type { Design, FittedModel, Learner, Target } from "../learners/learner.ts";

/** One frequency or mean for all rows, drawn towards even ones by `smoothing`. */
export const prior: Learner = {
  id: "prior",
  title: "Prior",
  tasks: ["classification", "regression"],
  space: { smoothing: { kind: "real", min: 0.01, max: 100, log: true, default: 1 } },
  wantsScaling: false,
  *fit(design, target, { smoothing }) {
    yield 0.5;
    return frequencies(means(design, target, Number(smoothing)));
  },
  restore: (saved) => frequencies(saved as number[]),
};

function means({ rows }: Design, target: Target, smoothing: number): number[] {
  if (target.kind === "regression") {
    return [target.values.reduce((sum, value) => sum + value, 0) / rows];
  }
  const { labels, classes } = target;
  return Array.from(
    { length: classes },
    (_, label) =>
      (labels.filter((each) => each === label).length + smoothing) / (rows + classes * smoothing),
  );
}

function frequencies(own: number[]): FittedModel {
  return {
    predict: ({ rows }) =>
      Float64Array.from({ length: rows * own.length }, (_, at) => own[at % own.length]!),
    save: () => own,
    toOnnx: () => new Uint8Array(),
  };
}

interface Centres {
  readonly temperature: number;
  /** A centre and an answer each. */
  readonly centres: number[][];
  readonly answers: number[][];
}

/** Weights training rows by their nearness: Nadaraya and Watson's kernel regression. */
export const kernel: Learner = {
  id: "kernel",
  title: "Kernel",
  tasks: ["classification", "regression"],
  space: {
    temperature: { kind: "real", min: 0.01, max: 10, log: true, default: 1 },
    most: { kind: "integer", min: 10, max: 300, default: 100 },
    spare: { kind: "choice", of: ["a", "b"], default: "a" },
  },
  wantsScaling: true,
  *fit(design, target, { temperature, most }, { effort = 1 }) {
    const count = Math.min(design.rows, Math.max(5, Math.round(Number(most) * effort)));
    const centres: number[][] = [];
    const answers: number[][] = [];
    for (let index = 0; index < count; index += 1) {
      const row = Math.floor((index * design.rows) / count);
      const from = row * design.columns;
      centres.push([...design.values.subarray(from, from + design.columns)]);
      answers.push(answerOf(target, row));
      if (index % 50 === 0) yield index / count;
    }
    return nearness({ temperature: Number(temperature), centres, answers });
  },
  restore: (saved) => nearness(saved as Centres),
};

function answerOf(target: Target, row: number): number[] {
  if (target.kind === "regression") return [target.values[row]!];
  return Array.from({ length: target.classes }, (_, label) =>
    target.labels[row] === label ? 1 : 0,
  );
}

function nearness(state: Centres): FittedModel {
  const { temperature, centres, answers } = state;
  const width = answers[0]!.length;
  return {
    predict({ rows, columns, values }) {
      const predictions = new Float64Array(rows * width);
      for (let row = 0; row < rows; row += 1) {
        const weights = centres.map((centre) => {
          const squares = centre.reduce(
            (sum, value, column) => sum + (value - values[row * columns + column]!) ** 2,
            0,
          );
          return Math.exp(-squares / (2 * temperature ** 2)) + 1e-12;
        });
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        for (const [index, weight] of weights.entries()) {
          for (let at = 0; at < width; at += 1) {
            predictions[row * width + at]! += (weight / total) * answers[index]![at]!;
          }
        }
      }
      return predictions;
    },
    save: () => state,
    toOnnx: () => new Uint8Array(),
  };
}

/** Says no to everything, as a learner does that cannot take the data. */
export const refusing: Learner = {
  ...prior,
  id: "refusing",
  title: "Refusing",
  // oxlint-disable-next-line require-yield -- it never gets that far
  *fit() {
    throw new RangeError("It takes no such table.");
  },
};
