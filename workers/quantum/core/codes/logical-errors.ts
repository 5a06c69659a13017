/** How often a decoder fails, counted over batches of sampled shots. */
import type { Decoder } from "../decoders/decoder.ts";
import { FrameSampler, type RandomWords } from "../frames/frame-sampler.ts";
import type { Plan } from "../frames/plan.ts";
import { batchShots } from "./limits.ts";

/** Detectors that fired, by shot, of a sampler's last batch. */
export function firedByShot(sampler: FrameSampler): readonly number[][] {
  const { words, detectors, plan } = sampler;
  const fired: number[][] = Array.from({ length: sampler.shots }, () => []);
  for (let detector = 0; detector < plan.detectors; detector++) {
    for (let word = 0; word < words; word++) {
      let bits = detectors[detector * words + word]!;
      while (bits !== 0) {
        const bit = 31 - Math.clz32(bits & -bits);
        fired[32 * word + bit]!.push(detector);
        bits &= bits - 1;
      }
    }
  }
  return fired;
}

/** Flipped observables of a shot, one bit each. */
export function observablesOfShot(sampler: FrameSampler, shot: number): number {
  const { words, observables, plan } = sampler;
  let bits = 0;
  for (let observable = 0; observable < plan.observables; observable++) {
    const word = observables[observable * words + (shot >> 5)]!;
    bits |= ((word >>> (shot & 31)) & 1) << observable;
  }
  return bits;
}

export interface Tally {
  readonly shots: number;
  /** Shots after which any observable was predicted wrongly. */
  readonly errors: number;
}

/**
 * Samples batches until there are `shotsMax` shots or `errorsMax` errors, whichever comes first; the last
 * batch is counted whole up to `shotsMax`. `report` hears the tally after each.
 */
export function countLogicalErrors(
  { plan, decoder }: { readonly plan: Plan; readonly decoder: Decoder },
  { shotsMax, errorsMax }: { readonly shotsMax: number; readonly errorsMax: number },
  random: RandomWords,
  report: (tally: Tally) => void = () => undefined,
): Tally {
  const sampler = new FrameSampler(plan, Math.min(batchShots, shotsMax), random);
  let [shots, errors] = [0, 0];
  while (shots < shotsMax && errors < errorsMax) {
    sampler.sample();
    const counted = Math.min(sampler.shots, shotsMax - shots);
    for (const [shot, fired] of firedByShot(sampler).slice(0, counted).entries()) {
      if (decoder.decode(fired) !== observablesOfShot(sampler, shot)) errors++;
    }
    shots += counted;
    report({ shots, errors });
  }
  return { shots, errors };
}

/** 95 % interval of a share (Wilson, J. Am. Stat. Assoc. 22, 209 (1927)). */
export function wilsonInterval({ shots, errors }: Tally): readonly [low: number, high: number] {
  if (shots === 0) return [0, 1];
  const z = 1.959963984540054;
  const share = errors / shots;
  const centre = share + z ** 2 / (2 * shots);
  const half = z * Math.sqrt((share * (1 - share)) / shots + z ** 2 / (4 * shots ** 2));
  const scale = 1 + z ** 2 / shots;
  // Rounding must not leave the range.
  const low = errors === 0 ? 0 : Math.max(0, (centre - half) / scale);
  const high = errors === shots ? 1 : Math.min(1, (centre + half) / scale);
  return [low, high];
}

/**
 * What one round fails with when `rounds` of them fail with `share`, each flipping the observable by
 * itself: share = (1 - (1 - 2 e)^rounds) / 2. At most 0.5.
 */
export function errorPerRound(share: number, rounds: number): number {
  return share >= 0.5 ? 0.5 : (1 - (1 - 2 * share) ** (1 / rounds)) / 2;
}
