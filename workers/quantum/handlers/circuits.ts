/** Circuits from the API: checked against the limits, simulated in a thread of their own. */
import { childThread } from "../../service/child-thread.ts";
import { problem as serviceProblem } from "../../service/errors.ts";
import { JobError, JobThreads } from "../../service/job-threads.ts";
import {
  type CircuitInput,
  denseQubitsMax,
  matrixQubitsMax,
  operationsMax,
  shotsMax,
  stateQubitsMax,
} from "../contract.ts";
import type { Circuit } from "../core/circuit.ts";
import { standardGates } from "../core/gates/standard-gates.ts";
import type { SimulationAnswer, SimulationOrder } from "../core/simulate.ts";
import { quantumProblem } from "../errors.ts";
import { simulatorLimits } from "../limits.ts";
import type { SimulatorOrder, SimulatorOutcome } from "../simulator.ts";
import type { BackendChoice } from "../backends/open-backends.ts";
import type { QuantumHost } from "./host.ts";

type AnswerOf<Kind extends SimulationAnswer["kind"]> = Extract<SimulationAnswer, { kind: Kind }>;

export class Circuits {
  readonly #threads = new JobThreads<SimulatorOrder, SimulatorOutcome>(
    childThread("quantum", "simulator"),
    simulatorLimits,
  );
  readonly #host: QuantumHost;
  #measured: Promise<BackendChoice> | null = null;

  constructor(host: QuantumHost) {
    this.#host = host;
  }

  async capabilities() {
    const { reports, threadsFrom } = await this.#choice();
    return {
      gates: [...standardGates.values()].map(({ name, title, parameters, controls, targets }) => ({
        name,
        title,
        parameters: [...parameters],
        controls,
        targets,
      })),
      channels: ["pauli", "depolarising", "amplitude-damping", "phase-damping", "loss"],
      limits: {
        denseQubitsMax,
        stateQubitsMax,
        matrixQubitsMax,
        shotsMax,
        operationsMax,
        durationMsMax: simulatorLimits.durationMsMax,
      },
      backends: [...reports],
      threadsFromQubits: threadsFrom,
      jobs: { running: this.#threads.running, waiting: this.#threads.waiting },
    };
  }

  async run(
    input: { circuit: CircuitInput; shots: number; seed?: number | undefined },
    signal?: AbortSignal,
  ) {
    const { shots } = input;
    const seed = input.seed ?? this.#host.randomSeed();
    const circuit = circuitWithin(input.circuit, denseQubitsMax);
    const { answer, computeMs } = await this.#ask({ kind: "run", circuit, shots, seed }, signal);
    const { counts, method } = answer as AnswerOf<"run">;
    return { counts, shots, seed, method, computeMs };
  }

  async state(input: { circuit: CircuitInput; seed?: number | undefined }, signal?: AbortSignal) {
    const seed = input.seed ?? this.#host.randomSeed();
    const circuit = circuitWithin(input.circuit, stateQubitsMax);
    const { answer, computeMs } = await this.#ask({ kind: "state", circuit, seed }, signal);
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
    input: {
      circuit: CircuitInput;
      terms: { paulis: string; factor: number }[];
      seed?: number | undefined;
    },
    signal?: AbortSignal,
  ) {
    const { terms } = input;
    const seed = input.seed ?? this.#host.randomSeed();
    const circuit = circuitWithin(input.circuit, denseQubitsMax);
    const order = { kind: "expectation", circuit, seed, terms } as const;
    const { answer, computeMs } = await this.#ask(order, signal);
    return { value: (answer as AnswerOf<"expectation">).value, seed, computeMs };
  }

  async unitary(input: { circuit: CircuitInput }, signal?: AbortSignal) {
    const circuit = circuitWithin(input.circuit, matrixQubitsMax);
    const { answer, computeMs } = await this.#ask({ kind: "unitary", circuit }, signal);
    const { size, elements } = answer as AnswerOf<"unitary">;
    return { size, elements: [...elements], computeMs };
  }

  close(): Promise<void> {
    return this.#threads.close();
  }

  async #ask(order: SimulationOrder, signal: AbortSignal | undefined) {
    const choice = await this.#choice();
    const outcome = await this.#hand({ kind: "simulate", order, choice }, signal);
    if (outcome.kind !== "simulated") throw new Error("a simulation was asked for");
    if (outcome.answer.kind !== "refused") return outcome;
    throw quantumProblem("CIRCUIT_INVALID", `${outcome.answer.message}.`);
  }

  /** Measured with the first use and remembered; a measurement that failed is made again. */
  #choice(): Promise<BackendChoice> {
    this.#measured ??= this.#measure().catch((error: unknown) => {
      this.#measured = null;
      throw error;
    });
    return this.#measured;
  }

  async #measure(): Promise<BackendChoice> {
    const outcome = await this.#hand({ kind: "measure" }, undefined);
    if (outcome.kind !== "measured") throw new Error("a measurement was asked for");
    return outcome.choice;
  }

  async #hand(order: SimulatorOrder, signal: AbortSignal | undefined): Promise<SimulatorOutcome> {
    try {
      return await this.#threads.run(order, { signal });
    } catch (error) {
      if (!(error instanceof JobError)) throw error;
      if (error.reason === "busy") throw serviceProblem("OVERLOADED", error.message);
      if (error.reason === "overran") throw quantumProblem("SIMULATION_TOO_LONG", error.message);
      throw error;
    }
  }
}

function circuitWithin(input: CircuitInput, qubitsMax: number): Circuit {
  const { qubits, bits, definitions, operations, readout } = input;
  if (qubits > qubitsMax) throw tooManyQubits(qubits, qubitsMax);
  return {
    qubits,
    bits,
    quantumRegisters: [{ name: "q", first: 0, size: qubits }],
    classicalRegisters: bits === 0 ? [] : [{ name: "c", first: 0, size: bits }],
    definitions,
    operations,
    ...(readout === undefined ? {} : { readout }),
  } as Circuit;
}

const bytesPerAmplitude = 16;

function tooManyQubits(qubits: number, qubitsMax: number) {
  return quantumProblem(
    "QUBITS_TOO_MANY",
    `A state vector of ${qubits} qubits takes ${memoryText(qubits)}; this request takes up to ${qubitsMax} qubits, ${memoryText(qubitsMax)}.`,
  );
}

/** "256 MiB"; beyond what has a name, a power of two. */
function memoryText(qubits: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
  const exponent = qubits + Math.log2(bytesPerAmplitude);
  const unit = Math.floor(exponent / 10);
  const name = units[unit];
  return name === undefined ? `2^${exponent} bytes` : `${2 ** (exponent % 10)} ${name}`;
}
