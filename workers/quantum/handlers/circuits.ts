/** Circuits from the API: checked against the limits, simulated in a thread of their own. */
import {
  type CircuitInput,
  denseQubitsMax,
  matrixQubitsMax,
  operationsMax,
  shotsMax,
  stateQubitsMax,
} from "../contract-circuits.ts";
import type { Circuit } from "../core/circuit.ts";
import { standardGates } from "../core/gates/standard-gates.ts";
import { bytesText, type Method, type MethodName } from "../core/choose-method.ts";
import { densityQubitsMax, stabilizerQubitsMax } from "../core/limits.ts";
import type { MethodOptions, SimulationAnswer, SimulationOrder } from "../core/simulate.ts";
import { streamJob } from "../../service/job-stream.ts";
import type { SimulatorOutcome, SimulatorProgress } from "../simulator.ts";
import { quantumProblem } from "../errors.ts";
import { simulatorLimits } from "../limits.ts";
import type { QuantumHost } from "./host.ts";
import type { SimulatorThreads } from "./simulator-threads.ts";

type AnswerOf<Kind extends SimulationAnswer["kind"]> = Extract<SimulationAnswer, { kind: Kind }>;

export class Circuits {
  readonly #threads: SimulatorThreads;
  readonly #host: QuantumHost;

  constructor(threads: SimulatorThreads, host: QuantumHost) {
    this.#threads = threads;
    this.#host = host;
  }

  async capabilities() {
    const { reports, threadsFrom } = await this.#threads.choice();
    const gpu = await this.#threads.gpuChoice();
    return {
      gates: [...standardGates.values()].map(({ name, title, parameters, controls, targets }) => ({
        name,
        title,
        parameters: [...parameters],
        controls,
        targets,
      })),
      methods: [
        {
          name: "state-vector" as const,
          qubitsMax: denseQubitsMax,
          simulates: "Every circuit; noise as trajectories, drawn anew for each shot",
        },
        {
          name: "density-matrix" as const,
          qubitsMax: densityQubitsMax,
          simulates: "Every circuit; noise and resets exactly",
        },
        {
          name: "stabilizer" as const,
          qubitsMax: stabilizerQubitsMax,
          simulates: "Clifford gates, measurements, resets, Pauli noise and loss",
        },
      ],
      channels: ["pauli", "depolarising", "amplitude-damping", "phase-damping", "loss"],
      limits: {
        denseQubitsMax,
        stateQubitsMax,
        matrixQubitsMax,
        shotsMax,
        operationsMax,
        durationMsMax: simulatorLimits.durationMsMax,
      },
      backends: [...reports, ...gpu.reports],
      threadsFromQubits: threadsFrom,
      gpuFromQubits: gpu.chosen?.from ?? null,
      jobs: this.#threads.jobs,
    };
  }

  async run(input: RunInput, signal?: AbortSignal) {
    const { order, seed } = this.#runOrder(input);
    const { answer, computeMs } = await this.#ask(order, input.precision, signal);
    const { counts, method } = answer as AnswerOf<"run">;
    return { counts, shots: input.shots, seed, method: told(method, input), computeMs };
  }

  /** The run's progress as it goes, then its outcome. */
  async *sample(input: RunInput, signal: AbortSignal | undefined) {
    const { shots, precision } = input;
    const { order, seed } = this.#runOrder(input);
    const job = { kind: "simulate", order, ...(await this.#threads.choices(precision)) } as const;
    const events = streamJob<SimulatorOutcome, SimulatorProgress>(
      (onProgress, until) => this.#threads.handLong(job, until, onProgress),
      signal,
    );
    for await (const event of events) {
      if (event.kind === "progress") {
        yield { ...event.progress, shots, seed, method: null, computeMs: null };
        continue;
      }
      const { answer, computeMs } = simulated(event.output);
      const { counts, method } = answer as AnswerOf<"run">;
      yield { done: shots, shots, counts, seed, method: told(method, input), computeMs };
    }
  }

  async state(input: { circuit: CircuitInput; seed?: number | undefined }, signal?: AbortSignal) {
    const seed = input.seed ?? this.#host.randomSeed();
    const circuit = circuitWithin(input.circuit, stateQubitsMax);
    const order = { kind: "state", circuit, seed } as const;
    const { answer, computeMs } = await this.#ask(order, "double", signal);
    const { amplitudes, blochVectors, bits } = answer as AnswerOf<"state">;
    return {
      qubits: circuit.qubits,
      amplitudes: [...amplitudes],
      blochVectors: blochVectors.map(([x, y, z]): [number, number, number] => [x, y, z]),
      bits,
      seed,
      computeMs,
    };
  }

  async expectation(
    input: Omit<RunInput, "seed"> & {
      terms: { paulis: string; factor: number }[];
      seed?: number | undefined;
    },
    signal?: AbortSignal,
  ) {
    const { terms, shots, precision } = input;
    const seed = input.seed ?? this.#host.randomSeed();
    const circuit = circuitFrom(input.circuit);
    const options = optionsOf(input);
    const order = { kind: "expectation", circuit, seed, terms, shots, options } as const;
    const { answer, computeMs } = await this.#ask(order, precision, signal);
    const { value, standardError, method } = answer as AnswerOf<"expectation">;
    return { value, standardError, seed, method: told(method, input), computeMs };
  }

  async unitary(input: { circuit: CircuitInput }, signal?: AbortSignal) {
    const circuit = circuitWithin(input.circuit, matrixQubitsMax);
    const order = { kind: "unitary", circuit } as const;
    const { answer, computeMs } = await this.#ask(order, "double", signal);
    const { size, elements } = answer as AnswerOf<"unitary">;
    return { size, elements: [...elements], computeMs };
  }

  #runOrder(input: RunInput) {
    const { shots } = input;
    const seed = input.seed ?? this.#host.randomSeed();
    const circuit = circuitFrom(input.circuit);
    const options = optionsOf(input);
    return { order: { kind: "run", circuit, shots, seed, options } as const, seed };
  }

  async #ask(order: SimulationOrder, precision: Precision, signal: AbortSignal | undefined) {
    const choices = await this.#threads.choices(precision);
    return simulated(await this.#threads.hand({ kind: "simulate", order, ...choices }, signal));
  }
}

type Precision = "double" | "single";

interface RunInput {
  readonly circuit: CircuitInput;
  readonly shots: number;
  readonly seed?: number | undefined;
  readonly method: MethodName | "auto";
  readonly precision: Precision;
}

function optionsOf({ method, precision }: Pick<RunInput, "method" | "precision">): MethodOptions {
  return { method, denseQubitsMax: denseQubitsMax + (precision === "single" ? 1 : 0) };
}

function told(
  { name, reason, memoryBytes, isOnce }: Method,
  { precision }: { precision: Precision },
) {
  return {
    name,
    reason,
    memoryBytes,
    precision: name === "stabilizer" ? ("double" as const) : precision,
    sampling: isOnce ? ("one-simulation" as const) : ("shot-by-shot" as const),
  };
}

/** @throws a problem of the catalogue when the circuit was refused */
function simulated(outcome: SimulatorOutcome) {
  if (outcome.kind !== "simulated") throw new Error("a simulation was asked for");
  const { answer } = outcome;
  if (answer.kind !== "refused") return outcome;
  const sentence = `${answer.message.charAt(0).toUpperCase()}${answer.message.slice(1)}.`;
  throw quantumProblem(answer.isTooLarge ? "QUBITS_TOO_MANY" : "CIRCUIT_INVALID", sentence);
}

function circuitWithin(input: CircuitInput, qubitsMax: number): Circuit {
  if (input.qubits > qubitsMax) throw tooManyQubits(input.qubits, qubitsMax);
  return circuitFrom(input);
}

/** One register of all qubits and one of all bits, unless others are named. */
export function circuitFrom(input: CircuitInput): Circuit {
  const { qubits, bits, definitions, operations, readout } = input;
  const { quantumRegisters, classicalRegisters } = input;
  return {
    qubits,
    bits,
    quantumRegisters: quantumRegisters ?? [{ name: "q", first: 0, size: qubits }],
    classicalRegisters:
      classicalRegisters ?? (bits === 0 ? [] : [{ name: "c", first: 0, size: bits }]),
    definitions,
    operations,
    ...(readout === undefined ? {} : { readout }),
  } as Circuit;
}

function tooManyQubits(qubits: number, qubitsMax: number) {
  const [needed, most] = [qubits, qubitsMax].map((count) => bytesText(16 * 2 ** count));
  return quantumProblem(
    "QUBITS_TOO_MANY",
    `A state vector of ${qubits} qubits takes ${needed}; this request takes up to ${qubitsMax} qubits, ${most}. Run or sample the circuit instead: those choose a method that fits.`,
  );
}
