/** What every decoder does. */

/** An edge of a correction: two detectors, or one and the boundary. */
export interface CorrectionEdge {
  readonly detectors: readonly [number] | readonly [number, number];
  readonly observables: number;
}

export interface Explanation {
  readonly observables: number;
  /** Sum of ln((1 - p) / p) over the edges; null where edges are not what is decided by. */
  readonly weight: number | null;
  /** Detectors that were matched, each with another or with the boundary (null). */
  readonly pairs: readonly (readonly [number, number | null])[];
  readonly edges: readonly CorrectionEdge[];
}

export interface Decoder {
  /**
   * Which observables are likely flipped, one bit each, when these detectors fired, each named once.
   * @throws RangeError when no errors of the model explain them
   */
  decode(fired: readonly number[]): number;
  /** The same with its reasons. */
  explain(fired: readonly number[]): Explanation;
}
