/** The compiler's standard JSON: what it is told, and what it tells (its manual, "Using the Compiler"). */
import type { Abi } from "viem";
import type {
  Bytecode,
  ByteRange,
  Compilation,
  CompilerSettings,
  ContractArtefact,
  Diagnostic,
  Hex,
  Sources,
  SourceSpan,
  StorageLayout,
} from "../artefact.ts";
import { compilerLimits } from "../limits.ts";
import { builtInPaths } from "./built-in.ts";
import { missingImport } from "./imports.ts";
import { SourceText } from "./source-text.ts";
import type { SourceUnitNode } from "./syntax-tree.ts";

const codeOutputs = [
  "object",
  "sourceMap",
  "linkReferences",
  "generatedSources",
  "functionDebugData",
];

export function standardInput(sources: Sources, settings: CompilerSettings): string {
  const outputs = [
    "abi",
    "metadata",
    "userdoc",
    "devdoc",
    "storageLayout",
    "transientStorageLayout",
    "evm.methodIdentifiers",
    "evm.gasEstimates",
    "evm.deployedBytecode.immutableReferences",
    ...codeOutputs.flatMap((name) => [`evm.bytecode.${name}`, `evm.deployedBytecode.${name}`]),
  ];
  return JSON.stringify({
    language: "Solidity",
    sources: Object.fromEntries(
      Object.entries(sources).map(([path, content]) => [path, { content }]),
    ),
    settings: {
      optimizer: settings.optimizer,
      evmVersion: settings.evmVersion,
      viaIR: settings.viaIR,
      // The syntax tree of the console alone would take longer than all the rest.
      outputSelection: Object.fromEntries(
        Object.keys(sources)
          .filter((path) => !builtInPaths.includes(path))
          .map((path) => [path, { "*": outputs, "": ["ast"] }]),
      ),
    },
  });
}

interface RawLocation {
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly message?: string;
}

interface RawError {
  readonly severity: "error" | "warning" | "info";
  readonly errorCode?: string;
  readonly message: string;
  readonly formattedMessage?: string;
  readonly sourceLocation?: RawLocation;
  readonly secondarySourceLocations?: readonly RawLocation[];
}

type RawLinks = Record<string, Record<string, ByteRange[]>>;

interface RawBytecode {
  readonly object: string;
  readonly sourceMap: string;
  readonly linkReferences?: RawLinks;
  readonly immutableReferences?: Record<string, ByteRange[]>;
  readonly generatedSources?: readonly { id: number; name: string; contents: string }[];
  readonly functionDebugData?: Record<
    string,
    {
      entryPoint: number | null;
      id: number | null;
      parameterSlots: number | null;
      returnSlots: number | null;
    }
  >;
}

interface RawContract {
  readonly abi: Abi;
  readonly metadata: string;
  readonly userdoc: unknown;
  readonly devdoc: unknown;
  readonly storageLayout?: RawLayout;
  readonly transientStorageLayout?: RawLayout;
  readonly evm: {
    readonly methodIdentifiers: Record<string, string>;
    readonly gasEstimates: unknown;
    readonly bytecode: RawBytecode;
    readonly deployedBytecode: RawBytecode;
  };
}

interface RawLayout {
  readonly storage: StorageLayout["storage"];
  readonly types: StorageLayout["types"] | null;
}

interface RawOutput {
  readonly errors?: readonly RawError[];
  readonly sources?: Record<string, { id: number; ast: SourceUnitNode }>;
  readonly contracts?: Record<string, Record<string, RawContract>>;
}

export interface ReadInput {
  readonly id: Hex;
  readonly compiler: string;
  readonly settings: CompilerSettings;
  readonly sources: Sources;
}

/** @returns the compilation; without contracts where one of its diagnostics is an error */
export function readOutput(json: string, { sources, ...input }: ReadInput): Compilation {
  const output = JSON.parse(json) as RawOutput;
  const texts = new Map(
    Object.entries(sources).map(([file, content]) => [file, new SourceText(file, content)]),
  );
  const files: string[] = [];
  const syntaxTrees: Record<string, SourceUnitNode> = {};
  for (const [file, { id, ast }] of Object.entries(output.sources ?? {})) {
    files[id] = file;
    if (!builtInPaths.includes(file)) syntaxTrees[file] = ast;
  }
  const errors = (output.errors ?? []).slice(0, compilerLimits.diagnosticsMax);
  const diagnostics = errors.map((error) => diagnosticOf(error, texts, sources));
  // Some errors, such as a stack that is too deep, come after the interfaces are known.
  const isWhole = errors.every(({ severity }) => severity !== "error");
  const made = isWhole ? Object.entries(output.contracts ?? {}) : [];
  const contracts = made.flatMap(([file, named]) =>
    builtInPaths.includes(file)
      ? []
      : Object.entries(named).map(([name, raw]) => artefactOf(file, name, raw)),
  );
  return { ...input, sources, files, syntaxTrees, contracts, diagnostics };
}

/** The compiler's number of an import that it cannot read. */
const sourceNotFound = "6275";

function diagnosticOf(
  error: RawError,
  texts: ReadonlyMap<string, SourceText>,
  sources: Sources,
): Diagnostic {
  const spanOf = (location: RawLocation | undefined): SourceSpan | null => {
    const text = location === undefined ? undefined : texts.get(location.file);
    if (text === undefined || location === undefined || location.start < 0) return null;
    return text.span(location.start, location.end - location.start);
  };
  const missing = /^Source "([^"]+)" not found/.exec(error.message)?.[1];
  const message =
    error.errorCode === sourceNotFound && missing !== undefined
      ? missingImport(missing, sources)
      : error.message;
  const related = (error.secondarySourceLocations ?? []).flatMap((location) => {
    const span = spanOf(location);
    return span === null ? [] : [{ message: location.message ?? "", span }];
  });
  return {
    severity: error.severity,
    code: error.errorCode ?? null,
    message,
    span: spanOf(error.sourceLocation),
    formatted: (error.formattedMessage ?? error.message).trimEnd(),
    related,
  };
}

function artefactOf(file: string, name: string, raw: RawContract): ContractArtefact {
  const { bytecode, deployedBytecode, methodIdentifiers, gasEstimates } = raw.evm;
  return {
    file,
    name,
    abi: raw.abi,
    creation: bytecodeOf(bytecode),
    runtime: bytecodeOf(deployedBytecode),
    selectors: methodIdentifiers,
    storage: layoutOf(raw.storageLayout),
    transientStorage: layoutOf(raw.transientStorageLayout),
    metadata: raw.metadata,
    gasEstimates,
    userdoc: raw.userdoc,
    devdoc: raw.devdoc,
  };
}

function layoutOf(raw: RawLayout | undefined): StorageLayout {
  return { storage: raw?.storage ?? [], types: raw?.types ?? {} };
}

function bytecodeOf(raw: RawBytecode): Bytecode {
  const links = Object.entries(raw.linkReferences ?? {}).flatMap(([file, libraries]) =>
    Object.entries(libraries).map(([name, ranges]) => [`${file}:${name}`, ranges] as const),
  );
  const functions = Object.entries(raw.functionDebugData ?? {}).flatMap(([key, data]) =>
    data.entryPoint === null
      ? []
      : [
          {
            name: key,
            entryPoint: data.entryPoint,
            nodeId: data.id,
            parameterSlots: data.parameterSlots ?? 0,
            returnSlots: data.returnSlots ?? 0,
          },
        ],
  );
  return {
    object: raw.object,
    sourceMap: raw.sourceMap,
    links: Object.fromEntries(links),
    immutables: raw.immutableReferences ?? {},
    generatedSources: (raw.generatedSources ?? []).map(({ id, name, contents }) => ({
      id,
      name,
      contents,
    })),
    functions,
  };
}
