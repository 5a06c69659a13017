/** Where things lie, for the built entries in out/main and for the sources run directly. */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { SubsystemId } from "../workers/service/contract.ts";

// The build keeps its chunks beside the entries, so this folder is main/ or out/main.
const folder = import.meta.dirname;
const fromSource = import.meta.url.endsWith(".ts");

export const rendererFolder = fromSource
  ? join(folder, "..", "out", "renderer")
  : join(folder, "..", "renderer");

/** What every worker runs until it is told which subsystem to become. */
export const threadEntry = fromSource
  ? join(folder, "..", "workers", "service", "thread.ts")
  : join(folder, "workers", "thread.js");

/** File URL of a subsystem's module. */
export function workerEntry(id: SubsystemId): string {
  return moduleUrl(id, "worker", id);
}

/** File URL of what every subsystem loads after it was told which one it is. */
export const sharedModule = moduleUrl("gateway", "served", "served");

function moduleUrl(subsystem: string, source: string, built: string): string {
  const file = fromSource
    ? join(folder, "..", "workers", subsystem, `${source}.ts`)
    : join(folder, "workers", `${built}.js`);
  return pathToFileURL(file).href;
}
