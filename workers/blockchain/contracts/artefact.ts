/** What the compiler makes of sources, in the form in which the workshop keeps it. */
import type { Abi } from "viem";
import type { SourceUnitNode } from "./compiler/syntax-tree.ts";

export type Hex = `0x${string}`;

/** Contents by path, the paths with forward slashes. */
export type Sources = Readonly<Record<string, string>>;

export const evmVersions = ["london", "paris", "shanghai", "cancun", "prague", "osaka"] as const;

export interface CompilerSettings {
  readonly optimizer: { readonly enabled: boolean; readonly runs: number };
  readonly evmVersion: (typeof evmVersions)[number];
  /** Through the Yul intermediate language; local variables can then not be shown. */
  readonly viaIR: boolean;
}

/** Prague is what the chain runs. */
export const defaultSettings: CompilerSettings = {
  optimizer: { enabled: false, runs: 200 },
  evmVersion: "prague",
  viaIR: false,
};

/** A stretch of a source; line and column count from 1, the length in UTF-8 bytes. */
export interface SourceSpan {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  /** Byte offset in the UTF-8 text, as the compiler counts. */
  readonly start: number;
}

export interface Diagnostic {
  readonly severity: "error" | "warning" | "info";
  /** The compiler's number of it, such as 2314; null for the workshop's own. */
  readonly code: string | null;
  readonly message: string;
  readonly span: SourceSpan | null;
  /** The compiler's rendering with the lines of code. */
  readonly formatted: string;
  readonly related: readonly { readonly message: string; readonly span: SourceSpan }[];
}

export interface ByteRange {
  readonly start: number;
  readonly length: number;
}

/** Yul that the compiler added; source maps refer to it by its id. */
export interface GeneratedSource {
  readonly id: number;
  readonly name: string;
  readonly contents: string;
}

/** Where a function begins in the code and what it takes on the stack (functionDebugData). */
export interface FunctionDebugData {
  readonly name: string;
  readonly entryPoint: number;
  /** Of its node in the syntax tree; null for generated helpers. */
  readonly nodeId: number | null;
  readonly parameterSlots: number;
  readonly returnSlots: number;
}

export interface Bytecode {
  /** Hexadecimal without 0x; libraries not linked yet appear as __$...$__. */
  readonly object: string;
  readonly sourceMap: string;
  /** By file:library. */
  readonly links: Readonly<Record<string, readonly ByteRange[]>>;
  /** By the id of the variable's node; deployed code only. */
  readonly immutables: Readonly<Record<string, readonly ByteRange[]>>;
  readonly generatedSources: readonly GeneratedSource[];
  readonly functions: readonly FunctionDebugData[];
}

/** One variable of the storage layout, or a member of a struct. */
export interface StorageEntry {
  readonly label: string;
  /** Byte offset in its slot, from the low end. */
  readonly offset: number;
  /** Decimal. */
  readonly slot: string;
  /** Key into the layout's types. */
  readonly type: string;
}

export interface StorageType {
  readonly encoding: "inplace" | "bytes" | "mapping" | "dynamic_array";
  readonly label: string;
  readonly numberOfBytes: string;
  readonly base?: string;
  readonly key?: string;
  readonly value?: string;
  readonly members?: readonly StorageEntry[];
}

export interface StorageLayout {
  readonly storage: readonly StorageEntry[];
  readonly types: Readonly<Record<string, StorageType>>;
}

export interface ContractArtefact {
  readonly file: string;
  readonly name: string;
  readonly abi: Abi;
  readonly creation: Bytecode;
  readonly runtime: Bytecode;
  /** Selector (8 digits) by signature. */
  readonly selectors: Readonly<Record<string, string>>;
  readonly storage: StorageLayout;
  readonly transientStorage: StorageLayout;
  readonly metadata: string;
  readonly gasEstimates: unknown;
  readonly userdoc: unknown;
  readonly devdoc: unknown;
}

export interface Compilation {
  /** Of sources, settings and compiler: the same input has the same id. */
  readonly id: Hex;
  /** Such as 0.8.37+commit.... */
  readonly compiler: string;
  readonly settings: CompilerSettings;
  readonly sources: Sources;
  /** Paths by the number that source maps use. */
  readonly files: readonly string[];
  /** Of the given sources, by path; the built-in ones have none. */
  readonly syntaxTrees: Readonly<Record<string, SourceUnitNode>>;
  readonly contracts: readonly ContractArtefact[];
  readonly diagnostics: readonly Diagnostic[];
}

/** As it is named where several files have contracts of one name. */
export function qualifiedName({ file, name }: Pick<ContractArtefact, "file" | "name">): string {
  return `${file}:${name}`;
}
