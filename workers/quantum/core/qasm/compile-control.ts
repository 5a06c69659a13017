/** Branches and loops: unrolled where all is known, kept where a measurement decides. */
import type { Condition, Operation } from "../circuit.ts";
import { type Compilation, type Exits, RoundsDiffer, Scope, type Value } from "./compilation.ts";
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
  const [first, second] = [measuredBody(c, whenTrue), measuredBody(c, whenFalse)];
  c.emit(place, {
    kind: "if",
    condition,
    whenTrue: first.operations,
    whenFalse: second.operations,
  });
  return maybe(place, [...first.flags, ...second.flags]);
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

/** A body that runs or not, by what is measured; it may have left when one of the flags is 1. */
interface MeasuredBody {
  readonly operations: readonly Operation[];
  readonly flags: readonly number[];
}

function measuredBody(c: Compilation, body: readonly Statement[]): MeasuredBody {
  return measuredTurn(c, () => runBlock(c, body));
}

function measuredTurn(c: Compilation, turn: () => Ending): MeasuredBody {
  c.frames.push("measured");
  let flags: readonly number[] = [];
  try {
    const operations = c.collect(() => {
      flags = flagsOf(c, turn());
    });
    return { operations, flags };
  } finally {
    c.frames.pop();
  }
}

/** The bits that say that a body was left; a sure leaving sets its own. */
function flagsOf(c: Compilation, ending: Ending): readonly number[] {
  if (ending.kind === "done") return [];
  if (ending.kind === "maybe") return ending.flags;
  const { kind, place } = ending;
  if (kind === "return") {
    throw new QasmError(
      place,
      "return under a measured condition is not supported",
      "return at the end of the subroutine, and put what decides into a bit",
    );
  }
  const flag = flagFor(c, kind, place);
  c.emit(place, { kind: "assign", bit: flag, value: 1 });
  return [flag];
}

function flagFor(c: Compilation, kind: "break" | "continue" | "end", place: Place): number {
  const newFlag = (name: string) => c.addRegister("bit", name, 1, place)[0]!;
  if (kind === "end") return (c.endFlag ??= newFlag("ended"));
  const exits = c.exits.at(-1);
  if (exits === undefined) {
    throw new QasmError(place, `${kind} stands outside of what it could leave`);
  }
  return kind === "break"
    ? (exits.breakFlag ??= newFlag("left"))
    : (exits.continueFlag ??= newFlag("skipped"));
}

function maybe(place: Place, flags: readonly number[]): Ending {
  return flags.length === 0 ? done : { kind: "maybe", place, flags: [...new Set(flags)] };
}

function unset(flags: readonly number[]): Condition {
  return { kind: "compare", bits: flags, operator: "==", value: 0 };
}

/** What follows a statement that may have left its body. */
export function unlessLeft(
  c: Compilation,
  ending: Extract<Ending, { kind: "maybe" }>,
  rest: readonly Statement[],
): Ending {
  const { place, flags } = ending;
  if (rest.length === 0) return ending;
  const body = measuredBody(c, rest);
  c.emit(place, {
    kind: "if",
    condition: unset(flags),
    whenTrue: body.operations,
    whenFalse: [],
  });
  return maybe(place, [...flags, ...body.flags]);
}

/** A loop, whose flags are 0 whenever it begins; what leaves more than it is told to those around. */
function inLoop(
  c: Compilation,
  place: Place,
  loop: (exits: Exits) => { ending: Ending; flags: readonly number[] },
): Ending {
  const exits: Exits = {};
  c.exits.push(exits);
  let result: ReturnType<typeof loop> = { ending: done, flags: [] };
  try {
    const operations = c.collect(() => {
      result = loop(exits);
    });
    const { breakFlag } = exits;
    if (breakFlag !== undefined) c.emit(place, { kind: "assign", bit: breakFlag, value: 0 });
    c.append(operations);
  } finally {
    c.exits.pop();
  }
  const { ending, flags } = result;
  if (ending.kind !== "done") return ending;
  const { breakFlag, continueFlag } = exits;
  return maybe(
    place,
    flags.filter((flag) => flag !== breakFlag && flag !== continueFlag),
  );
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
  return inLoop(c, place, (exits) => {
    for (;;) {
      const condition = conditionOf(evaluate(c, expression), expression.place);
      if (typeof condition !== "boolean")
        return measuredWhile(c, condition, body, { exits, place });
      if (!condition) return { ending: done, flags: [] };
      c.countTurn(place);
      const before = {
        registers: c.classicalRegisters.length,
        bits: c.bits,
        endFlag: c.endFlag,
        exits: { ...exits },
      };
      let last: Ending = done;
      const operations = c.collect(() => {
        if (exits.continueFlag !== undefined) clear(c, exits.continueFlag, place);
        last = runBlock(c, body);
      });
      if (last.kind === "maybe" && last.flags.some((flag) => flag !== exits.continueFlag)) {
        // How often it turns is known only when it runs: it is read once more as such a loop.
        c.classicalRegisters.length = before.registers;
        c.bits = before.bits;
        c.endFlag = before.endFlag;
        delete exits.breakFlag;
        delete exits.continueFlag;
        Object.assign(exits, before.exits);
        return measuredWhile(c, null, body, { exits, place });
      }
      c.append(operations);
      if (last.kind === "break") return { ending: done, flags: [] };
      if (last.kind === "end" || last.kind === "return") return { ending: last, flags: [] };
      if (c.errors.length > 0) return { ending: done, flags: [] };
    }
  });
}

/** @param condition null: only what is measured inside ends it */
function measuredWhile(
  c: Compilation,
  condition: Condition | null,
  body: readonly Statement[],
  { exits, place }: { exits: Exits; place: Place },
): { ending: Ending; flags: readonly number[] } {
  const { operations, flags } = measuredBody(c, body);
  const stopping = flags.filter((flag) => flag !== exits.continueFlag);
  const parts = [
    ...(condition === null ? [] : [condition]),
    ...(stopping.length === 0 ? [] : [unset(stopping)]),
  ];
  const turn = c.collect(() => {
    if (exits.continueFlag !== undefined) clear(c, exits.continueFlag, place);
    c.append(operations);
  });
  const whole = parts.length === 1 ? parts[0]! : ({ kind: "all", of: parts } as const);
  c.emit(place, { kind: "while", condition: whole, body: turn });
  return { ending: done, flags };
}

function clear(c: Compilation, bit: number, place: Place): void {
  c.emit(place, { kind: "assign", bit, value: 0 });
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
  return inLoop(c, place, (exits) => {
    const flags = new Set<number>();
    for (const value of values) {
      c.countTurn(place);
      const scope = new Scope(c.scope);
      const depth = c.frames.length;
      scope.set(statement.variable.name, { kind: "value", value, depth });
      const errors = c.errors.length;
      const turn = () => c.within(scope, () => runBlock(c, statement.body));
      if (exits.continueFlag !== undefined) clear(c, exits.continueFlag, place);
      const stopping = [...flags].filter((flag) => flag !== exits.continueFlag);
      if (stopping.length > 0) {
        const { operations, flags: more } = measuredTurn(c, turn);
        c.emit(place, {
          kind: "if",
          condition: unset(stopping),
          whenTrue: operations,
          whenFalse: [],
        });
        more.forEach((flag) => flags.add(flag));
      } else {
        const ending = turn();
        if (ending.kind === "break") return { ending: done, flags: [...flags] };
        if (ending.kind === "end" || ending.kind === "return") return { ending, flags: [...flags] };
        if (ending.kind === "maybe") ending.flags.forEach((flag) => flags.add(flag));
      }
      if (c.errors.length > errors) return { ending: done, flags: [...flags] };
    }
    return { ending: done, flags: [...flags] };
  });
}

/** Undefined when the rounds are not all the same. */
function repeatedBody(
  c: Compilation,
  body: readonly Statement[],
): readonly Operation[] | undefined {
  const registers = c.classicalRegisters.length;
  const { bits, endFlag } = c;
  // A break in it finds a loop, though the loop is then unrolled.
  c.exits.push({});
  try {
    return framed(c, "repeated", body, () => {
      throw new RoundsDiffer();
    });
  } catch (error) {
    if (!(error instanceof RoundsDiffer) || c.frames.includes("repeated")) throw error;
    c.endFlag = endFlag;
    // The bits that one round declared are declared again by each of its rounds.
    c.classicalRegisters.length = registers;
    c.bits = bits;
    return undefined;
  } finally {
    c.exits.pop();
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
    const arms = known.map(({ values, body }) => ({ values, own: measuredBody(c, body) }));
    const last = measuredBody(c, otherwise);
    c.emit(place, {
      kind: "switch",
      bits: value.bits,
      cases: arms.map(({ values, own }) => ({ values, body: own.operations })),
      otherwise: last.operations,
    });
    return maybe(place, [...arms.flatMap(({ own }) => own.flags), ...last.flags]);
  }
  const chosen = integerOf(value, subject.place);
  const match = known.find(({ values }) => values.includes(chosen));
  return runBlock(c, match?.body ?? otherwise);
}
