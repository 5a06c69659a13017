/**
 * The threads of the playgrounds run what somebody wrote: they may evaluate what they are handed, and
 * reach nothing at all (decision 10). Each is built into one file, so that it needs no import either.
 */
export const sandboxPolicy = "default-src 'none'; script-src 'unsafe-eval'";

/** Whether a file of the built renderer is the script of such a thread. */
export function isSandbox(path: string): boolean {
  return /[\\/][a-z-]+\.worker-[\w-]+\.js$/.test(path);
}
