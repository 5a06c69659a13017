/** A recorded execution that one walks through, forwards and backwards. */
import type { Hex, SourceSpan } from "../artefact.ts";
import { typeOfVariable } from "../compiler/syntax-tree.ts";
import { decodeLocal } from "../decoding/locals.ts";
import { decodeStorageFrom, type StorageSource } from "../decoding/storage.ts";
import { TypeNames } from "../decoding/type-names.ts";
import type { DecodedMember } from "../decoding/value.ts";
import { type Breakpoint, breakpointSteps, slotsOfVariable } from "./breakpoints.ts";
import { callSites } from "./call-stack.ts";
import type { CompiledProject } from "./compiled-project.ts";
import type { Activation, Execution } from "./execution.ts";
import { localsAt } from "./locals.ts";
import { opcodeName } from "./opcode-names.ts";
import type { Program } from "./program.ts";
import { StorageHistory } from "./storage-state.ts";
import type { StorageAccess } from "./trace.ts";

export const debugCommands = [
  "step",
  "step back",
  "into",
  "into back",
  "over",
  "over back",
  "out",
  "out back",
  "continue",
  "continue back",
  "start",
  "end",
] as const;
export type DebugCommand = (typeof debugCommands)[number];

/** A line of the stack of calls, the innermost first. */
export interface StackEntry {
  readonly title: string;
  readonly address: Hex | null;
  readonly span: SourceSpan | null;
  /** Of its parameters, as far as they can be told. */
  readonly parameters: readonly DecodedMember[];
  readonly step: number;
}

export interface LocalVariable {
  readonly name: string;
  readonly role: "parameter" | "return value" | "local";
  readonly value: DecodedMember["value"];
}

export interface Locals {
  readonly variables: readonly LocalVariable[];
  /** Why some or all are not here; null when all are. */
  readonly missing: string | null;
}

/** Reads words from the state before the trace began. */
export type InitialStorage = (address: Hex, slot: bigint) => Promise<bigint>;

export class DebugSession {
  readonly execution: Execution;
  readonly #storage: StorageHistory;
  readonly #initial: InitialStorage;
  readonly #names = new Map<CompiledProject, TypeNames>();
  #breakpoints: readonly Breakpoint[] = [];
  #breakpointSteps: readonly number[] = [];
  #step = 0;

  constructor(execution: Execution, initial: InitialStorage) {
    if (execution.length === 0) throw new RangeError("There is no step to debug.");
    this.execution = execution;
    this.#storage = new StorageHistory(execution.trace);
    this.#initial = initial;
    this.#step = execution.stops[0] ?? 0;
  }

  get step(): number {
    return this.#step;
  }

  get breakpoints(): readonly Breakpoint[] {
    return this.#breakpoints;
  }

  setBreakpoints(breakpoints: readonly Breakpoint[]): void {
    this.#breakpoints = breakpoints;
    const slotsOf = (variable: string, { address, frame }: StorageAccess) => {
      const program = this.#storageProgram(frame);
      if (program === null) return new Set<bigint>();
      const source = this.#source(program, address, this.execution.length);
      return slotsOfVariable(program.contract.storage, variable, source);
    };
    this.#breakpointSteps = breakpointSteps(this.execution, breakpoints, slotsOf);
  }

  /** @throws RangeError when there is no such step */
  goTo(step: number): void {
    if (step < 0 || step >= this.execution.length) {
      throw new RangeError(`There are steps 0 to ${this.execution.length - 1}.`);
    }
    this.#step = step;
  }

  /** Moves as far as the command says, at most to an end of the trace. */
  perform(command: DebugCommand): void {
    const last = this.execution.length - 1;
    this.#step = {
      step: () => Math.min(last, this.#step + 1),
      "step back": () => Math.max(0, this.#step - 1),
      into: () => this.#stopAfter(() => true) ?? last,
      "into back": () => this.#stopBefore(() => true) ?? 0,
      over: () => this.#stopAfter(this.#isElsewhere()) ?? last,
      "over back": () => this.#lineBefore() ?? 0,
      out: () => this.#stopAfter(this.#isShallower()) ?? last,
      "out back": () => this.#stopBefore(this.#isShallower()) ?? 0,
      continue: () => this.#breakpointSteps.find((step) => step > this.#step) ?? last,
      "continue back": () => this.#breakpointSteps.findLast((step) => step < this.#step) ?? 0,
      start: () => 0,
      end: () => last,
    }[command]();
  }

  callStack(step = this.#step): StackEntry[] {
    return callSites(this.execution, step).map(({ activation, span, step: at }) => ({
      title: activation.title,
      address: this.execution.trace.frames[activation.frame]?.address ?? null,
      span,
      parameters: this.#parameters(activation),
      step: at,
    }));
  }

  /** State variables of the contract whose storage the step works on. */
  async stateVariables(step = this.#step): Promise<readonly DecodedMember[]> {
    const frame = this.execution.frame(step);
    const program = this.#storageProgram(frame.index);
    const { address } = frame;
    if (program === null || address === null) return [];
    const source = this.#source(program, address, step);
    return decodeStorageFrom(program.contract.storage, source, (slots) =>
      Promise.all(slots.map((slot) => this.#initial(address, slot))),
    );
  }

  locals(step = this.#step): Locals {
    const { execution } = this;
    const activation = execution.activation(step);
    const program = execution.program(activation.frame);
    if (program === null) return { variables: [], missing: "The code has no known source." };
    const called = activation.function;
    if (called === null || called.node === null) {
      const missing = "Outside of functions, and in constructors, variables are not told.";
      return { variables: [], missing };
    }
    if (program.project.compilation.settings.viaIR) {
      const missing = "The intermediate language does not tell where variables stand.";
      return { variables: [], missing };
    }
    const location = program.locationAt(execution.trace.steps.pc(step));
    if (location === undefined) return { variables: [], missing: "The instruction has no source." };
    const stack = execution.trace.steps.stack(step);
    const source = this.#localSource(program, step);
    let isComplete = true;
    const variables = localsAt(called.node, location, program.project.syntax).flatMap(
      ({ variable, role, offset, slots }): LocalVariable[] => {
        if (variable.name === "") return [];
        const from = activation.parametersAt + offset;
        const values = stack.slice(from, from + slots);
        if (values.length < slots) {
          isComplete = false;
          return [];
        }
        const value = decodeLocal(typeOfVariable(variable), values, source);
        return [{ name: variable.name, role, value }];
      },
    );
    const optimised = program.project.compilation.settings.optimizer.enabled
      ? "The optimizer may have moved variables."
      : null;
    return { variables, missing: isComplete ? optimised : "Some are not on the stack yet." };
  }

  opcode(step = this.#step): string {
    return opcodeName(this.execution.trace.steps.op(step));
  }

  #parameters(activation: Activation): DecodedMember[] {
    const { function: called, entryStep, frame, parametersAt } = activation;
    const program = this.execution.program(frame);
    if (called === null || called.node === null || program === null) return [];
    if (program.project.compilation.settings.viaIR) return [];
    const stack = this.execution.trace.steps.stack(entryStep);
    const source = this.#localSource(program, entryStep);
    const location = program.locationAt(this.execution.trace.steps.pc(entryStep));
    if (location === undefined) return [];
    return localsAt(called.node, location, program.project.syntax)
      .filter(({ role }) => role === "parameter")
      .map(({ variable, offset, slots }) => {
        const values = stack.slice(parametersAt + offset, parametersAt + offset + slots);
        const value = decodeLocal(typeOfVariable(variable), values, source);
        return { name: variable.name, value };
      });
  }

  #localSource({ project }: Program, step: number) {
    return {
      memory: this.execution.trace.steps.memory(step),
      calldata: this.execution.frame(step).input,
      names: this.#namesOf(project),
    };
  }

  #namesOf(project: CompiledProject): TypeNames {
    let names = this.#names.get(project);
    if (names === undefined) {
      names = new TypeNames(Object.values(project.compilation.syntaxTrees));
      this.#names.set(project, names);
    }
    return names;
  }

  #source({ project }: Program, address: Hex, step: number): StorageSource {
    return {
      read: (slot) => this.#storage.at(address, slot, step),
      preimages: this.execution.trace.preimages,
      names: this.#namesOf(project),
    };
  }

  /** The contract that says what the storage of a frame means: a library has none of its own. */
  #storageProgram(frame: number): Program | null {
    const { frames } = this.execution.trace;
    for (let index: number | null = frame; index !== null; index = frames[index]?.parent ?? null) {
      const program = this.execution.program(index);
      if (program !== null && program.contract.storage.storage.length > 0) return program;
      if (frames[index]?.kind !== "DELEGATECALL") return program;
    }
    return null;
  }

  #stopAfter(isWanted: (step: number) => boolean): number | undefined {
    return this.execution.stops.find((step) => step > this.#step && isWanted(step));
  }

  #stopBefore(isWanted: (step: number) => boolean): number | undefined {
    return this.execution.stops.findLast((step) => step < this.#step && isWanted(step));
  }

  #isShallower(): (step: number) => boolean {
    const { depth } = this.execution.activation(this.#step);
    return (step) => this.execution.activation(step).depth < depth;
  }

  /** On another line, and no deeper. */
  #isElsewhere(from = this.#step): (step: number) => boolean {
    const here = this.execution.activation(from);
    const line = this.execution.nearestStatement(from);
    return (step) => {
      const there = this.execution.activation(step);
      if (there.depth > here.depth) return false;
      const statement = this.execution.statement(step);
      return (
        there.index !== here.index ||
        statement?.line !== line?.line ||
        statement?.file !== line?.file
      );
    };
  }

  /** Where the line before this one began in this function or its caller. */
  #lineBefore(): number | undefined {
    const { stops } = this.execution;
    const found = this.#stopBefore(this.#isElsewhere());
    if (found === undefined) return undefined;
    // A stop may be the return into the middle of a line; its beginning is wanted.
    const isOther = this.#isElsewhere(found);
    let first = found;
    for (let at = stops.indexOf(found) - 1; at >= 0; at--) {
      const step = stops[at] as number;
      if (isOther(step)) break;
      const isSame =
        this.execution.activation(step).index === this.execution.activation(found).index;
      if (isSame) first = step;
    }
    return first;
  }
}
