/**
 * The Solidity compiler as WebAssembly. Loading takes about 300 ms and a compile holds its thread, so
 * only the compiler's own thread loads it.
 */

/** What Emscripten gives; see libsolc.h in the compiler's repository. */
interface SolcModule {
  cwrap(
    name: string,
    returns: "string" | null,
    parameters: readonly ("string" | "number")[],
  ): (...values: (string | number)[]) => string;
}

export interface SolcBinding {
  /** Such as 0.8.37+commit.d8d3a7ce.Emscripten.clang. */
  readonly version: string;
  /** Standard JSON in, standard JSON out; sources that are not in the input count as missing. */
  compile(input: string): string;
}

export async function loadSolc(): Promise<SolcBinding> {
  const loaded = await import("solc/soljson.js");
  const solc = loaded.default as unknown as SolcModule;
  const compile = solc.cwrap("solidity_compile", "string", ["string", "number", "number"]);
  const reset = solc.cwrap("solidity_reset", null, []);
  const version = solc.cwrap("solidity_version", "string", []);
  return {
    version: version(),
    compile(input) {
      try {
        return compile(input, 0, 0);
      } finally {
        reset();
      }
    },
  };
}
