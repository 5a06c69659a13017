import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const systemPaths = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];

export const chromiumRemedy =
  "install it with `apt-get install chromium` or `npx playwright install chromium`, or name one in PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH";

/** The Chromium to test with: the one named, the system's, Playwright's own; or none. */
export function findChromium(): string | undefined {
  const named = process.env["PLAYWRIGHT_CHROMIUM_EXECUTABLE_PATH"];
  const candidates = named ? [named] : [...systemPaths, chromium.executablePath()];
  return candidates.find((path) => existsSync(path));
}

/** Chromium's sandbox refuses to run as root; as anyone else it stays on. */
export const chromiumArguments: readonly string[] =
  process.getuid?.() === 0 ? ["--no-sandbox"] : [];
