/**
 * Hyperedges as sums of edges. Matching decoders know only mechanisms that flip one or two detectors;
 * a Y error of a CSS code flips up to four, and is an X and a Z error together. A hyperedge that is no
 * sum of known edges is refused by name: leaving it out would give wrong numbers in silence.
 */
import {
  combined,
  type DetectorErrorModel,
  type Mechanism,
  observablesOf,
  type Symptoms,
} from "../stim/model.ts";
import { hyperedgeDetectorsMax, splitTrialsMax } from "./limits.ts";

/** A model with a mechanism that no edges add up to. */
export class HyperedgeError extends RangeError {
  readonly symptoms: Symptoms;

  constructor(symptoms: Symptoms, message: string) {
    super(message);
    this.name = "HyperedgeError";
    this.symptoms = symptoms;
  }
}

const isEdge = ({ detectors }: Symptoms): boolean => detectors.length <= 2;

export function symptomsText({ detectors, observables }: Symptoms): string {
  const names = [
    ...detectors.map((detector) => `D${detector}`),
    ...observablesOf(observables).map((observable) => `L${observable}`),
  ];
  return names.join(" ");
}

/**
 * Every mechanism with parts that flip at most two detectors. Parts that are given already are kept
 * where they are edges.
 * @throws HyperedgeError naming the mechanism when a hyperedge has no split
 */
export function splitHyperedges(model: DetectorErrorModel): DetectorErrorModel {
  const edges = new Map<number, Symptoms[]>();
  const known = new Set<string>();
  const learn = (symptoms: Symptoms): void => {
    const key = symptomsText(symptoms);
    if (!isEdge(symptoms) || symptoms.detectors.length === 0 || known.has(key)) return;
    known.add(key);
    for (const detector of symptoms.detectors) {
      const list = edges.get(detector);
      if (list === undefined) edges.set(detector, [symptoms]);
      else list.push(symptoms);
    }
  };
  for (const { parts } of model.mechanisms) parts.forEach(learn);
  const splits = new Map<string, readonly Symptoms[]>();
  const mechanisms = model.mechanisms.map((mechanism): Mechanism => {
    if (mechanism.parts.every(isEdge)) return mechanism;
    const parts = mechanism.parts.flatMap((part) => {
      if (isEdge(part)) return [part];
      const key = symptomsText(part);
      const split = splits.get(key) ?? splitOf(part, edges);
      splits.set(key, split);
      return split;
    });
    return { ...mechanism, parts };
  });
  return { ...model, mechanisms };
}

function splitOf(whole: Symptoms, edges: ReadonlyMap<number, Symptoms[]>): readonly Symptoms[] {
  const refuse = (why: string): HyperedgeError =>
    new HyperedgeError(
      whole,
      `the mechanism "${symptomsText(whole)}" flips ${whole.detectors.length} detectors and ${why}; ` +
        "matching cannot decode it, and leaving it out would falsify the result",
    );
  if (whole.detectors.length > hyperedgeDetectorsMax) {
    throw refuse(`splits are looked for up to ${hyperedgeDetectorsMax}`);
  }
  let trials = 0;
  const search = (rest: Symptoms): readonly Symptoms[] | null => {
    const [first] = rest.detectors;
    if (first === undefined) return rest.observables === 0 ? [] : null;
    if (++trials > splitTrialsMax) throw refuse("its split was not found in time");
    // Pairs first: fewer parts are likelier.
    const candidates = (edges.get(first) ?? [])
      .filter(({ detectors }) => detectors.every((detector) => rest.detectors.includes(detector)))
      .toSorted((a, b) => b.detectors.length - a.detectors.length);
    for (const edge of candidates) {
      const others = search(combined(rest, edge));
      if (others !== null) return [edge, ...others];
    }
    return null;
  };
  const split = search(whole);
  if (split === null) throw refuse("is no sum of mechanisms that flip one or two");
  return split;
}
