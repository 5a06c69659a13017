/** `npm test`: every stage in order, each timed; `-- --stage unit` runs one (may be repeated). */
import { spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { BuildError, buildIfStale } from "../main/launch/build.ts";
import { toolPath } from "../main/launch/tool-path.ts";
import { chromiumRemedy, findChromium } from "./chromium.ts";
import { findElectronForTests } from "./electron-binary.ts";
import { type Counts, readPlaywrightReport, readVitestReport } from "./reports.ts";

const root = join(import.meta.dirname, "..");
const results = join(root, "test-results");

interface Stage {
  readonly name: string;
  readonly title: string;
  /** Its build must be fresh and good. */
  readonly needsBuild?: boolean;
  /** Why it cannot run here at all. */
  readonly impossible?: () => string | undefined;
  readonly run: () => Promise<Counts>;
}

interface Outcome {
  readonly title: string;
  readonly counts: Counts;
  readonly durationMs: number;
  readonly notRun?: string;
}

const skippedOne: Counts = { passed: 0, failed: 0, skipped: 1 };

const stages: readonly Stage[] = [
  check("format", "Format", "oxfmt", "--check", "."),
  check("types", "Types", "typescript", "--noEmit", "-p", "tsconfig.json"),
  check("lint", "Lint", "oxlint", "--type-aware", "--deny-warnings"),
  check("unused", "Unused code and packages", "knip"),
  { name: "build", title: "Build", run: build },
  { name: "unit", title: "Unit and API tests", needsBuild: true, run: runVitest },
  {
    name: "browser",
    title: "Browser tests",
    needsBuild: true,
    impossible: () =>
      findChromium() === undefined ? `Chromium is not found: ${chromiumRemedy}` : undefined,
    run: runPlaywright,
  },
];

/** A tool that passes or fails as a whole. */
function check(name: string, title: string, packageName: string, ...argv: string[]): Stage {
  const command = packageName === "typescript" ? "tsc" : packageName;
  return {
    name,
    title,
    run: async () => passOrFail((await runTool(packageName, command, argv)) === 0),
  };
}

async function build(): Promise<Counts> {
  try {
    const built = await buildIfStale(root, () => undefined);
    console.log(built ? "Built out/." : "out/ is up to date.");
    return passOrFail(true);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
    return passOrFail(false);
  }
}

async function runVitest(): Promise<Counts> {
  const report = join(results, "unit.json");
  rmSync(report, { force: true });
  const code = await runTool("vitest", "vitest", [
    "run",
    "--config=e2e/vitest.config.ts",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
  ]);
  return accountFor(code, readVitestReport(report));
}

async function runPlaywright(): Promise<Counts> {
  const report = join(results, "browser.json");
  rmSync(report, { force: true });
  const code = await runTool("@playwright/test", "playwright", [
    "test",
    "--config=e2e/playwright.config.ts",
  ]);
  return accountFor(code, readPlaywrightReport(report));
}

/** A runner that fails without naming a failed test still failed. */
function accountFor(code: number, counts: Counts | undefined): Counts {
  const { passed, failed, skipped } = counts ?? { passed: 0, failed: 0, skipped: 0 };
  const isUnexplained = code !== 0 && failed === 0;
  return { passed, failed: isUnexplained ? 1 : failed, skipped };
}

function passOrFail(passed: boolean): Counts {
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 };
}

function runTool(packageName: string, command: string, argv: readonly string[]): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  spawn(process.execPath, [toolPath(root, packageName, command), ...argv], {
    cwd: root,
    stdio: "inherit",
  })
    .once("error", reject)
    .once("exit", (code) => resolve(code ?? 1));
  return promise;
}

async function runStage(stage: Stage, before: readonly Outcome[]): Promise<Outcome> {
  const { title } = stage;
  const builtBadly = before.some(
    (outcome) => outcome.title === "Build" && outcome.counts.failed > 0,
  );
  const notRun =
    stage.needsBuild === true && builtBadly ? "the build failed" : stage.impossible?.();
  if (notRun !== undefined) {
    console.log(`\n=== ${title}: not run, because ${notRun}`);
    return { title, counts: skippedOne, durationMs: 0, notRun };
  }
  console.log(`\n=== ${title}`);
  const startedAt = performance.now();
  const counts = await stage.run();
  return { title, counts, durationMs: performance.now() - startedAt };
}

function summarize(outcomes: readonly Outcome[]): Counts {
  console.log("\n=== Summary");
  for (const { title, counts, durationMs, notRun } of outcomes) {
    const verdict = notRun !== undefined ? "not run" : counts.failed > 0 ? "FAILED" : "passed";
    const seconds = `${(durationMs / 1000).toFixed(1)} s`;
    const numbers = `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`;
    console.log(`${verdict.padEnd(8)}${seconds.padStart(8)}  ${title}: ${notRun ?? numbers}`);
  }
  const { reason } = findElectronForTests();
  if (reason !== undefined) {
    console.log(
      `Not tested: the desktop window in a real Electron, because ${reason}. The desktop code ran under a fake one.`,
    );
  }
  const total = (key: keyof Counts): number =>
    outcomes.reduce((sum, { counts }) => sum + counts[key], 0);
  return { passed: total("passed"), failed: total("failed"), skipped: total("skipped") };
}

/** The stages named, with the build that they need. */
function selectStages(names: readonly string[]): readonly Stage[] {
  if (names.length === 0) return stages;
  const known = stages.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`There is no stage ${unknown}; the stages are ${known.join(", ")}.`);
  }
  const needsBuild = stages.some((stage) => names.includes(stage.name) && stage.needsBuild);
  return stages.filter(({ name }) => names.includes(name) || (name === "build" && needsBuild));
}

function readStages(): readonly Stage[] | undefined {
  try {
    const { values } = parseArgs({ options: { stage: { type: "string", multiple: true } } });
    return selectStages(values.stage ?? []);
  } catch (error) {
    console.error((error as Error).message);
    return undefined;
  }
}

const selected = readStages();
if (selected === undefined) {
  process.exitCode = 2;
} else {
  mkdirSync(results, { recursive: true });
  const outcomes: Outcome[] = [];
  for (const stage of selected) outcomes.push(await runStage(stage, outcomes));
  const { passed, failed, skipped } = summarize(outcomes);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  process.exitCode = failed > 0 ? 1 : 0;
}
