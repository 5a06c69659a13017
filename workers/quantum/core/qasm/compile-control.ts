/** Branches and loops: unrolled where all is known, kept where a measurement decides. */
import type { Operation } from "../circuit.ts";
import { type Compilation, RoundsDiffer, Scope, type Value } from "./compilation.ts";
import { done, type Ending, runBlock } from "./compile-statement.ts";
import { conditionOf } from "./condition.ts";
import { convert, evaluate, integerOf, number } from "./evaluate.ts";
import { type Place, QasmError } from "./qasm-error.ts";
import { rangeOf } from "./selection.ts";
import type { ForStatement, Statement } from "./syntax.ts";

export function compileBranch(
  c: Compilation,
  { condition: expression, whenTrue, whenFalse, place }: Statement & { kind: "if" },
): Ending {
  warnOfVersion2(c, expression);
  const condition = conditionOf(evaluate(c, expression), expression.place);
  if (typeof condition === "boolean") return runBlock(c, condition ? whenTrue : whenFalse);
  const operation: Operation = {
    kind: "if",
    condition,
    whenTrue: measuredBody(c, whenTrue),
    whenFalse: measuredBody(c, whenFalse),
  };
  c.emit(place, operation);
  return done;
}

function warnOfVersion2(
  c: Compilation,
  expression: (Statement & { kind: "if" })["condition"],
): void {
  if (c.version !== "2.0" || expression.kind !== "binary") return;
  if (expression.left.kind !== "name") {
    c.warn(expression.place, "version 2 compares whole registers alone; other tools refuse this");
  }
}

/** A body that runs or not, by what is measured. */
function measuredBody(c: Compilation, body: readonly Statement[]): readonly Operation[] {
  return framed(c, "measured", body, (ending) => {
    throw new QasmError(
      ending.place,
      `${ending.kind} under a measured condition is not supported`,
      "put what follows into the other branch, or the condition into the loop's own",
    );
  });
}

function framed(
  c: Compilation,
  frame: "measured" | "repeated",
  body: readonly Statement[],
  onLeaving: (ending: Exclude<Ending, { kind: "done" }>) => never,
): readonly Operation[] {
  c.frames.push(frame);
  try {
    return c.collect(() => {
      const ending = runBlock(c, body);
      if (ending.kind !== "done") onLeaving(ending);
    });
  } finally {
    c.frames.pop();
  }
}

export function compileWhile(
  c: Compilation,
  { condition: expression, body }: Statement & { kind: "while" },
  place: Place,
): Ending {
  for (;;) {
    const condition = conditionOf(evaluate(c, expression), expression.place);
    if (typeof condition !== "boolean") {
      c.emit(place, { kind: "while", condition, body: measuredBody(c, body) });
      return done;
    }
    if (!condition) return done;
    c.countTurn(place);
    const ending = runBlock(c, body);
    if (ending.kind === "break") return done;
    if (ending.kind === "end" || ending.kind === "return") return ending;
    if (c.errors.length > 0) return done;
  }
}

export function compileFor(
  c: Compilation,
  statement: Statement & ForStatement,
  place: Place,
): Ending {
  const values = valuesOf(c, statement);
  const isInGate = c.calls.includes("gate");
  if (statement.isRepetition && !isInGate && statement.over.kind === "range") {
    const body = repeatedBody(c, statement.body);
    if (body !== undefined) {
      c.emit(place, { kind: "repeat", count: values.length, body });
      return done;
    }
  }
  for (const value of values) {
    c.countTurn(place);
    const scope = new Scope(c.scope);
    const depth = c.frames.length;
    scope.set(statement.variable.name, { kind: "value", value, depth });
    const errors = c.errors.length;
    const ending = c.within(scope, () => runBlock(c, statement.body));
    if (ending.kind === "break") return done;
    if (ending.kind === "end" || ending.kind === "return") return ending;
    if (c.errors.length > errors) return done;
  }
  return done;
}

/** Undefined when the rounds are not all the same. */
function repeatedBody(
  c: Compilation,
  body: readonly Statement[],
): readonly Operation[] | undefined {
  const registers = c.classicalRegisters.length;
  const { bits } = c;
  try {
    return framed(c, "repeated", body, () => {
      throw new RoundsDiffer();
    });
  } catch (error) {
    if (!(error instanceof RoundsDiffer) || c.frames.includes("repeated")) throw error;
    // The bits that one round declared are declared again by each of its rounds.
    c.classicalRegisters.length = registers;
    c.bits = bits;
    return undefined;
  }
}

function valuesOf(c: Compilation, { type, over }: ForStatement): readonly Value[] {
  if (over.kind === "range") return rangeOf(c, over).map((value) => number(value, true));
  if (over.kind === "set") {
    return over.values.map((value) => convert(c, type, evaluate(c, value), value.place));
  }
  const value = evaluate(c, over.value);
  switch (value.kind) {
    case "list":
      return value.items;
    case "bits":
      return value.bits.map((bit) => ({ kind: "bits", bits: [bit], isSingle: true }));
    case "qubits":
      return value.qubits.map((qubit) => ({ kind: "qubits", qubits: [qubit], isSingle: true }));
    case "bit-string":
      return Array.from(value.text)
        .toReversed()
        .map((bit) => number(Number(bit), true));
    default:
      throw new QasmError(over.value.place, `a loop goes over ranges, sets, arrays and registers`);
  }
}

export function compileSwitch(
  c: Compilation,
  { subject, cases, otherwise }: Statement & { kind: "switch" },
  place: Place,
): Ending {
  const value = evaluate(c, subject);
  const seen = new Set<number>();
  const known = cases.map(({ values, body }) => ({
    body,
    values: values.map((expression) => {
      const each = integerOf(evaluate(c, expression), expression.place);
      if (seen.has(each)) throw new QasmError(expression.place, `case ${each} stands twice`);
      seen.add(each);
      return each;
    }),
  }));
  if (value.kind === "bits") {
    c.emit(place, {
      kind: "switch",
      bits: value.bits,
      cases: known.map(({ values, body }) => ({ values, body: measuredBody(c, body) })),
      otherwise: measuredBody(c, otherwise),
    });
    return done;
  }
  const chosen = integerOf(value, subject.place);
  const match = known.find(({ values }) => values.includes(chosen));
  return runBlock(c, match?.body ?? otherwise);
}
