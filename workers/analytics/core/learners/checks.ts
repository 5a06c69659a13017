/** What a learner refuses, said once for all of them. */
import type { Design, FitOptions, Parameter, Parameters, Target } from "./learner.ts";

/** Data or parameters that a learner cannot take: the message says which and why. */
export class LearnerError extends RangeError {
  constructor(message: string) {
    super(message);
    this.name = "LearnerError";
  }
}

/** @throws LearnerError when the table is empty, of another size than it says, or holds what is not a number */
export function checkDesign(
  { rows, columns, values }: Design,
  { mayMiss }: { readonly mayMiss: boolean },
): void {
  if (rows < 1 || columns < 1) {
    throw new LearnerError(`A table of ${rows} rows and ${columns} columns has nothing to learn.`);
  }
  if (values.length !== rows * columns) {
    throw new LearnerError(
      `A table of ${rows} rows and ${columns} columns has ${values.length} values.`,
    );
  }
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (Number.isFinite(value) || (mayMiss && Number.isNaN(value))) continue;
    const [row, column] = [Math.floor(index / columns), index % columns];
    throw new LearnerError(`Row ${row}, column ${column} is ${value}; fill gaps first.`);
  }
}

/** @throws LearnerError when rows, labels or weights do not fit together */
export function checkTarget({ rows }: Design, target: Target, { weights }: FitOptions): void {
  const length = target.kind === "regression" ? target.values.length : target.labels.length;
  if (length !== rows) throw new LearnerError(`${rows} rows have ${length} targets.`);
  if (target.kind === "regression") {
    const bad = target.values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw new LearnerError(`The target of row ${bad} is ${target.values[bad]}.`);
  } else {
    const { labels, classes } = target;
    const bad = labels.findIndex((label) => label < 0 || label >= classes);
    if (bad >= 0) {
      throw new LearnerError(`Row ${bad} is of class ${labels[bad]}; there are ${classes}.`);
    }
  }
  if (weights === undefined) return;
  if (weights.length !== rows) {
    throw new LearnerError(`${rows} rows have ${weights.length} weights.`);
  }
  const bad = weights.findIndex((weight) => !Number.isFinite(weight) || weight < 0);
  if (bad >= 0) throw new LearnerError(`The weight of row ${bad} is ${weights[bad]}.`);
  if (!weights.some((weight) => weight > 0)) throw new LearnerError("Every weight is 0.");
}

/** @throws LearnerError when a new table has another width than the one that was learned from */
export function checkWidth(design: Design, columns: number): void {
  if (design.columns !== columns || design.values.length !== design.rows * columns) {
    throw new LearnerError(
      `The model was made for ${columns} columns; this table has ${design.columns}, and ` +
        `${design.values.length} values in ${design.rows} rows.`,
    );
  }
}

/**
 * The parameters with defaults for those left out.
 * @throws LearnerError for names that are not in the space and values outside of it
 */
export function resolveParameters<Name extends string>(
  space: Readonly<Record<Name, Parameter>>,
  given: Parameters,
): Readonly<Record<Name, number | string | boolean>> {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(space, name)) throw new LearnerError(`There is no parameter ${name}.`);
  }
  const entries = Object.entries<Parameter>(space).map(([name, parameter]) => {
    const value = given[name] ?? parameter.default;
    checkParameter(name, parameter, value);
    return [name, value];
  });
  return Object.fromEntries(entries) as Record<Name, number | string | boolean>;
}

function checkParameter(
  name: string,
  parameter: Parameter,
  value: number | string | boolean,
): void {
  if (parameter.kind === "choice") {
    if (!parameter.of.includes(value)) {
      throw new LearnerError(`${name} is ${value}; it may be ${parameter.of.join(", ")}.`);
    }
    return;
  }
  const { kind, min, max } = parameter;
  const isKind = kind === "real" ? typeof value === "number" : Number.isInteger(value);
  if (!isKind || !((value as number) >= min && (value as number) <= max)) {
    throw new LearnerError(`${name} is ${value}; it is a number (${kind}) of ${min} to ${max}.`);
  }
}

/** How many of `count` pieces the effort asks for, at least one. */
export function effortOf(count: number, { effort = 1 }: FitOptions): number {
  if (!(effort >= 0 && effort <= 1)) throw new LearnerError(`The effort is ${effort}, not 0 to 1.`);
  return Math.max(1, Math.round(count * effort));
}
