/**
 * Maximum likelihood for small models: the exact chance of each syndrome together with each flip of the
 * observables, hyperedges included.
 */
import type { DetectorErrorModel } from "../stim/model.ts";
import type { Decoder, Explanation } from "./decoder.ts";
import { lookupBitsMax } from "./limits.ts";

/** @throws RangeError beyond `lookupBitsMax` detectors and observables */
export function checkTableSize(detectors: number, observables: number): void {
  if (detectors + observables <= lookupBitsMax) return;
  throw new RangeError(
    `a lookup table has at most ${lookupBitsMax} detectors and observables, not ` +
      `${detectors + observables}; decode by matching, or with fewer rounds`,
  );
}

export class LookupDecoder implements Decoder {
  readonly #detectors: number;
  readonly #observables: number;
  /** The chance of syndrome s and flips f at s + f 2^detectors. */
  readonly #chances: Float64Array;

  /** @throws RangeError beyond `lookupBitsMax` detectors and observables */
  constructor(model: DetectorErrorModel) {
    const { detectors, observables } = model;
    checkTableSize(detectors, observables);
    this.#detectors = detectors;
    this.#observables = observables;
    this.#chances = new Float64Array(2 ** (detectors + observables));
    this.#chances[0] = 1;
    for (const { probability, symptoms } of model.mechanisms) {
      this.#happen(probability, this.#place(symptoms.detectors, symptoms.observables));
    }
  }

  decode(fired: readonly number[]): number {
    return this.#likeliest(this.#place(fired, 0)).observables;
  }

  explain(fired: readonly number[]): Explanation {
    return { observables: this.decode(fired), weight: null, pairs: [], edges: [] };
  }

  /** The exact chance that decoding fails in this model. */
  failureChance(): number {
    let right = 0;
    for (let syndrome = 0; syndrome < 2 ** this.#detectors; syndrome++) {
      right += this.#likeliest(syndrome).chance;
    }
    return Math.max(0, 1 - right);
  }

  #place(detectors: readonly number[], observables: number): number {
    const syndrome = detectors.reduce((bits, detector) => {
      if (detector < this.#detectors) return bits ^ (1 << detector);
      throw new RangeError(`there is no detector D${detector}`);
    }, 0);
    return syndrome | (observables << this.#detectors);
  }

  #happen(probability: number, change: number): void {
    const chances = this.#chances;
    if (change === 0) return;
    for (let place = 0; place < chances.length; place++) {
      const other = place ^ change;
      if (other < place) continue;
      const [here, there] = [chances[place]!, chances[other]!];
      chances[place] = here + probability * (there - here);
      chances[other] = there + probability * (here - there);
    }
  }

  #likeliest(syndrome: number): { readonly observables: number; readonly chance: number } {
    let [observables, chance] = [0, 0];
    for (let flips = 0; flips < 2 ** this.#observables; flips++) {
      const own = this.#chances[syndrome | (flips << this.#detectors)]!;
      if (own > chance) [observables, chance] = [flips, own];
    }
    return { observables, chance };
  }
}
