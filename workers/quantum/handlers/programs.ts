/** Texts, named algorithms and factoring: done in the simulator's thread, as a source may be long. */
import type { CircuitInput } from "../contract-circuits.ts";
import type { exportFormats } from "../contract-programs.ts";
import { gallery } from "../core/algorithms/gallery.ts";
import type { Circuit } from "../core/circuit.ts";
import type {
  ProgramAnswer,
  ProgramOrder,
  RunName,
  RunOptions,
  RunResult,
} from "../core/programs.ts";
import { quantumProblem } from "../errors.ts";
import { circuitFrom } from "./circuits.ts";
import type { QuantumHost } from "./host.ts";
import type { SimulatorThreads } from "./simulator-threads.ts";

type AnswerOf<Kind extends ProgramAnswer["kind"]> = Extract<ProgramAnswer, { kind: Kind }>;

export class Programs {
  readonly #threads: SimulatorThreads;
  readonly #host: QuantumHost;

  constructor(threads: SimulatorThreads, host: QuantumHost) {
    this.#threads = threads;
    this.#host = host;
  }

  algorithms() {
    return {
      algorithms: gallery.map(({ id, title, summary, source, parameters }) => ({
        id,
        title,
        summary,
        source,
        parameters: parameters.map((parameter) => ({
          ...parameter,
          isAngle: parameter.isAngle ?? false,
        })),
      })),
    };
  }

  async importQasm(
    input: { source: string; inputs?: Record<string, number | string> | undefined },
    signal?: AbortSignal,
  ) {
    const { source, inputs = {} } = input;
    const { answer } = await this.#perform({ kind: "import", source, inputs }, signal);
    const { circuit, warnings } = answer as AnswerOf<"circuit">;
    return { circuit: outwards(circuit), warnings: warnings.map((warning) => ({ ...warning })) };
  }

  async exportCircuit(
    input: { circuit: CircuitInput; format: (typeof exportFormats)[number] },
    signal?: AbortSignal,
  ) {
    const { format } = input;
    const order = { kind: "export", circuit: circuitFrom(input.circuit), format } as const;
    const { answer } = await this.#perform(order, signal);
    return { format, text: (answer as AnswerOf<"text">).text };
  }

  async algorithm(
    { id, parameters }: { id: string; parameters: Record<string, number> },
    signal?: AbortSignal,
  ) {
    const { answer } = await this.#perform({ kind: "build", id, parameters }, signal);
    return { id, circuit: outwards((answer as AnswerOf<"circuit">).circuit) };
  }

  async factor(
    input: {
      modulus: number;
      base?: number | undefined;
      counting?: number | undefined;
      seed?: number | undefined;
    },
    signal?: AbortSignal,
  ) {
    const { modulus, base, counting } = input;
    const seed = input.seed ?? this.#host.randomSeed();
    const order = { kind: "factor", modulus, base, counting, seed } as const;
    const { answer, computeMs } = await this.#perform(order, signal);
    const { factoring } = answer as AnswerOf<"factored">;
    return {
      ...factoring,
      factors: pairOf(factoring.factors),
      attempts: factoring.attempts.map((attempt) => ({
        ...attempt,
        convergents: [...attempt.convergents],
        factors: pairOf(attempt.factors),
      })),
      seed,
      computeMs,
    };
  }

  async cost(input: { circuit: CircuitInput }, signal?: AbortSignal) {
    const { result, computeMs } = await this.run("circuitCost", circuitFrom(input.circuit), signal);
    return { ...result, computeMs };
  }

  async optimise(input: { circuit: CircuitInput; relabel: boolean }, signal?: AbortSignal) {
    const { relabel } = input;
    const options = { circuit: circuitFrom(input.circuit), relabel };
    const { result, computeMs } = await this.run("optimise", options, signal);
    const { circuit, layout } = result;
    return { ...result, circuit: outwards(circuit), layout: [...layout], computeMs };
  }

  async equivalence(
    input: {
      first: CircuitInput;
      second: CircuitInput;
      exactly: boolean;
      seed?: number | undefined;
    },
    signal?: AbortSignal,
  ) {
    const { exactly, seed = this.#host.randomSeed() } = input;
    const [first, second] = [circuitFrom(input.first), circuitFrom(input.second)];
    const options = { first, second, exactly, seed };
    const { result, computeMs } = await this.run("equivalence", options, signal);
    const { counterexample } = result;
    const qubits = (counterexample?.qubits ?? []).map(([theta, phi]): [number, number] => [
      theta,
      phi,
    ]);
    return {
      ...result,
      counterexample: counterexample === null ? null : { ...counterexample, qubits },
      seed,
      computeMs,
    };
  }

  async run<Name extends RunName>(
    name: Name,
    options: RunOptions<Name>,
    signal: AbortSignal | undefined,
  ): Promise<{ result: RunResult<Name>; computeMs: number }> {
    const order = { kind: "run", name, options } as ProgramOrder;
    const { answer, computeMs } = await this.#perform(order, signal);
    return { result: (answer as AnswerOf<"ran">).result as RunResult<Name>, computeMs };
  }

  async #perform(order: ProgramOrder, signal: AbortSignal | undefined) {
    const outcome = await this.#threads.hand({ kind: "program", order }, signal);
    if (outcome.kind !== "performed") throw new Error("a program was asked for");
    const { answer } = outcome;
    if (answer.kind !== "refused") return outcome;
    const issues = answer.mistakes.map(({ line, column, message }) => ({
      path: `source:${line}:${column}`,
      message,
    }));
    throw quantumProblem("CIRCUIT_INVALID", answer.message, issues.length === 0 ? {} : { issues });
  }
}

function pairOf(factors: readonly [number, number] | null): [number, number] | null {
  return factors === null ? null : [factors[0], factors[1]];
}

/** The circuit as the contract has it, which is the same but for what may be changed. */
function outwards(circuit: Circuit): CircuitInput {
  return circuit as unknown as CircuitInput;
}
