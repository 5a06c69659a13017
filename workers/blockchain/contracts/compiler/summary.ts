/** What of a compilation is told without reading all of it. */
import type { Abi } from "viem";
import type { Compilation, CompilerSettings, Diagnostic, Hex } from "../artefact.ts";

export interface ContractSummary {
  readonly file: string;
  readonly name: string;
  readonly abi: Abi;
  /** Of the deployed code; 0 for what cannot be deployed, such as an interface. */
  readonly codeBytes: number;
  readonly creationBytes: number;
  /** Libraries that have to be linked before it can be deployed, as file:name. */
  readonly libraries: readonly string[];
  readonly tests: number;
}

export interface CompilationSummary {
  readonly id: Hex;
  readonly compiler: string;
  readonly settings: CompilerSettings;
  readonly files: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
  readonly contracts: readonly ContractSummary[];
}

export function summaryOf(compilation: Compilation): CompilationSummary {
  const { id, compiler, settings, sources, diagnostics, contracts } = compilation;
  return {
    id,
    compiler,
    settings,
    files: Object.keys(sources),
    diagnostics,
    contracts: contracts.map(({ file, name, abi, creation, runtime }) => ({
      file,
      name,
      abi,
      codeBytes: runtime.object.length / 2,
      creationBytes: creation.object.length / 2,
      libraries: Object.keys(creation.links),
      tests: abi.filter((item) => item.type === "function" && item.name.startsWith("test")).length,
    })),
  };
}
