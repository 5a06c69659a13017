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
import type { SimulationAnswer, SimulationOrder } from "../core/simulate.ts";
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
      jobs: this.#threads.jobs,
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

  async #ask(order: SimulationOrder, signal: AbortSignal | undefined) {
    const choice = await this.#threads.choice();
    const outcome = await this.#threads.hand({ kind: "simulate", order, choice }, signal);
    if (outcome.kind !== "simulated") throw new Error("a simulation was asked for");
    if (outcome.answer.kind !== "refused") return outcome;
    throw quantumProblem("CIRCUIT_INVALID", `${outcome.answer.message}.`);
  }
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
