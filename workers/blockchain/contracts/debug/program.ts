/** The code of one contract with what is known about each of its instructions. */
import type { Bytecode, ContractArtefact, FunctionDebugData, SourceSpan } from "../artefact.ts";
import type { NamedFunction } from "../compiler/syntax-tree.ts";
import { bytesOfObject } from "./code-match.ts";
import type { CompiledProject } from "./compiled-project.ts";
import { type CodeLocation, decodeSourceMap, instructionsByPc } from "./source-map.ts";

/** A function as the debugger tells it; generated helpers have no node. */
export interface ProgramFunction {
  readonly title: string;
  readonly node: NamedFunction | null;
  /** The public variable whose getter it is. */
  readonly getterOf: string | null;
  readonly parameterSlots: number;
  readonly returnSlots: number;
}

export class Program {
  readonly project: CompiledProject;
  readonly contract: ContractArtefact;
  readonly isCreation: boolean;
  readonly bytecode: Bytecode;
  readonly code: Uint8Array;
  readonly #instructions: Int32Array;
  readonly #locations: readonly CodeLocation[];
  readonly #functions: ReadonlyMap<number, FunctionDebugData>;
  readonly #generated: ReadonlySet<number>;
  readonly #found = new Map<number, ProgramFunction | null>();
  readonly #statements = new Map<number, SourceSpan | null>();

  constructor(project: CompiledProject, contract: ContractArtefact, isCreation: boolean) {
    this.project = project;
    this.contract = contract;
    this.isCreation = isCreation;
    this.bytecode = isCreation ? contract.creation : contract.runtime;
    this.code = bytesOfObject(this.bytecode.object);
    this.#instructions = instructionsByPc(this.code);
    this.#locations = decodeSourceMap(this.bytecode.sourceMap);
    this.#functions = new Map(this.bytecode.functions.map((data) => [data.entryPoint, data]));
    this.#generated = new Set(this.bytecode.generatedSources.map(({ id }) => id));
  }

  /** What the source map says of an instruction, generated sources included. */
  locationAt(pc: number): CodeLocation | undefined {
    const number = this.#instructions[pc];
    return number === undefined || number < 0 ? undefined : this.#locations[number];
  }

  isGenerated({ file }: CodeLocation): boolean {
    return file < 0 || this.#generated.has(file) || !this.project.hasText(file);
  }

  /** The stretch of the user's sources that an instruction belongs to, or null. */
  spanAt(pc: number): SourceSpan | null {
    const location = this.locationAt(pc);
    if (location === undefined || this.isGenerated(location)) return null;
    return this.project.span(location);
  }

  /**
   * The statement of the user's sources at which a debugger stops for an instruction. Code for a
   * contract or a function as a whole, such as the dispatch of calls, belongs to none.
   */
  statementAt(pc: number): SourceSpan | null {
    const known = this.#statements.get(pc);
    if (known !== undefined) return known;
    const location = this.locationAt(pc);
    const isWhole = location !== undefined && this.project.syntax.isDefinition(location);
    const span = isWhole ? null : this.spanAt(pc);
    this.#statements.set(pc, span);
    return span;
  }

  /** The function that begins at an instruction, or null. */
  functionAt(pc: number): ProgramFunction | null {
    const known = this.#found.get(pc);
    if (known !== undefined) return known;
    const found = this.#lookUp(pc);
    this.#found.set(pc, found);
    return found;
  }

  #lookUp(pc: number): ProgramFunction | null {
    const data = this.#functions.get(pc);
    const { syntax } = this.project;
    if (data === undefined) {
      const location = this.locationAt(pc);
      const node = location === undefined ? undefined : syntax.functionAt(location);
      if (node === undefined) return null;
      const parameterSlots = node.node.parameters.parameters.length;
      const returnSlots = node.node.returnParameters?.parameters.length ?? 0;
      return { title: node.title, node, getterOf: null, parameterSlots, returnSlots };
    }
    const { parameterSlots, returnSlots, nodeId } = data;
    const slots = { parameterSlots, returnSlots };
    const node = nodeId === null ? undefined : syntax.functions.get(nodeId);
    if (node !== undefined) return { title: node.title, node, getterOf: null, ...slots };
    const variable = nodeId === null ? undefined : syntax.variables.get(nodeId);
    if (variable === undefined) return { title: data.name, node: null, getterOf: null, ...slots };
    const title = `${variable.contract ?? this.contract.name}.${variable.name}`;
    return { title, node: null, getterOf: variable.name, ...slots };
  }
}
