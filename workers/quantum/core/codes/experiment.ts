/** A memory experiment by its parameters: its circuit, its error model and a decoder for it. */
import type { Decoder } from "../decoders/decoder.ts";
import { checkTableSize, LookupDecoder } from "../decoders/lookup-decoder.ts";
import { MatchingDecoder } from "../decoders/matching-decoder.ts";
import { matchingGraph } from "../decoders/matching-graph.ts";
import { UnionFindDecoder } from "../decoders/union-find-decoder.ts";
import { analyse } from "../frames/analyse.ts";
import { type Plan, planOf } from "../frames/plan.ts";
import type { DetectorErrorModel } from "../stim/model.ts";
import { parseStim } from "../stim/parse-stim.ts";
import { buildCode, familyOf } from "./families.ts";
import { circuitExperiment, productExperiment } from "./memory-experiment.ts";
import type { StabilizerCode } from "./stabilizer-code.ts";
import { badOrder, rotatedSurfaceCode } from "./surface-codes.ts";

export const noiseModels = ["code-capacity", "phenomenological", "circuit"] as const;
export const decoderNames = ["matching", "union-find", "lookup"] as const;
export type NoiseModel = (typeof noiseModels)[number];
export type DecoderName = (typeof decoderNames)[number];

export interface ExperimentOrder {
  readonly code: string;
  readonly distance: number;
  readonly noise: NoiseModel;
  /** Physical error probability, from 0 to 0.5: of each kind of noise that the model has. */
  readonly probability: number;
  /** Code capacity has one round, whatever is asked for. */
  readonly rounds: number;
  /** What the circuit keeps; the other models keep both. */
  readonly basis: "X" | "Z";
  /** Exchanges the gates' order of a rotated surface code, so that hook errors halve its distance. */
  readonly badOrder?: boolean;
}

/** @throws RangeError when the code has no such experiment */
export function experimentText(order: ExperimentOrder): string {
  const { noise, probability, rounds, basis } = order;
  const code = codeOf(order);
  if (noise === "circuit") {
    return circuitExperiment(code, {
      rounds,
      basis,
      noise: {
        afterClifford: probability,
        beforeRound: probability,
        beforeMeasure: probability,
        afterReset: probability,
      },
    });
  }
  return noise === "code-capacity"
    ? productExperiment(code, { rounds: 1, data: probability, results: 0 })
    : productExperiment(code, { rounds, data: probability, results: probability });
}

/** @throws RangeError when there is no such code */
export function codeOf({
  code,
  distance,
  badOrder: isBad = false,
}: ExperimentOrder): StabilizerCode {
  if (!isBad) return buildCode(code, distance);
  if (code !== "rotated-surface") {
    throw new RangeError("only the rotated surface code has a bad order of its gates");
  }
  buildCode(code, distance);
  return rotatedSurfaceCode(distance, badOrder);
}

export interface Experiment {
  readonly text: string;
  readonly plan: Plan;
  readonly model: DetectorErrorModel;
}

export function openExperiment(order: ExperimentOrder): Experiment {
  const text = experimentText(order);
  const plan = planOf(parseStim(text));
  return { text, plan, model: analyse(plan) };
}

/**
 * Whether the experiment can be sampled and decoded, without analysing it.
 * @throws RangeError when it cannot, saying why
 */
export function checkExperiment(order: ExperimentOrder, decoder: DecoderName): void {
  checkMatchable(order.code, decoder);
  const { detectors, observables } = planOf(parseStim(experimentText(order)));
  if (decoder === "lookup") checkTableSize(detectors, observables);
}

/** The decoder that a family of codes is best served by. */
export function usualDecoder(code: string): DecoderName {
  return familyOf(code).isMatchable ? "matching" : "lookup";
}

/** @throws RangeError when matching would have to split hyperedges that it cannot decode */
export function decoderFor(code: string, name: DecoderName, model: DetectorErrorModel): Decoder {
  checkMatchable(code, name);
  return openDecoder(name, model);
}

function checkMatchable(code: string, decoder: DecoderName): void {
  const { isMatchable, title } = familyOf(code);
  if (decoder === "lookup" || isMatchable) return;
  throw new RangeError(
    `errors of the ${title} flip more than two checks of a kind: such hyperedges are not decoded ` +
      "by matching; use lookup",
  );
}

/** @throws HyperedgeError by matching and union-find; RangeError beyond a decoder's limits */
export function openDecoder(name: DecoderName, model: DetectorErrorModel): Decoder {
  switch (name) {
    case "matching":
      return new MatchingDecoder(matchingGraph(model));
    case "union-find":
      return new UnionFindDecoder(matchingGraph(model));
    default:
      return new LookupDecoder(model);
  }
}
