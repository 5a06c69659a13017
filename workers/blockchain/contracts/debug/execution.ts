/** A trace read with the sources: which function each step belongs to, and on which line it stands. */
import type { SourceSpan } from "../artefact.ts";
import type { Projects } from "./compiled-project.ts";
import type { Program, ProgramFunction } from "./program.ts";
import type { Trace, TraceFrame } from "./trace.ts";

/** One run of a function: a frame's outermost code, or a function that it jumped into. */
export interface Activation {
  readonly index: number;
  readonly parent: number | null;
  readonly frame: number;
  /** null for a frame's outermost code: the dispatch of calls, a constructor, or unknown code. */
  readonly function: ProgramFunction | null;
  readonly title: string;
  readonly entryStep: number;
  /** The jump or message that began it; null for the first. */
  readonly callStep: number | null;
  /** Activations below it, those of other frames included. */
  readonly depth: number;
  /** Where its first parameter stands on the stack, from the bottom. */
  readonly parametersAt: number;
}

const jump = 0x56;

export class Execution {
  readonly trace: Trace;
  readonly projects: Projects;
  readonly activations: readonly Activation[];
  /** Steps at which a line begins or is come back to, in order. */
  readonly stops: readonly number[];
  readonly #activationAt: Int32Array;
  readonly #programs: readonly (Program | null)[];

  constructor(trace: Trace, projects: Projects) {
    this.trace = trace;
    this.projects = projects;
    this.#programs = trace.frames.map(({ code, kind, isPrecompile }) =>
      isPrecompile ? null : projects.find(code, kind === "CREATE" || kind === "CREATE2"),
    );
    const { activations, at } = this.#activate();
    this.activations = activations;
    this.#activationAt = at;
    this.stops = this.#findStops();
  }

  get length(): number {
    return this.trace.steps.length;
  }

  frame(step: number): TraceFrame {
    return this.trace.frames[this.trace.steps.frame(step)] as TraceFrame;
  }

  program(frame: number): Program | null {
    return this.#programs[frame] ?? null;
  }

  activation(step: number): Activation {
    return this.activations[this.#activationAt[step] as number] as Activation;
  }

  statement(step: number): SourceSpan | null {
    return (
      this.program(this.trace.steps.frame(step))?.statementAt(this.trace.steps.pc(step)) ?? null
    );
  }

  /** The step's own place in the sources, whole functions and contracts included. */
  span(step: number): SourceSpan | null {
    return this.program(this.trace.steps.frame(step))?.spanAt(this.trace.steps.pc(step)) ?? null;
  }

  /** The statement of a step or, in generated code, the last one before it in the same activation. */
  nearestStatement(step: number): SourceSpan | null {
    const { parent, frame } = this.activation(step);
    const bottom = this.activation(step).entryStep;
    for (let at: number | null = step; at !== null && at >= bottom;) {
      const isOwn = this.#activationAt[at] === this.#activationAt[step];
      const span = isOwn ? this.statement(at) : null;
      if (span !== null) return span;
      at = this.trace.steps.previousInFrame(at);
    }
    const above = parent === null ? undefined : this.activations[parent];
    const { callStep } = this.activation(step);
    if (above === undefined || above.frame !== frame || callStep === null) return null;
    // A helper of the compiler works for the line that called it.
    return this.activation(step).function?.node === null ? this.nearestStatement(callStep) : null;
  }

  /** The units of gas that the step cost itself: without what it sent a message with. */
  gasCost(step: number): number {
    const { steps, frames } = this.trace;
    const frame = frames[steps.frame(step)] as TraceFrame;
    const next = steps.nextInFrame(step);
    const after = next === null ? frame.gasLimit - frame.gasUsed : steps.gasLeft(next);
    return steps.gasLeft(step) - after - this.gasOfMessage(step);
  }

  /** What the message that the step sent used; 0 if it sent none. */
  gasOfMessage(step: number): number {
    return this.messageOf(step)?.gasUsed ?? 0;
  }

  messageOf(step: number): TraceFrame | undefined {
    return this.#messages().get(step);
  }

  #byCallStep: Map<number, TraceFrame> | undefined;
  #messages(): Map<number, TraceFrame> {
    this.#byCallStep ??= new Map(
      this.trace.frames.flatMap((frame) =>
        frame.callStep === null ? [] : [[frame.callStep, frame] as const],
      ),
    );
    return this.#byCallStep;
  }

  #activate(): { activations: Activation[]; at: Int32Array } {
    const { steps, frames } = this.trace;
    const activations: Activation[] = [];
    const at = new Int32Array(steps.length);
    const open = new Map<number, Activation[]>();
    for (let step = 0; step < steps.length; step++) {
      const index = steps.frame(step);
      const frame = frames[index] as TraceFrame;
      const program = this.program(index);
      let stack = open.get(index);
      if (stack === undefined) {
        const outer =
          frame.callStep === null ? undefined : activations[at[frame.callStep] as number];
        stack = [this.#outermost(activations.length, frame, outer, step)];
        activations.push(stack[0] as Activation);
        open.set(index, stack);
      }
      const before = steps.previousInFrame(step);
      if (program !== null && before !== null && steps.op(before) === jump) {
        const direction = program.locationAt(steps.pc(before))?.jump;
        if (direction === "o" && stack.length > 1) stack.pop();
        const entered = direction === "i" ? program.functionAt(steps.pc(step)) : null;
        if (entered !== null) {
          const parent = stack.at(-1) as Activation;
          const activation = {
            index: activations.length,
            parent: parent.index,
            frame: index,
            function: entered,
            title: entered.title,
            entryStep: step,
            callStep: before,
            depth: parent.depth + 1,
            parametersAt: Math.max(0, steps.stackHeight(step) - entered.parameterSlots),
          };
          activations.push(activation);
          stack.push(activation);
        } else if (direction === "i") {
          // A jump into something without a name still comes back.
          stack.push(stack.at(-1) as Activation);
        }
      }
      at[step] = (stack.at(-1) as Activation).index;
    }
    return { activations, at };
  }

  #outermost(
    index: number,
    frame: TraceFrame,
    outer: Activation | undefined,
    step: number,
  ): Activation {
    const program = this.program(frame.index);
    const isCreation = program?.isCreation === true;
    const title =
      program === null
        ? "unknown code"
        : `${program.contract.name}${isCreation ? ".constructor" : ""}`;
    return {
      index,
      parent: outer?.index ?? null,
      frame: frame.index,
      function: null,
      title,
      entryStep: step,
      callStep: frame.callStep,
      depth: outer === undefined ? 0 : outer.depth + 1,
      parametersAt: 0,
    };
  }

  #findStops(): number[] {
    const stops: number[] = [];
    let last: { file: string; line: number; activation: number } | null = null;
    for (let step = 0; step < this.length; step++) {
      const statement = this.statement(step);
      if (statement === null) continue;
      const activation = this.#activationAt[step] as number;
      const { file, line } = statement;
      const isSame =
        last !== null && last.activation === activation && last.line === line && last.file === file;
      if (isSame) continue;
      last = { file, line, activation };
      stops.push(step);
    }
    return stops;
  }
}
