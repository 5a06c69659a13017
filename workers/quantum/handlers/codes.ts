/** Error correction over the API: orders go to a thread, thresholds come back as a stream. */
import type { z } from "zod";
import { problemFrom } from "../../service/errors.ts";
import { streamJob } from "../../service/job-stream.ts";
import type { CircuitInput } from "../contract-circuits.ts";
import type {
  codeRoutes,
  experimentInputSchema,
  thresholdEventSchema,
  thresholdInputSchema,
} from "../contract-codes.ts";
import {
  checkExperiment,
  decoderNames,
  type ExperimentOrder,
  noiseModels,
  usualDecoder,
} from "../core/codes/experiment.ts";
import { codeFamilies } from "../core/codes/families.ts";
import type { StabilizerCode } from "../core/codes/stabilizer-code.ts";
import type { ThresholdOrder, ThresholdPoint } from "../core/codes/threshold.ts";
import { type CorrectionAnswer, refusalOf } from "../core/correction.ts";
import { observablesOf } from "../core/stim/model.ts";
import { thresholdBeatMs } from "../limits.ts";
import { type CorrectionThreads, problemOf } from "./correction-threads.ts";
import type { QuantumHost } from "./host.ts";

type Answer<Kind extends CorrectionAnswer["kind"]> = Extract<CorrectionAnswer, { kind: Kind }>;
type Input<Name extends keyof typeof codeRoutes> = z.output<
  NonNullable<(typeof codeRoutes)[Name]["~orpc"]["inputSchema"]>
>;
type ThresholdAnswer = Awaited<ReturnType<CorrectionThreads["threshold"]>>;
type ThresholdEvent = z.input<typeof thresholdEventSchema>;

export class Codes {
  readonly #threads: CorrectionThreads;
  readonly #host: QuantumHost;

  constructor(threads: CorrectionThreads, host: QuantumHost) {
    this.#threads = threads;
    this.#host = host;
  }

  codes() {
    return {
      codes: codeFamilies.map(({ build, ...family }) => {
        const smallest = build(family.distances.min);
        const hasCircuit = smallest.stabilizers.every(({ schedule }) => schedule !== undefined);
        return { ...family, hasCircuit, smallest: outwards(smallest) };
      }),
      noiseModels: [...noiseModels],
      decoders: [...decoderNames],
      jobs: this.#threads.thresholds,
    };
  }

  async experiment(input: Input<"codeExperiment">, signal?: AbortSignal) {
    const { withModel } = input;
    const order = { kind: "experiment", order: orderOf(input), withModel } as const;
    const { answer, computeMs } = await this.#threads.perform(order, signal);
    const { code, text, size, coordinates, model } = answer as Answer<"experiment">;
    return {
      code: outwards(code),
      stim: text,
      size,
      coordinates: coordinates.map((place) => [...place]),
      dem: model,
      computeMs,
    };
  }

  async faults(input: Input<"codeFaults">, signal?: AbortSignal) {
    const { decoder = null } = input;
    const order = { kind: "faults", order: orderOf(input), decoder } as const;
    const { answer, computeMs } = await this.#threads.perform(order, signal);
    const { faults, uncorrected, decoder: used } = answer as Answer<"faults">;
    const listed = uncorrected.map(({ label, fired }) => ({ label, fired: [...fired] }));
    return { faults, uncorrected: listed, decoder: used, computeMs };
  }

  async decodeErrors(input: Input<"decodeErrors">, signal?: AbortSignal) {
    const { id, decoder = null, ...rest } = input;
    const order = { kind: "decode-errors", code: id, decoder, ...rest } as const;
    const { answer, computeMs } = await this.#threads.perform(order, signal);
    const { decoded, decoder: used } = answer as Answer<"decoded-errors">;
    return {
      ...decoded,
      fired: [...decoded.fired],
      pairs: decoded.pairs.map(([from, to]): [number, number | null] => [from, to]),
      correction: [...decoded.correction],
      rest: [...decoded.rest],
      logicalErrors: [...decoded.logicalErrors],
      decoder: used,
      computeMs,
    };
  }

  async sample(input: Input<"sampleStim">, signal?: AbortSignal) {
    const seed = input.seed ?? this.#host.randomSeed();
    const { source, shots, listed } = input;
    const order = { kind: "sample", source, shots, listed, seed } as const;
    const { answer, computeMs } = await this.#threads.perform(order, signal);
    const sampled = answer as Answer<"sampled">;
    return {
      size: sampled.size,
      shots,
      detectorRates: [...sampled.detectorRates],
      observableRates: [...sampled.observableRates],
      listed: [...sampled.listed],
      seed,
      computeMs,
    };
  }

  async model({ source, split }: Input<"stimModel">, signal?: AbortSignal) {
    const { answer, computeMs } = await this.#threads.perform(
      { kind: "model", source, split },
      signal,
    );
    const { text, mechanisms } = answer as Answer<"text">;
    return { dem: text, mechanisms, computeMs };
  }

  async importStim({ source }: Input<"importStim">, signal?: AbortSignal) {
    const { answer, computeMs } = await this.#threads.perform({ kind: "import", source }, signal);
    const { circuit, text, size } = answer as Answer<"imported">;
    // As the contract has it, which is the same but for what may be changed.
    return { circuit: circuit as unknown as CircuitInput, stim: text, size, computeMs };
  }

  async decodeModel({ dem, shots, decoder }: Input<"decodeModel">, signal?: AbortSignal) {
    const order = { kind: "decode-model", model: dem, shots, decoder } as const;
    const { answer, computeMs } = await this.#threads.perform(order, signal);
    const { shots: decoded } = answer as Answer<"decoded-model">;
    return {
      shots: decoded.map(({ observables, weight, edges }) => ({
        observables: [...observables],
        weight,
        edges: edges.map((edge) => ({
          detectors: [...edge.detectors],
          observables: [...observablesOf(edge.observables)],
        })),
      })),
      computeMs,
    };
  }

  /** Refuses what cannot be sampled before the stream begins. */
  threshold(
    input: z.output<typeof thresholdInputSchema>,
    signal?: AbortSignal,
  ): AsyncGenerator<ThresholdEvent> {
    const order = this.#thresholdOrder(input);
    return toldFailure(this.#follow(order, signal));
  }

  #thresholdOrder(input: z.output<typeof thresholdInputSchema>): ThresholdOrder {
    const seed = input.seed ?? this.#host.randomSeed();
    const { rounds = null, code } = input;
    try {
      const decoder = input.decoder ?? usualDecoder(code);
      for (const distance of input.distances) {
        const { noise, basis } = input;
        const size = { code, distance, noise, basis, rounds: rounds ?? distance };
        checkExperiment({ ...size, probability: 0.01 }, decoder);
      }
      return { ...input, decoder, rounds, seed };
    } catch (error) {
      throw problemOf(refusalOf(error, ""));
    }
  }

  async *#follow(
    order: ThresholdOrder,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<ThresholdEvent> {
    // What a slow reader skipped comes with the next event, each point at its newest.
    const changed = new Map<string, ThresholdPoint>();
    const events = streamJob<ThresholdAnswer, null>((onProgress, until) => {
      // A stream notices that its reader left when it has something to say: also while it waits.
      const beat = setInterval(() => onProgress(null), thresholdBeatMs);
      const hear = (point: ThresholdPoint): void => {
        changed.set(`${point.distance} ${point.probability}`, point);
        onProgress(null);
      };
      return this.#threads.threshold(order, until, hear).finally(() => clearInterval(beat));
    }, signal);
    for await (const event of events) {
      if (event.kind === "progress") {
        const points = [...changed.values()];
        changed.clear();
        yield { kind: "progress", points };
        continue;
      }
      const { points, crossings, computeMs } = event.output;
      yield {
        kind: "done",
        points: [...points],
        crossings: crossings.map(({ distances: [smaller, larger], ...places }) => ({
          distances: [smaller, larger],
          ...places,
        })),
        seed: order.seed,
        computeMs,
      };
    }
  }
}

/** A stream that has begun cannot answer with a status: what went wrong is its last event. */
async function* toldFailure(
  events: AsyncGenerator<ThresholdEvent>,
): AsyncGenerator<ThresholdEvent> {
  try {
    yield* events;
  } catch (error) {
    const problem = problemFrom(error);
    yield { kind: "failed", problem };
    // What nobody expected is recorded; that breaks the stream off.
    if (problem.code === "INTERNAL") throw error;
  }
}

function orderOf(input: z.output<typeof experimentInputSchema>): ExperimentOrder {
  const { id, distance, noise, probability, basis, badOrder, rounds = distance } = input;
  return { code: id, distance, noise, probability, basis, badOrder, rounds };
}

/** The code as the contract has it. */
function outwards(code: StabilizerCode) {
  return {
    ...code,
    places: code.places.map(([x, y]): [number, number] => [x, y]),
    stabilizers: code.stabilizers.map(({ factors, place: [x, y], schedule }) => ({
      factors: [...factors],
      place: [x, y] as [number, number],
      ...(schedule === undefined ? {} : { schedule: [...schedule] }),
    })),
    logicals: code.logicals.map((logical) => ({ x: [...logical.x], z: [...logical.z] })),
  };
}
