/** Where the threads lie that a subsystem starts for its own heavy or slow work. */
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

/**
 * The entry of a thread: workers/<subsystem>/<name>.ts in the sources, where the name may lie in
 * folders; in the build, for which electron.vite.config.ts lists it, out/main/workers/ and the last
 * part of the name.
 */
export function childThread(subsystem: string, name: string): URL {
  const folder = import.meta.dirname;
  if (import.meta.url.endsWith(".ts")) {
    return pathToFileURL(join(folder, "..", subsystem, `${name}.ts`));
  }
  // Code that several entries share is built into a chunk beside them, one folder above.
  const workers = basename(folder) === "workers" ? folder : join(folder, "workers");
  return pathToFileURL(join(workers, `${basename(name)}.js`));
}
