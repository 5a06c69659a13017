import { existsSync, readFileSync } from "node:fs";
import { z } from "zod";

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const vitestReport = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  numPendingTests: z.int(),
  numTodoTests: z.int(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.unknown()) })),
});

const playwrightReport = z.object({
  errors: z.array(z.unknown()),
  stats: z.object({
    expected: z.int(),
    unexpected: z.int(),
    flaky: z.int(),
    skipped: z.int(),
  }),
});

/** @returns undefined when the run ended without a report. */
export function readVitestReport(path: string): Counts | undefined {
  if (!existsSync(path)) return undefined;
  const report = vitestReport.parse(JSON.parse(readFileSync(path, "utf8")));
  // A file that could not be loaded has no tests to count, and is a failure all the same.
  const unloaded = report.testResults.filter(
    ({ status, assertionResults }) => status === "failed" && assertionResults.length === 0,
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + unloaded,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** @returns undefined when the run ended without a report. */
export function readPlaywrightReport(path: string): Counts | undefined {
  if (!existsSync(path)) return undefined;
  const { errors, stats } = playwrightReport.parse(JSON.parse(readFileSync(path, "utf8")));
  return {
    passed: stats.expected,
    // What passes at the second try is no pass.
    failed: stats.unexpected + stats.flaky + errors.length,
    skipped: stats.skipped,
  };
}
