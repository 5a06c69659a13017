/** What networks learn from, drawn from a seed: the plane, sequences, tables and digits. */
import type { Chance } from "../../compute/chance.ts";
import { seededChance } from "../../compute/seeded-chance.ts";
import type {
  DataSpecification,
  planeFeatures,
  Specification,
} from "../contract-training-network.ts";
import { bracketSamples } from "./brackets.ts";
import { DataProblem } from "./data-problem.ts";
import { planePoints } from "./plane-data.ts";
import { readTable } from "./table-data.ts";

/** The plane goes from minus this to this on both axes. */
export const planeExtent = 6;
export const digitSide = 28;

export interface Samples {
  readonly count: number;
  /** One row a sample. */
  readonly inputs: Float32Array;
  /** The class of each, or in a regression its value. */
  readonly targets: Float32Array;
}

export interface DataDescription {
  readonly kind: DataSpecification["kind"];
  readonly task: "classification" | "regression";
  readonly classes: readonly string[];
  readonly inputNames: readonly string[];
  /** Of one sample. */
  readonly sampleShape: readonly number[];
  readonly trainingCount: number;
  readonly validationCount: number;
}

export interface PlanePoint {
  readonly x: number;
  readonly y: number;
  readonly target: number;
  readonly isValidation: boolean;
}

export interface DataSet extends DataDescription {
  readonly training: Samples;
  readonly validation: Samples;
  /** null: the data are not in the plane. */
  readonly plane: { readonly points: readonly PlanePoint[] } | null;
  /** A text for each of some samples that have no picture. */
  readonly rows: readonly string[];
  /** From what a user gives to what the network sees. */
  readonly prepare: (row: readonly number[]) => Float32Array;
  /** What `prepare` takes from each input and divides it by; null: it does neither. */
  readonly scales: readonly Scale[] | null;
  readonly targetScale: Scale;
  /** From what a regression gives to the data's own unit. */
  readonly restore: (value: number) => number;
}

type Feature = (typeof planeFeatures)[number];
const featureOf: Readonly<Record<Feature, (x: number, y: number) => number>> = {
  x: (x) => x,
  y: (_, y) => y,
  "x^2": (x) => (x * x) / 4,
  "y^2": (_, y) => (y * y) / 4,
  xy: (x, y) => (x * y) / 4,
  "sin x": (x) => Math.sin(x),
  "sin y": (_, y) => Math.sin(y),
};

/** What the network sees of a point. */
export function pointInputs(features: readonly Feature[], x: number, y: number): number[] {
  return features.map((feature) => featureOf[feature](x, y));
}

/** @param digits where pictures of digits are, which are read elsewhere */
export function dataSetOf(
  { data, seed }: Pick<Specification, "data" | "seed">,
  digits: DigitSource | null,
): DataSet {
  const chance = seededChance(seed);
  switch (data.kind) {
    case "digits":
      if (digits === null) throw new DataProblem("The digits have not been read.");
      return digitSet(data, digits, chance);
    case "table":
      return tableSet(data, chance);
    case "brackets":
      return bracketSet(data, chance);
    default:
      return planeSet(data, chance);
  }
}

/** Without the samples themselves: quick for digits too. */
export function describeData(specification: Pick<Specification, "data" | "seed">): DataDescription {
  const { data } = specification;
  if (data.kind !== "digits") return dataSetOf(specification, null);
  const validationCount = Math.round(data.samples * data.validationShare);
  return {
    ...digitDescription,
    trainingCount: data.samples - validationCount,
    validationCount,
  };
}

export interface DigitSource {
  /** 784 bytes a digit. */
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

const digitDescription = {
  kind: "digits",
  task: "classification",
  classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
  inputNames: [],
  sampleShape: [1, digitSide, digitSide],
} as const;

function digitSet(
  data: Extract<DataSpecification, { kind: "digits" }>,
  { pixels, labels }: DigitSource,
  chance: Chance,
): DataSet {
  const size = digitSide * digitSide;
  const chosen = shuffled(labels.length, chance).subarray(0, data.samples);
  const row = (place: number): Float32Array =>
    Float32Array.from(pixels.subarray(place * size, (place + 1) * size), (ink) => ink / 255);
  const parts = split(
    Array.from(chosen, (place) => ({ inputs: row(place), target: labels[place]! })),
    data.validationShare,
  );
  return {
    ...digitDescription,
    ...parts,
    plane: null,
    rows: [],
    prepare: (pixelRow) => {
      if (pixelRow.length !== size)
        throw new DataProblem(`A digit has ${size} pixels, not ${pixelRow.length}.`);
      return Float32Array.from(pixelRow);
    },
    scales: null,
    targetScale: identity,
    restore: (value) => value,
  };
}

type PlaneData = Extract<DataSpecification, { features: readonly Feature[] }>;

function planeSet(data: PlaneData, chance: Chance): DataSet {
  const { features, validationShare } = data;
  const drawn = data.kind === "points" ? data.points : planePoints(data, chance);
  const isRegression = data.kind === "plane" || data.kind === "sine";
  const order = shuffled(drawn.length, chance);
  const validationCount = Math.round(drawn.length * validationShare);
  const points = Array.from(order, (place, index) => {
    const { x, y, label } = drawn[place]!;
    return { x, y, target: label, isValidation: index < validationCount };
  });
  const classes = isRegression ? 0 : Math.max(2, ...drawn.map(({ label }) => label + 1));
  if (data.kind === "points" && new Set(drawn.map(({ label }) => label)).size < 2)
    throw new DataProblem("All points are of one class: draw some of another.");
  return {
    kind: data.kind,
    task: isRegression ? "regression" : "classification",
    classes: Array.from({ length: classes }, (_, label) => String(label)),
    inputNames: features,
    sampleShape: [features.length],
    ...split(
      points.map(({ x, y, target }) => ({ inputs: pointInputs(features, x, y), target })),
      validationShare,
    ),
    plane: { points },
    rows: [],
    prepare: (row) => {
      if (row.length !== 2) throw new DataProblem(`A point has 2 numbers, not ${row.length}.`);
      return Float32Array.from(pointInputs(features, row[0]!, row[1]!));
    },
    scales: null,
    targetScale: identity,
    restore: (value) => value,
  };
}

function bracketSet(
  data: Extract<DataSpecification, { kind: "brackets" }>,
  chance: Chance,
): DataSet {
  const sequences = bracketSamples(data.samples, data.length, chance);
  const names = ["(", ")", " "];
  return {
    kind: "brackets",
    task: "classification",
    classes: ["unbalanced", "balanced"],
    inputNames: ["symbols: 0 is (, 1 is ), 2 is nothing"],
    sampleShape: [data.length],
    ...split(
      sequences.map(({ symbols, isBalanced }) => ({
        inputs: symbols,
        target: Number(isBalanced),
      })),
      data.validationShare,
    ),
    plane: null,
    rows: sequences
      .slice(0, 20)
      .map(
        ({ symbols, isBalanced }) =>
          `${symbols.map((symbol) => names[symbol]).join("")}: ${isBalanced ? "balanced" : "unbalanced"}`,
      ),
    prepare: (row) => {
      if (row.length !== data.length)
        throw new DataProblem(`A sequence has ${data.length} symbols, not ${row.length}.`);
      if (!row.every((symbol) => symbol === 0 || symbol === 1 || symbol === 2))
        throw new DataProblem("A symbol is 0, 1 or 2.");
      return Float32Array.from(row);
    },
    scales: null,
    targetScale: identity,
    restore: (value) => value,
  };
}

function tableSet(data: Extract<DataSpecification, { kind: "table" }>, chance: Chance): DataSet {
  const table = readTable(data.csv, data.target);
  const { names, classes } = table;
  const order = shuffled(table.rows.length, chance);
  const validationCount = Math.round(table.rows.length * data.validationShare);
  // What is held back has no say in the scale.
  const learned = Array.from(order.subarray(validationCount), (place) => table.rows[place]!);
  const scales = names.map((_, column) => scaleOf(learned.map(({ inputs }) => inputs[column]!)));
  const targetScale = classes.length > 0 ? identity : scaleOf(learned.map(({ target }) => target));
  const prepare = (row: readonly number[]): Float32Array => {
    if (row.length !== names.length)
      throw new DataProblem(`A row has ${names.length} inputs, not ${row.length}.`);
    return Float32Array.from(row, (value, column) => {
      const { mean, deviation } = scales[column]!;
      return (value - mean) / deviation;
    });
  };
  return {
    kind: "table",
    task: classes.length > 0 ? "classification" : "regression",
    classes,
    inputNames: names,
    sampleShape: [names.length],
    ...split(
      Array.from(order, (place) => {
        const { inputs, target } = table.rows[place]!;
        return {
          inputs: prepare(inputs),
          target: (target - targetScale.mean) / targetScale.deviation,
        };
      }),
      data.validationShare,
    ),
    plane: null,
    rows: table.rows
      .slice(0, 20)
      .map(({ inputs, target }) => `${inputs.join(", ")}: ${classes[target] ?? target}`),
    prepare,
    scales,
    targetScale,
    restore: (value) => value * targetScale.deviation + targetScale.mean,
  };
}

export interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

const identity: Scale = { mean: 0, deviation: 1 };

/** A constant column keeps its deviation of 1. */
function scaleOf(values: readonly number[]): Scale {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: variance > 0 ? Math.sqrt(variance) : 1 };
}

interface Row {
  readonly inputs: ArrayLike<number>;
  readonly target: number;
}

/** The first rows are held back. */
function split(rows: readonly Row[], validationShare: number) {
  const validationCount = Math.round(rows.length * validationShare);
  const trainingCount = rows.length - validationCount;
  if (trainingCount < 2 || validationCount < 1) {
    throw new DataProblem(
      `${rows.length} samples leave ${trainingCount} to learn from and ${validationCount} to validate with.`,
    );
  }
  return {
    trainingCount,
    validationCount,
    validation: packed(rows.slice(0, validationCount)),
    training: packed(rows.slice(validationCount)),
  };
}

function packed(rows: readonly Row[]): Samples {
  const width = rows[0]!.inputs.length;
  const inputs = new Float32Array(rows.length * width);
  rows.forEach((row, index) => inputs.set(row.inputs, index * width));
  return { count: rows.length, inputs, targets: Float32Array.from(rows, ({ target }) => target) };
}

/** Fisher and Yates. */
export function shuffled(count: number, chance: Chance): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last > 0; last--) {
    const other = chance.below(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
