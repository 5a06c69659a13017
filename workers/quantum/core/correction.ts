/** Error correction on order: everything that the API asks for but thresholds, which report on the way. */
import { Random } from "../../cluster/random.ts";
import type { Circuit } from "./circuit.ts";
import { type DecodedErrors, decodeErrors } from "./codes/decode-errors.ts";
import {
  codeOf,
  decoderFor,
  type DecoderName,
  type ExperimentOrder,
  experimentText,
  openDecoder,
  openExperiment,
  usualDecoder,
} from "./codes/experiment.ts";
import { injectFaults } from "./codes/fault-injection.ts";
import { firedByShot, observablesOfShot } from "./codes/logical-errors.ts";
import {
  batchShots,
  listedFaultsMax,
  printedMechanismsMax,
  ratedDetectorsMax,
} from "./codes/limits.ts";
import type { Product, StabilizerCode } from "./codes/stabilizer-code.ts";
import type { CorrectionEdge } from "./decoders/decoder.ts";
import { analyse } from "./frames/analyse.ts";
import { FrameSampler } from "./frames/frame-sampler.ts";
import { detectorCoordinates, type Plan, planOf } from "./frames/plan.ts";
import { referenceSample } from "./frames/reference-sample.ts";
import { followBackwards } from "./frames/sensitivity.ts";
import { HyperedgeError, splitHyperedges } from "./frames/split-hyperedges.ts";
import { toCircuit } from "./frames/to-circuit.ts";
import { type DetectorErrorModel, observablesOf } from "./stim/model.ts";
import { parseDem, printDem } from "./stim/parse-dem.ts";
import { parseStim } from "./stim/parse-stim.ts";
import { printStim } from "./stim/print-stim.ts";
import { StimError } from "./stim/stim-error.ts";
import { foldDem, unfoldDem } from "./stim/unfold-dem.ts";

export type CorrectionOrder =
  | { readonly kind: "experiment"; readonly order: ExperimentOrder; readonly withModel: boolean }
  | {
      readonly kind: "faults";
      readonly order: ExperimentOrder;
      readonly decoder: DecoderName | null;
    }
  | {
      readonly kind: "decode-errors";
      readonly code: string;
      readonly distance: number;
      readonly errors: Product;
      readonly decoder: DecoderName | null;
      readonly probability: number;
    }
  | {
      readonly kind: "sample";
      readonly source: string;
      readonly shots: number;
      /** The first shots' measurements are listed, that many. */
      readonly listed: number;
      readonly seed: number;
    }
  | { readonly kind: "model"; readonly source: string; readonly split: boolean }
  | { readonly kind: "import"; readonly source: string }
  | {
      readonly kind: "decode-model";
      readonly model: string;
      readonly shots: readonly (readonly number[])[];
      readonly decoder: DecoderName;
    };

interface Size {
  readonly qubits: number;
  readonly measurements: number;
  readonly detectors: number;
  readonly observables: number;
}

interface Mistake {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type CorrectionAnswer =
  | {
      readonly kind: "experiment";
      readonly code: StabilizerCode;
      readonly text: string;
      readonly size: Size;
      readonly coordinates: readonly (readonly number[])[];
      /** Null when it was not asked for. */
      readonly model: string | null;
    }
  | {
      readonly kind: "faults";
      readonly faults: number;
      readonly uncorrected: readonly {
        readonly label: string;
        readonly fired: readonly number[];
      }[];
      readonly decoder: DecoderName;
    }
  | {
      readonly kind: "decoded-errors";
      readonly decoded: DecodedErrors;
      readonly decoder: DecoderName;
    }
  | {
      readonly kind: "sampled";
      readonly size: Size;
      readonly detectorRates: readonly number[];
      readonly observableRates: readonly number[];
      /** Measurements of a shot, the first one first. */
      readonly listed: readonly string[];
    }
  | { readonly kind: "text"; readonly text: string; readonly mechanisms: number }
  | {
      readonly kind: "imported";
      readonly circuit: Circuit;
      readonly text: string;
      readonly size: Size;
    }
  | {
      readonly kind: "decoded-model";
      readonly shots: readonly {
        readonly observables: readonly number[];
        readonly weight: number | null;
        readonly edges: readonly CorrectionEdge[];
      }[];
    }
  | Refusal;

export interface Refusal {
  readonly kind: "refused";
  readonly why: "text" | "hyperedge" | "order";
  readonly message: string;
  readonly mistakes: readonly Mistake[];
}

export function performCorrection(order: CorrectionOrder): CorrectionAnswer {
  try {
    return answerTo(order);
  } catch (error) {
    return refusalOf(error, "source" in order ? order.source : "model" in order ? order.model : "");
  }
}

/** What is wrong with an order; anything else is a fault of ours and thrown on. */
export function refusalOf(error: unknown, source: string): Refusal {
  if (error instanceof StimError) {
    const { line, column, message, hint } = error;
    const mistake = {
      line,
      column,
      message: hint === undefined ? message : `${message} (${hint})`,
    };
    return { kind: "refused", why: "text", message: error.render(source), mistakes: [mistake] };
  }
  if (!(error instanceof RangeError)) throw error;
  const why = error instanceof HyperedgeError ? "hyperedge" : "order";
  return { kind: "refused", why, message: error.message, mistakes: [] };
}

function answerTo(order: CorrectionOrder): CorrectionAnswer {
  switch (order.kind) {
    case "experiment": {
      const text = experimentText(order.order);
      const plan = planOf(parseStim(text));
      return {
        kind: "experiment",
        code: codeOf(order.order),
        text,
        size: sizeOf(plan),
        coordinates: detectorCoordinates(plan).slice(0, ratedDetectorsMax),
        model: order.withModel ? printed(analyse(plan)) : null,
      };
    }
    case "faults": {
      const { plan, model } = openExperiment(order.order);
      const decoder = order.decoder ?? usualDecoder(order.order.code);
      const opened = decoderFor(order.order.code, decoder, model);
      const { faults, uncorrected } = injectFaults(plan, opened, listedFaultsMax);
      const listed = uncorrected.map(({ label, detectors }) => ({
        label: label(),
        fired: detectors,
      }));
      return { kind: "faults", faults, uncorrected: listed, decoder };
    }
    case "decode-errors": {
      const decoder = order.decoder ?? usualDecoder(order.code);
      return { kind: "decoded-errors", decoded: decodeErrors({ ...order, decoder }), decoder };
    }
    case "sample":
      return sample(order);
    case "model": {
      const model = analyse(planOf(parseStim(order.source)));
      const text = printed(order.split ? splitHyperedges(model) : model);
      return { kind: "text", text, mechanisms: model.mechanisms.length };
    }
    case "import": {
      const read = parseStim(order.source);
      const plan = planOf(read);
      return {
        kind: "imported",
        circuit: toCircuit(plan),
        text: printStim(read),
        size: sizeOf(plan),
      };
    }
    default: {
      const decoder = openDecoder(order.decoder, unfoldDem(parseDem(order.model)));
      return {
        kind: "decoded-model",
        shots: order.shots.map((fired, shot) => {
          if (new Set(fired).size < fired.length) {
            throw new RangeError(`a detector stands twice in shot ${shot}`);
          }
          const { observables, weight, edges } = decoder.explain(fired);
          return { observables: observablesOf(observables), weight, edges };
        }),
      };
    }
  }
}

function sizeOf({ qubits, measurements, detectors, observables }: Plan): Size {
  return { qubits, measurements, detectors, observables };
}

function printed(model: DetectorErrorModel): string {
  if (model.mechanisms.length > printedMechanismsMax) {
    throw new RangeError(
      `the model has ${model.mechanisms.length} mechanisms; up to ${printedMechanismsMax} are written`,
    );
  }
  return printDem(foldDem(model));
}

function sample(order: Extract<CorrectionOrder, { kind: "sample" }>): CorrectionAnswer {
  const plan = planOf(parseStim(order.source));
  followBackwards(plan);
  const sampler = new FrameSampler(plan, Math.min(batchShots, order.shots), new Random(order.seed));
  const reference = order.listed > 0 ? referenceSample(plan) : new Uint8Array();
  const fired = new Float64Array(plan.detectors);
  const flipped = new Float64Array(plan.observables);
  const listed: string[] = [];
  for (let done = 0; done < order.shots; done += sampler.shots) {
    sampler.sample();
    const counted = Math.min(sampler.shots, order.shots - done);
    for (const [shot, detectors] of firedByShot(sampler).slice(0, counted).entries()) {
      for (const detector of detectors) fired[detector]!++;
      for (const observable of observablesOf(observablesOfShot(sampler, shot))) {
        flipped[observable]!++;
      }
      if (listed.length < order.listed) listed.push(measurementsOf(sampler, reference, shot));
    }
  }
  const rate = (count: number) => count / order.shots;
  return {
    kind: "sampled",
    size: sizeOf(plan),
    detectorRates: Array.from(fired.subarray(0, ratedDetectorsMax), rate),
    observableRates: Array.from(flipped, rate),
    listed,
  };
}

function measurementsOf(sampler: FrameSampler, reference: Uint8Array, shot: number): string {
  const { records, words } = sampler;
  return Array.from(reference, (value, record) => {
    const flip = (records[record * words + (shot >> 5)]! >>> (shot & 31)) & 1;
    return value ^ flip;
  }).join("");
}
