import { isIP } from "node:net";
import { homedir } from "node:os";
import { posix, resolve, win32 } from "node:path";
import { readOrigins } from "./allowed-origins.ts";
import { subsystemIds, type SubsystemId, validatorCounts } from "../workers/service/contract.ts";

/** What every script and both hosts understand; one table gives flags, environment and help. */
export interface Options {
  readonly headless: boolean;
  /** The data folder, absolute. Ignored when ephemeral. */
  readonly home: string;
  readonly ephemeral: boolean;
  /** First port; each subsystem adds its own offset (0, 2, 3, 5, 6, 7). */
  readonly portBase: number;
  /** The threads to run; all of them when nothing is named. */
  readonly only: readonly SubsystemId[];
  readonly auth: "open" | "required";
  /** The address to bind; loopback unless told otherwise. */
  readonly host: string;
  /** Origins of browser extensions and pages that may speak JSON-RPC to the ledger; none usually. */
  readonly allowOrigin: readonly string[];
  /** Open the dashboard in the browser when ready. */
  readonly open: boolean;
  /** How many validators keep the ledger. */
  readonly validators: number;
  /** What orders their entries. */
  readonly consensus: "raft" | "pbft";
  /** A genesis file for a chain other than the developer's, absolute; null: the developer's. */
  readonly genesis: string | null;
  /** A file of blocks to begin with, absolute; null: none. */
  readonly import: string | null;
  readonly help: boolean;
}

/** A flag or environment variable that cannot be obeyed; the message is one sentence for the user. */
export class OptionsError extends Error {
  override readonly name = "OptionsError";
}

type Environment = Readonly<Record<string, string | undefined>>;

/** One row of the table. A flag without a `value` takes none: giving it means true. */
interface Flag<Value> {
  readonly variable?: string;
  /** What stands for the value in the help text. */
  readonly value?: string;
  readonly summary: string;
  readonly defaultText?: string;
  readonly default: (env: Environment) => Value;
  /** `source` names the flag or variable in the sentence of an error. */
  readonly parse: (text: string, source: string) => Value;
}

const portOffsetMax = 7;
const portBaseMax = 65_535 - portOffsetMax;

const flags: { readonly [Key in keyof Options]: Flag<Options[Key]> } = {
  headless: {
    variable: "DEMO_HEADLESS",
    summary: "Run without a window",
    default: () => false,
    parse: parseSwitch,
  },
  home: {
    variable: "DEMO_HOME",
    value: "DIR",
    summary: "Where data is kept",
    defaultText: "the platform's user-data folder",
    default: (env) => defaultHome(process.platform, env, homedir()),
    parse: parseHome,
  },
  ephemeral: {
    variable: "DEMO_EPHEMERAL",
    summary: "Keep everything in memory",
    default: () => false,
    parse: parseSwitch,
  },
  portBase: {
    variable: "DEMO_PORT_BASE",
    value: "N",
    summary: `First port; the others are N+2, N+3, N+5, N+6 and N+${portOffsetMax}`,
    defaultText: "3000",
    default: () => 3000,
    parse: parsePortBase,
  },
  only: {
    variable: "DEMO_ONLY",
    value: "A,B",
    summary: `Run these threads alone: ${subsystemIds.join(", ")}`,
    defaultText: "all",
    default: () => subsystemIds,
    parse: parseOnly,
  },
  auth: {
    variable: "DEMO_AUTH",
    value: "MODE",
    summary: "open: requests need no token; required: they do",
    defaultText: "open",
    default: () => "open",
    parse: parseAuth,
  },
  host: {
    variable: "DEMO_HOST",
    value: "ADDRESS",
    summary: "Address to bind; beyond loopback it needs --auth required",
    defaultText: "127.0.0.1",
    default: () => "127.0.0.1",
    parse: parseHost,
  },
  allowOrigin: {
    variable: "DEMO_ALLOW_ORIGIN",
    value: "A,B",
    summary: "Origins, such as a wallet extension's, that may use the ledger's JSON-RPC",
    defaultText: "none",
    default: () => [],
    parse: parseOrigins,
  },
  open: {
    variable: "DEMO_OPEN",
    summary: "Open the dashboard in the browser when ready",
    default: () => false,
    parse: parseSwitch,
  },
  validators: {
    variable: "DEMO_VALIDATORS",
    value: "N",
    summary: "Validators of the ledger, 3 to 7; pbft needs 4",
    defaultText: "3",
    default: () => 3,
    parse: parseValidators,
  },
  consensus: {
    variable: "DEMO_CONSENSUS",
    value: "NAME",
    summary: "What orders the ledger: raft or pbft",
    defaultText: "raft",
    default: () => "raft",
    parse: parseConsensus,
  },
  genesis: {
    variable: "DEMO_GENESIS",
    value: "FILE",
    summary: "Begin the ledger with this genesis, as go-ethereum writes it",
    defaultText: "the developer's chain",
    default: () => null,
    parse: parseFile,
  },
  import: {
    variable: "DEMO_IMPORT",
    value: "FILE",
    summary: "Blocks (RLP) to append to a new ledger",
    defaultText: "none",
    default: () => null,
    parse: parseFile,
  },
  help: { summary: "Print this text", default: () => false, parse: parseSwitch },
};

const keys = Object.keys(flags) as (keyof Options)[];
const flagNames = new Map(keys.map((key) => [flagName(key), key]));

/**
 * Reads the arguments after the program's own path, then the environment, then the defaults.
 * @throws {OptionsError} with a sentence that names what is wrong and what is accepted.
 */
export function parseOptions(argv: readonly string[], env: Environment): Options {
  const given = readArguments(argv);
  const entries = keys.map((key) => [key, readOption(key, given, env)] as const);
  const options = Object.fromEntries(entries) as unknown as Options;
  if (options.auth === "open" && !isLoopback(options.host)) {
    throw new OptionsError(
      `--host ${options.host} with --auth open would give everyone on the network the rights of an operator: add --auth required, or bind 127.0.0.1.`,
    );
  }
  if (options.consensus === "pbft" && options.validators < validatorCounts.pbftMin) {
    throw new OptionsError(
      `--consensus pbft needs at least ${validatorCounts.pbftMin} validators to survive a fault: add --validators ${validatorCounts.pbftMin}.`,
    );
  }
  return options;
}

/** The table as text, for `--help`. */
export function helpText(): string {
  const rows = keys.map((key) => {
    const { value, variable, summary, defaultText } = flags[key];
    return {
      usage: value === undefined ? flagName(key) : `${flagName(key)} ${value}`,
      variable: variable ?? "",
      summary: defaultText === undefined ? summary : `${summary} (default: ${defaultText})`,
    };
  });
  const usageWidth = Math.max(...rows.map(({ usage }) => usage.length));
  const variableWidth = Math.max(...rows.map(({ variable }) => variable.length));
  return [
    "Usage: npm start -- [flags]",
    "",
    ...rows.map(
      ({ usage, variable, summary }) =>
        `  ${usage.padEnd(usageWidth)}  ${variable.padEnd(variableWidth)}  ${summary}`,
    ),
    "",
    "A flag wins over its environment variable.",
  ].join("\n");
}

/** The platform's folder for the data of one user's applications, with ours in it. */
export function defaultHome(
  platform: NodeJS.Platform,
  env: Environment,
  userFolder: string,
): string {
  const name = "demo-control-center";
  if (platform === "win32") {
    return win32.join(env["APPDATA"] || win32.join(userFolder, "AppData", "Roaming"), name);
  }
  if (platform === "darwin") {
    return posix.join(userFolder, "Library", "Application Support", name);
  }
  // The XDG base directory specification: a relative path is to be ignored.
  const dataHome = env["XDG_DATA_HOME"] ?? "";
  return posix.isAbsolute(dataHome)
    ? posix.join(dataHome, name)
    : posix.join(userFolder, ".local", "share", name);
}

export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function flagName(key: keyof Options): string {
  return `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** The text given for each flag; a switch that was given has the text "true". */
function readArguments(argv: readonly string[]): ReadonlyMap<keyof Options, string> {
  const given = new Map<keyof Options, string>();
  for (let index = 0; index < argv.length; index++) {
    const argument = argv[index] ?? "";
    const [name, inline] = splitOnce(argument, "=");
    const key = flagNames.get(name);
    if (key === undefined) throw new OptionsError(unknownArgument(argument, name));
    if (given.has(key)) throw new OptionsError(`${name} is given twice; give it once.`);
    const { value } = flags[key];
    if (value === undefined) {
      if (inline !== undefined) {
        throw new OptionsError(`${name} takes no value, so "${argument}" is not understood.`);
      }
      given.set(key, "true");
      continue;
    }
    const text = inline ?? argv[++index];
    if (text === undefined || (inline === undefined && text.startsWith("--"))) {
      throw new OptionsError(`${name} needs a value: ${name} ${value}.`);
    }
    given.set(key, text);
  }
  return given;
}

function readOption(
  key: keyof Options,
  given: ReadonlyMap<keyof Options, string>,
  env: Environment,
): Options[keyof Options] {
  const { variable, parse, default: fallback } = flags[key];
  const text = given.get(key);
  if (text !== undefined) return parse(text, flagName(key));
  const fromEnvironment = variable === undefined ? undefined : env[variable];
  // An empty variable is how shells and container files unset one.
  if (variable === undefined || !fromEnvironment) return fallback(env);
  return parse(fromEnvironment, variable);
}

function unknownArgument(argument: string, name: string): string {
  if (!argument.startsWith("-")) {
    return `"${argument}" is not understood: there are only flags, and --help lists them.`;
  }
  const nearest = nearestOf(name, [...flagNames.keys()]);
  return nearest === undefined
    ? `${name} is not a flag; --help lists them all.`
    : `${name} is not a flag; did you mean ${nearest}?`;
}

function parseSwitch(text: string, source: string): boolean {
  const normal = text.toLowerCase();
  if (["1", "true", "yes", "on"].includes(normal)) return true;
  if (["0", "false", "no", "off"].includes(normal)) return false;
  throw new OptionsError(
    `${source} is "${text}"; accepted are 1, true, yes, on, 0, false, no, off.`,
  );
}

function parseHome(text: string, source: string): string {
  if (text.trim() === "" || text.includes("\0")) {
    throw new OptionsError(`${source} is "${text}"; it needs the path of a folder.`);
  }
  return resolve(text);
}

function parsePortBase(text: string, source: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 1 && port <= portBaseMax) return port;
  throw new OptionsError(
    `${source} is "${text}"; accepted is a whole number from 1 to ${portBaseMax}, as the last port is ${portOffsetMax} above it.`,
  );
}

function parseValidators(text: string, source: string): number {
  const count = /^\d$/.test(text) ? Number(text) : Number.NaN;
  if (count >= validatorCounts.min && count <= validatorCounts.max) return count;
  throw new OptionsError(
    `${source} is "${text}"; accepted is a whole number from ${validatorCounts.min} to ${validatorCounts.max}.`,
  );
}

function parseConsensus(text: string, source: string): Options["consensus"] {
  if (text === "raft" || text === "pbft") return text;
  throw new OptionsError(`${source} is "${text}"; accepted are raft and pbft.`);
}

function parseFile(text: string, source: string): string {
  if (text.trim() === "" || text.includes("\0")) {
    throw new OptionsError(`${source} is "${text}"; it needs the path of a file.`);
  }
  return resolve(text);
}

/** Keeps the start order of the subsystem table, whatever order was given. */
function parseOnly(text: string, source: string): readonly SubsystemId[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => name === "")) {
    throw new OptionsError(`${source} names no thread; known are ${subsystemIds.join(", ")}.`);
  }
  const known = new Set<string>(subsystemIds);
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    throw new OptionsError(
      `${source} names "${unknown}", which is no thread; known are ${subsystemIds.join(", ")}.`,
    );
  }
  return subsystemIds.filter((id) => names.includes(id));
}

function parseAuth(text: string, source: string): Options["auth"] {
  if (text === "open" || text === "required") return text;
  throw new OptionsError(`${source} is "${text}"; accepted are open and required.`);
}

function parseHost(text: string, source: string): string {
  if (isIP(text) !== 0 || text === "localhost") return text;
  throw new OptionsError(
    `${source} is "${text}"; accepted is localhost or an IP address of this machine.`,
  );
}

function parseOrigins(text: string, source: string): readonly string[] {
  const read = readOrigins(text);
  if ("mistake" in read) throw new OptionsError(`${source} ${read.mistake}`);
  return read;
}

function splitOnce(text: string, separator: string): [string, string?] {
  const index = text.indexOf(separator);
  return index < 0 ? [text] : [text.slice(0, index), text.slice(index + separator.length)];
}

/** The candidate within a third of the word's length by edit distance, if there is one. */
function nearestOf(word: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .toSorted((left, right) => left.distance - right.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= best.candidate.length / 3
    ? best.candidate
    : undefined;
}

/** Levenshtein distance, one row of the table at a time. */
function editDistance(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [i, letter] of left.split("").entries()) {
    const next = [i + 1];
    for (const [j, other] of right.split("").entries()) {
      const substitution = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(substitution, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? 0;
}
