import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startPlatformProcess } from "./platform-process.ts";

const results = join(import.meta.dirname, "../test-results");

/** Where the fixtures find the platform that all specs of the project "chromium" look at. */
export const portBaseVariable = "DEMO_E2E_PORT_BASE";

/** Starts the built platform headless on free ports; the function that it returns ends it. */
export default async function startHeadlessPlatform(): Promise<() => Promise<void>> {
  const platform = await startPlatformProcess();
  process.env[portBaseVariable] = String(platform.portBase);
  return async () => {
    mkdirSync(results, { recursive: true });
    writeFileSync(join(results, "platform.log"), platform.output());
    // Anything but a clean end is a failure of the run.
    await platform.stopCleanly();
  };
}
