/** `npm run simulate -- raft --seeds 1000`: thousands of seeded fault schedules on one algorithm. */
import { closeSync, openSync, writeSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { type Algorithm, algorithms } from "../workers/consensus/algorithms.ts";
import { checkRun } from "../workers/consensus/check-run.ts";
import { customAlgorithm } from "../workers/consensus/custom-algorithm.ts";
import { RunOptionsError } from "../workers/consensus/run-options.ts";
import { startRun } from "../workers/consensus/scenarios.ts";
import {
  helpText,
  parseSimulateOptions,
  type SimulateOptions,
  SimulateOptionsError,
} from "./simulate-options.ts";

const progressEveryMs = 500;

async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = parseSimulateOptions(argv);
    if (options.help) {
      console.log(helpText);
      return 0;
    }
    return simulate(await algorithmOf(options), options, argv);
  } catch (error) {
    if (error instanceof SimulateOptionsError || error instanceof RunOptionsError) {
      console.error(error.message);
      return 2;
    }
    throw error;
  }
}

async function algorithmOf({ algorithm, algorithmFile }: SimulateOptions): Promise<Algorithm> {
  if (algorithmFile === null) {
    const known = algorithms[algorithm ?? ""];
    if (known === undefined) throw new SimulateOptionsError(`There is no ${algorithm}.`);
    return known;
  }
  try {
    const module: { default?: unknown } = await import(pathToFileURL(resolve(algorithmFile)).href);
    return customAlgorithm(module.default);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SimulateOptionsError(`${algorithmFile}: ${reason}`);
  }
}

/** Exit code 0 when every seed is clean, 1 at the first that is not. */
function simulate(algorithm: Algorithm, options: SimulateOptions, argv: readonly string[]): number {
  const log = options.log === null ? null : openSync(options.log, "w");
  const startedAtMs = performance.now();
  let shownAtMs = startedAtMs;
  const total = { seeds: 0, events: 0, virtualMs: 0, operations: 0, crashes: 0 };
  for (let seed = options.from; seed < options.from + options.seeds; seed++) {
    const run = startRun(algorithm, options.scenario, {
      seed,
      ...(options.nodes === null ? {} : { nodes: options.nodes }),
      byzantine: options.byzantine,
      allowTooManyFaults: options.tooManyFaults,
      ...(log === null ? {} : { log: (line: string) => void writeSync(log, `${line}\n`) }),
    });
    const result = run.run();
    const problem = checkRun(result);
    total.seeds += 1;
    total.events += result.counts.events;
    total.virtualMs += result.virtualMs;
    total.crashes += result.counts.crashes;
    total.operations += result.history.length;
    if (problem !== null) {
      clearProgress();
      console.error(`${problem}\n\nTo see it again: ${replayLine(seed, argv)}`);
      return 1;
    }
    if (performance.now() - shownAtMs >= progressEveryMs) {
      shownAtMs = performance.now();
      showProgress(`${total.seeds} of ${options.seeds} seeds, ${speed(total, startedAtMs)}`);
    }
  }
  if (log !== null) closeSync(log);
  clearProgress();
  const { seeds, events, operations, crashes } = total;
  console.log(
    `${algorithm.title}, ${options.scenario}: ${seeds} seeds clean, ${speed(total, startedAtMs)}; ` +
      `${events} events, ${operations} operations, ${crashes} crashes.`,
  );
  return 0;
}

function speed(total: { seeds: number; virtualMs: number }, startedAtMs: number): string {
  const realMs = performance.now() - startedAtMs;
  const perSecond = (total.seeds / realMs) * 1000;
  return `${perSecond.toFixed(1)} seeds/s, ${Math.round(total.virtualMs / realMs)} times real time`;
}

/** The same command for one seed, with its log. */
function replayLine(seed: number, argv: readonly string[]): string {
  const dropped = new Set(["--seeds", "--from", "--seed", "--log"]);
  const kept = argv.filter(
    (argument, place) =>
      !dropped.has(argument.split("=")[0] ?? "") && !dropped.has(argv[place - 1] ?? ""),
  );
  return `npm run simulate -- ${[...kept, "--seed", seed, "--log", "run.txt"].join(" ")}`;
}

function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${text}`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[2K");
}

process.exitCode = await main(process.argv.slice(2));
