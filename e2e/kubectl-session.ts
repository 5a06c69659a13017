/** A session of kubectl against the running platform: commands, and what each is to show. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Kubectl,
  type Outcome,
  runKubectl,
} from "../workers/microservices/protocols/kubernetes/testing/kubectl.ts";

export interface Step {
  /** As in a shell; words with spaces stand in single quotes. */
  readonly args: string;
  readonly shows: RegExp;
  /** 0 where nothing is said. */
  readonly code?: number;
  readonly input?: string;
  /** Asked again until it shows this, as a person would. */
  readonly until?: boolean;
}

export interface Client {
  readonly kubectl: Kubectl;
  readonly server: string;
  /** A folder of its own with an empty file `config`. */
  readonly home: string;
}

const untilMsMax = 15_000;
const lookEveryMs = 100;

const wordsOf = (args: string): string[] =>
  [...args.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");

export async function ask(client: Client, { args, input, ...step }: Step): Promise<Outcome | null> {
  const { kubectl, server, home } = client;
  const options = { server, home, ...(input !== undefined && { input }) };
  const deadline = Date.now() + untilMsMax;
  for (;;) {
    const outcome = await runKubectl(kubectl, wordsOf(args), options);
    if (outcome.code === (step.code ?? 0) && step.shows.test(outcome.output)) return null;
    if (step.until !== true || Date.now() > deadline) return outcome;
    await sleep(lookEveryMs);
  }
}

/** Those that did not show what they should. */
export async function runSession(client: Client, steps: readonly Step[]) {
  const failures: (Outcome & { args: string })[] = [];
  for (const step of steps) {
    const outcome = await ask(client, step);
    if (outcome !== null) failures.push({ args: step.args, ...outcome });
  }
  return failures;
}

/** kubectl that goes on until it is told to end, such as port-forward. */
export class LongCommand {
  output = "";
  readonly #child;

  constructor({ kubectl, server, home }: Client, args: string) {
    const env = { ...process.env, HOME: home, KUBECONFIG: `${home}/config` };
    this.#child = spawn(kubectl.path, ["--server", server, ...wordsOf(args)], {
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.output += text;
      });
    }
  }

  /** @throws what it printed when it does not show this in time */
  async shown(pattern: RegExp): Promise<RegExpMatchArray> {
    const deadline = Date.now() + untilMsMax;
    for (;;) {
      const match = pattern.exec(this.output);
      if (match !== null) return match;
      if (Date.now() > deadline) throw new Error(`It never showed ${pattern}:\n${this.output}`);
      await sleep(20);
    }
  }

  /** Its exit code, once it ends of itself; ended by force after a while. */
  async ended(): Promise<number | null> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), untilMsMax);
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      await once(this.#child, "exit");
    }
    clearTimeout(timer);
    return this.#child.exitCode;
  }

  async stop(): Promise<void> {
    this.#child.kill("SIGINT");
    await this.ended();
  }
}
