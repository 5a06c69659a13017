/** A compilation with its texts and syntax trees at hand, and the search for the code that runs. */
import {
  qualifiedName,
  type Compilation,
  type ContractArtefact,
  type SourceSpan,
} from "../artefact.ts";
import { SourceText } from "../compiler/source-text.ts";
import { SyntaxIndex } from "../compiler/syntax-tree.ts";
import { filledRanges, firstDifference, metadataRange } from "./code-match.ts";
import { Program } from "./program.ts";

export class CompiledProject {
  readonly compilation: Compilation;
  readonly syntax: SyntaxIndex;
  readonly #texts = new Map<number, SourceText>();
  readonly #programs = new Map<string, Program>();

  constructor(compilation: Compilation) {
    this.compilation = compilation;
    this.syntax = new SyntaxIndex(Object.values(compilation.syntaxTrees));
    compilation.files.forEach((file, id) => {
      // Built-in sources have no tree, and are not shown.
      const content = compilation.sources[file];
      if (content === undefined || compilation.syntaxTrees[file] === undefined) return;
      this.#texts.set(id, new SourceText(file, content));
    });
  }

  hasText(file: number): boolean {
    return this.#texts.has(file);
  }

  text(file: number): SourceText | undefined {
    return this.#texts.get(file);
  }

  textOf(path: string): SourceText | undefined {
    return this.#texts.get(this.compilation.files.indexOf(path));
  }

  /** null for a file without text. */
  span(place: { start: number; length: number; file: number }): SourceSpan | null {
    return this.#texts.get(place.file)?.span(place.start, place.length) ?? null;
  }

  /** @param name of a contract, alone or as file:name */
  contract(name: string): ContractArtefact | undefined {
    const { contracts } = this.compilation;
    return contracts.find((one) => qualifiedName(one) === name || one.name === name);
  }

  program(contract: ContractArtefact, isCreation: boolean): Program {
    const key = `${isCreation}:${qualifiedName(contract)}`;
    const known = this.#programs.get(key);
    if (known !== undefined) return known;
    const made = new Program(this, contract, isCreation);
    this.#programs.set(key, made);
    return made;
  }
}

/** Several compilations, in which running code is looked up. */
export class Projects {
  readonly projects: readonly CompiledProject[];
  readonly #found = new Map<string, Program | null>();
  /** A contract that is called often is the same object each time. */
  readonly #seen = new WeakMap<Uint8Array, Program | null>();

  constructor(compilations: Iterable<Compilation>) {
    this.projects = [...compilations].map((compilation) => new CompiledProject(compilation));
  }

  /**
   * The contract whose code this is, its metadata and what a deployment fills in aside.
   * @param isCreation code of a deployment, with the arguments of the constructor behind it
   */
  find(code: Uint8Array, isCreation: boolean): Program | null {
    if (code.length === 0) return null;
    const seen = isCreation ? undefined : this.#seen.get(code);
    if (seen !== undefined) return seen;
    const found = this.#findByBytes(code, isCreation);
    if (!isCreation) this.#seen.set(code, found);
    return found;
  }

  #findByBytes(code: Uint8Array, isCreation: boolean): Program | null {
    const key = `${isCreation}:${Buffer.from(code).toString("base64")}`;
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    const found = this.#search(code, isCreation);
    this.#found.set(key, found);
    return found;
  }

  #search(code: Uint8Array, isCreation: boolean): Program | null {
    // The newest compilation first: of two that fit, its sources are likelier on the screen.
    for (const project of this.projects.toReversed()) {
      for (const contract of project.compilation.contracts) {
        const program = project.program(contract, isCreation);
        if (program.code.length > 0 && isSameCode(program, code)) return program;
      }
    }
    return null;
  }
}

function isSameCode({ code: template, bytecode, isCreation }: Program, code: Uint8Array): boolean {
  if (!isCreation && template.length !== code.length) return false;
  const ignored = filledRanges(bytecode, template);
  const metadata = metadataRange(template);
  return (
    firstDifference(template, code, metadata === null ? ignored : [...ignored, metadata]) === null
  );
}
