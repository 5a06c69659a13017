/**
 * What every spec imports instead of @playwright/test: the running platform, and a page that is
 * watched. The same specs run in Chromium against the headless platform and in the real desktop
 * window, where there is an Electron binary and a display; elsewhere they are skipped, with why.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import {
  _electron,
  type ConsoleMessage,
  type ElectronApplication,
  expect,
  type Page,
  test as base,
} from "@playwright/test";
import { subsystems, type SubsystemId } from "../workers/service/contract.ts";
import { chromiumArguments, chromiumRemedy, findChromium } from "./chromium.ts";
import { findElectronForTests } from "./electron-binary.ts";
import { portBaseVariable } from "./global-setup.ts";
import { findPortBase } from "./ports.ts";

const root = join(import.meta.dirname, "..");
/** A message may quote a whole data address. */
const messageLengthMax = 500;

export interface PlatformHandle {
  readonly host: "electron" | "headless";
  readonly portBase: number;
  /** An address on a subsystem's own port, the gateway's by default; always over HTTP. */
  url(path: string, subsystem?: SubsystemId): string;
}

interface WorkerFixtures {
  readonly electronApp: ElectronApplication | null;
  readonly platform: PlatformHandle;
}

interface TestFixtures {
  /** Console errors that a spec provokes on purpose; all others fail it. */
  readonly allowedConsoleErrors: readonly RegExp[];
  readonly available: void;
  /** Opens a page of the control center by its path, wherever it is served from. */
  readonly open: (path: string) => Promise<void>;
  /** Fails on accessibility violations that are serious or critical. */
  readonly expectAccessible: () => Promise<void>;
}

export { expect };

export const test = base.extend<TestFixtures, WorkerFixtures>({
  allowedConsoleErrors: [[], { option: true }],

  available: [
    // Playwright reads what a fixture needs from this pattern, and insists on one.
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use, testInfo) => {
      const reason = unavailable(testInfo.project.name);
      base.skip(reason !== undefined, reason);
      await use();
    },
    { auto: true },
  ],

  electronApp: [
    // oxlint-disable-next-line no-empty-pattern
    async ({}, use, workerInfo) => {
      // Hooks may ask for the platform before the fixture that skips has had its say.
      const missing = findElectronForTests().electron === undefined;
      if (workerInfo.project.name !== "electron" || missing) await use(null);
      else await withElectron(use);
    },
    { scope: "worker", timeout: 60_000 },
  ],

  platform: [
    async ({ electronApp }, use) => {
      const portBase =
        electronApp === null
          ? Number(process.env[portBaseVariable])
          : await electronApp.evaluate(() =>
              Number(process.argv.join(" ").match(/--port-base=(\d+)/)?.[1]),
            );
      await use({
        host: electronApp === null ? "headless" : "electron",
        portBase,
        url: (path, subsystem = "gateway") => {
          const offset = subsystems.find(({ id }) => id === subsystem)?.portOffset;
          if (typeof offset !== "number") throw new Error(`${subsystem} has no port of its own`);
          return new URL(path, `http://localhost:${portBase + offset}`).href;
        },
      });
    },
    { scope: "worker" },
  ],

  page: async ({ page, electronApp, allowedConsoleErrors }, use) => {
    const watched = electronApp === null ? page : await electronApp.firstWindow();
    const problems: string[] = [];
    const onConsole = (message: ConsoleMessage): void => {
      if (message.type() !== "error") return;
      const text = `${message.text().slice(0, messageLengthMax)} (${message.location().url})`;
      if (!allowedConsoleErrors.some((pattern) => pattern.test(text))) problems.push(text);
    };
    const onPageError = (error: Error): void => {
      problems.push(error.stack ?? error.message);
    };
    watched.on("console", onConsole);
    watched.on("pageerror", onPageError);
    await reportPolicyViolations(watched);
    await use(watched);
    watched.off("console", onConsole);
    watched.off("pageerror", onPageError);
    expect(problems, "console errors, exceptions and policy violations of the page").toEqual([]);
  },

  open: async ({ page, platform }, use) => {
    await use(async (path) => {
      await page.goto(platform.host === "electron" ? `app://demo${path}` : platform.url(path));
    });
  },

  expectAccessible: async ({ page }, use) => {
    await use(async () => {
      const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
      const { violations } = await new AxeBuilder({ page })
        .withTags(tags)
        // Opening a page of its own to collect results is what the desktop window refuses.
        .setLegacyMode(true)
        .analyze();
      const serious = violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map(({ html }) => html) }));
      expect(serious, "serious and critical accessibility violations").toEqual([]);
    });
  },
});

/** Why a project cannot run on this machine. */
function unavailable(project: string): string | undefined {
  if (project === "electron") {
    const { reason } = findElectronForTests();
    return reason === undefined ? undefined : `No real Electron: ${reason}`;
  }
  return findChromium() === undefined ? `Chromium is not found: ${chromiumRemedy}` : undefined;
}

/** The real desktop application on free ports, with a profile of its own. */
async function withElectron(use: (app: ElectronApplication) => Promise<void>): Promise<void> {
  const { electron, reason } = findElectronForTests();
  if (electron === undefined) throw new Error(reason);
  const dataFolder = mkdtempSync(join(tmpdir(), "demo-electron-"));
  const flags = ["--ephemeral", `--port-base=${await findPortBase()}`];
  const app = await _electron.launch({
    executablePath: electron,
    args: [...chromiumArguments, root, ...flags],
    env: {
      ...(process.env as Record<string, string>),
      XDG_DATA_HOME: dataFolder,
      APPDATA: dataFolder,
    },
  });
  try {
    await use(app);
  } finally {
    await app.close();
    rmSync(dataFolder, { recursive: true, force: true });
  }
}

/** A blocked resource is not always logged; the event says it in every case. */
async function reportPolicyViolations(page: Page): Promise<void> {
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
      console.error(`Content security policy: ${violatedDirective} blocked ${blockedURI}`);
    });
  });
}
