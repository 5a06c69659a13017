/** One compile, from sources to artefacts. */
import { createHash } from "node:crypto";
import type { Compilation, CompilerSettings, Hex, Sources } from "../artefact.ts";
import { withBuiltIn } from "./imports.ts";
import type { SolcBinding } from "./soljson.ts";
import { readOutput, standardInput } from "./standard-json.ts";

export interface CompileOrder {
  readonly sources: Sources;
  readonly settings: CompilerSettings;
}

export type CompileStage = "waiting" | "loading the compiler" | "compiling";

export function compile(solc: SolcBinding, { sources, settings }: CompileOrder): Compilation {
  const all = withBuiltIn(sources);
  const input = standardInput(all, settings);
  const digest = createHash("sha256").update(solc.version).update("\n").update(input);
  const id: Hex = `0x${digest.digest("hex")}`;
  const compiler = solc.version.replace(/\.Emscripten.*$/, "");
  return readOutput(solc.compile(input), { id, compiler, settings, sources: all });
}

export function hasErrors({ diagnostics }: Pick<Compilation, "diagnostics">): boolean {
  return diagnostics.some(({ severity }) => severity === "error");
}
