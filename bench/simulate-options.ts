/** The command line of `npm run simulate`. */
import { parseArgs } from "node:util";
import { algorithms } from "../workers/consensus/algorithms.ts";
import { type ScenarioName, scenarios } from "../workers/consensus/scenarios.ts";

export interface SimulateOptions {
  readonly help: boolean;
  /** A name from the table; null with an algorithm file. */
  readonly algorithm: string | null;
  readonly algorithmFile: string | null;
  readonly scenario: ScenarioName;
  /** Seeds from the first to the last, both included. */
  readonly from: number;
  readonly seeds: number;
  readonly nodes: number | null;
  readonly byzantine: Readonly<Record<number, string>>;
  readonly tooManyFaults: boolean;
  /** File that receives the log; only with a single seed. */
  readonly log: string | null;
}

/** A command line that cannot be followed; the message says why and what can. */
export class SimulateOptionsError extends Error {
  override readonly name = "SimulateOptionsError";
}

export const helpText = `Usage: npm run simulate -- ALGORITHM [options]

Runs seeded fault schedules against a replicated key-value service, checks the algorithm's
invariants after every event and the history for linearizability, and stops at the first
seed that fails (exit code 1) with the line that replays it.

ALGORITHM is one of ${Object.keys(algorithms).join(", ")}.

  --algorithm-file FILE   your own: a TypeScript file whose default export extends ConsensusManager
  --scenario NAME         ${Object.keys(scenarios).join(", ")} (default: storm)
  --seeds N               how many seeds (default: 100)
  --from N                the first of them (default: 1)
  --seed N                this seed alone
  --log FILE              with --seed: one line for each event
  --nodes N               servers of the group
  --byzantine N=NAME      node N lies in this way; may be repeated
  --too-many-faults       allow more liars than the algorithm survives, to see it fail
  --help
`;

export function parseSimulateOptions(argv: readonly string[]): SimulateOptions {
  const { values, positionals } = parse(argv);
  const algorithmFile = values["algorithm-file"] ?? null;
  const algorithm = positionals[0] ?? null;
  const seed = numberOf("seed", values.seed);
  const options: SimulateOptions = {
    help: values.help,
    algorithm,
    algorithmFile,
    scenario: scenarioOf(values.scenario),
    from: seed ?? numberOf("from", values.from) ?? 1,
    seeds: seed === null ? (numberOf("seeds", values.seeds) ?? 100) : 1,
    nodes: numberOf("nodes", values.nodes),
    byzantine: liarsOf(values.byzantine),
    tooManyFaults: values["too-many-faults"],
    log: values.log ?? null,
  };
  if (!options.help) check(options, positionals, seed);
  return options;
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: "boolean", default: false },
        "algorithm-file": { type: "string" },
        scenario: { type: "string", default: "storm" },
        seeds: { type: "string" },
        from: { type: "string" },
        seed: { type: "string" },
        log: { type: "string" },
        nodes: { type: "string" },
        byzantine: { type: "string", multiple: true, default: [] },
        "too-many-faults": { type: "boolean", default: false },
      },
    });
  } catch (error) {
    throw new SimulateOptionsError(error instanceof Error ? error.message : String(error));
  }
}

function check(
  { algorithm, algorithmFile, seeds, log }: SimulateOptions,
  positionals: readonly string[],
  seed: number | null,
): void {
  const known = Object.keys(algorithms);
  if (algorithmFile === null && (algorithm === null || !known.includes(algorithm))) {
    const named = algorithm === null ? "Name an algorithm" : `There is no algorithm "${algorithm}"`;
    throw new SimulateOptionsError(`${named}: ${known.join(", ")}, or --algorithm-file FILE.`);
  }
  if (positionals.length > (algorithmFile === null ? 1 : 0)) {
    throw new SimulateOptionsError(`One algorithm at a time, not ${positionals.join(" ")}.`);
  }
  if (seeds < 1) throw new SimulateOptionsError("--seeds must be at least 1.");
  if (log !== null && seed === null) {
    throw new SimulateOptionsError("--log writes the log of one run: add --seed N.");
  }
}

function numberOf(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value) || value < 0) {
    throw new SimulateOptionsError(`--${name} must be a whole number, not "${text}".`);
  }
  return value;
}

function scenarioOf(name: string): ScenarioName {
  const known = Object.keys(scenarios) as ScenarioName[];
  const scenario = known.find((other) => other === name);
  if (scenario !== undefined) return scenario;
  throw new SimulateOptionsError(`There is no scenario "${name}": ${known.join(", ")}.`);
}

function liarsOf(texts: readonly string[]): Readonly<Record<number, string>> {
  const pairs = texts.flatMap((text) => text.split(","));
  const liars: Record<number, string> = {};
  for (const pair of pairs) {
    const parts = /^(\d+)=([\w-]+)$/.exec(pair);
    if (parts?.[1] === undefined || parts[2] === undefined) {
      throw new SimulateOptionsError(`--byzantine takes NODE=BEHAVIOUR, not "${pair}".`);
    }
    liars[Number(parts[1])] = parts[2];
  }
  return liars;
}
