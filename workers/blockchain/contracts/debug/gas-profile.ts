/** Gas by line and by function. What no source accounts for is told as such, so that the sums hold. */
import { qualifiedName } from "../artefact.ts";
import type { Execution } from "./execution.ts";

export interface LineGas {
  /** null: code without a known source. */
  readonly file: string | null;
  /** From 1; 0 where there is no source. */
  readonly line: number;
  /** Of the line's own instructions. */
  readonly exclusive: number;
  /** With all that it called. */
  readonly inclusive: number;
  /** Times that execution came to it. */
  readonly hits: number;
}

export interface FunctionGas {
  readonly name: string;
  readonly calls: number;
  readonly exclusive: number;
  readonly inclusive: number;
}

export interface GasProfile {
  /** Of all executions: what their first messages used, refunds and the price of a transaction aside. */
  readonly total: number;
  readonly lines: readonly LineGas[];
  readonly functions: readonly FunctionGas[];
}

interface Sum {
  exclusive: number;
  inclusive: number;
  count: number;
}

const nowhere = "";

export function gasProfile(executions: readonly Execution[]): GasProfile {
  const counter = new GasCounter();
  executions.forEach((execution) => counter.add(execution));
  return counter.profile();
}

/** Sums up one execution after the other, so that none has to be kept. */
export class GasCounter {
  readonly #lines = new Map<string, Sum>();
  readonly #functions = new Map<string, Sum>();
  #total = 0;

  add(execution: Execution): void {
    this.#total += execution.trace.frames[0]?.gasUsed ?? 0;
    addExecution(execution, this.#lines, this.#functions);
  }

  profile(): GasProfile {
    return profileOf(this.#total, this.#lines, this.#functions);
  }
}

function profileOf(
  total: number,
  lines: ReadonlyMap<string, Sum>,
  functions: ReadonlyMap<string, Sum>,
): GasProfile {
  return {
    total,
    lines: [...lines]
      .map(([key, { exclusive, inclusive, count }]) => {
        const at = key.lastIndexOf(":");
        const file = key === nowhere ? null : key.slice(0, at);
        const line = key === nowhere ? 0 : Number(key.slice(at + 1));
        return { file, line, exclusive, inclusive, hits: count };
      })
      .toSorted(
        (one, other) => (one.file ?? "").localeCompare(other.file ?? "") || one.line - other.line,
      ),
    functions: [...functions]
      .map(([name, { exclusive, inclusive, count }]) => ({
        name,
        calls: count,
        exclusive,
        inclusive,
      }))
      .toSorted((one, other) => other.exclusive - one.exclusive),
  };
}

function sumAt(sums: Map<string, Sum>, key: string): Sum {
  let sum = sums.get(key);
  if (sum === undefined) {
    sum = { exclusive: 0, inclusive: 0, count: 0 };
    sums.set(key, sum);
  }
  return sum;
}

function addExecution(
  execution: Execution,
  lines: Map<string, Sum>,
  functions: Map<string, Sum>,
): void {
  const { activations, trace } = execution;
  const own = activations.map(() => new Map<string, number>());
  const lineAt = linesOfSteps(execution);
  for (let step = 0; step < execution.length; step++) {
    const message = execution.messageOf(step);
    // A message that ran no instruction, such as one to a precompiled contract, is the sender's.
    const sent = message !== undefined && message.firstStep === null ? message.gasUsed : 0;
    const gas = execution.gasCost(step) + sent;
    const spent = own[execution.activation(step).index] as Map<string, number>;
    const line = lineAt[step] as string;
    spent.set(line, (spent.get(line) ?? 0) + gas);
  }
  for (const step of execution.stops) sumAt(lines, lineAt[step] as string).count += 1;
  const names = activations.map((activation) => nameOf(execution, activation.index));
  for (const activation of activations) {
    const callers = { lines: new Set<string>(), names: new Set<string>() };
    for (let at: number | null = activation.index; at !== null;) {
      const { parent, callStep }: { parent: number | null; callStep: number | null } = activations[
        at
      ] as (typeof activations)[number];
      if (callStep !== null) callers.lines.add(lineAt[callStep] as string);
      callers.names.add(names[at] as string);
      at = parent;
    }
    const { function: called, index } = activation;
    const name = names[index] as string;
    const isHelper = called !== null && called.node === null && called.getterOf === null;
    const by = sumAt(functions, name);
    if (!isHelper) by.count += 1;
    for (const [line, gas] of own[index] as Map<string, number>) {
      sumAt(lines, line).exclusive += gas;
      for (const outer of new Set([...callers.lines, line])) sumAt(lines, outer).inclusive += gas;
      by.exclusive += gas;
      for (const outer of callers.names) sumAt(functions, outer).inclusive += gas;
    }
  }
  // A deployment or call without any instruction.
  const root = trace.frames[0];
  if (execution.length === 0 && root !== undefined && root.gasUsed > 0) {
    sumAt(lines, nowhere).exclusive += root.gasUsed;
    sumAt(lines, nowhere).inclusive += root.gasUsed;
  }
}

/** Helpers of the compiler count for the function that they work for. */
function nameOf(execution: Execution, index: number): string {
  let activation = execution.activations[index] as Execution["activations"][number];
  for (;;) {
    const { function: called, parent, frame, title } = activation;
    const outer = parent === null ? undefined : execution.activations[parent];
    const isHelper = called !== null && called.node === null && called.getterOf === null;
    if (!isHelper || outer === undefined || outer.frame !== frame) return title;
    activation = outer;
  }
}

/** The line that each step counts for: its own, the last one of its function, or its definition's. */
function linesOfSteps(execution: Execution): string[] {
  const { steps } = execution.trace;
  const last = new Map<number, string>();
  const found: string[] = [];
  for (let step = 0; step < execution.length; step++) {
    const { index, callStep, function: called } = execution.activation(step);
    const statement = execution.statement(step);
    const isHelper = called !== null && called.node === null && called.getterOf === null;
    let key: string | undefined;
    if (statement !== null) key = `${statement.file}:${statement.line}`;
    else if (isHelper && callStep !== null) key = found[callStep];
    else key = definitionLine(execution, step) ?? last.get(index);
    key ??= nowhereOrContract(execution, steps.frame(step));
    last.set(index, key);
    found.push(key);
  }
  return found;
}

function definitionLine(execution: Execution, step: number): string | undefined {
  const span = execution.span(step);
  return span === null ? undefined : `${span.file}:${span.line}`;
}

/** Generated code before the first line of a contract counts for the contract's first line. */
function nowhereOrContract(execution: Execution, frame: number): string {
  const program = execution.program(frame);
  if (program === null) return nowhere;
  const { contracts } = program.project.syntax;
  const own = [...contracts.values()].find(({ name }) => name === program.contract.name);
  const span = own === undefined ? null : program.project.span(own.place);
  return span === null ? `${qualifiedName(program.contract)}:0` : `${span.file}:${span.line}`;
}
