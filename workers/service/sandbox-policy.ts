/**
 * The threads of the playgrounds run what somebody made and reach nothing at all (decision 10). One may
 * evaluate what it is handed; the one that runs the quantum kernels may compile WebAssembly and no
 * more (decision 13). Each is built into one file, so that it needs no import either.
 */
export const sandboxPolicy = "default-src 'none'; script-src 'unsafe-eval'";
export const kernelPolicy = "default-src 'none'; script-src 'wasm-unsafe-eval'";

/** The policy of its own that a file of the built renderer is answered with, if it has one. */
export function threadPolicy(path: string): string | null {
  if (/[\\/]kernel\.worker-[\w-]+\.js$/.test(path)) return kernelPolicy;
  return /[\\/][a-z-]+\.worker-[\w-]+\.js$/.test(path) ? sandboxPolicy : null;
}
