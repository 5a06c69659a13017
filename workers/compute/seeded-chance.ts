/** A seeded source of chance for whoever has no other: xoshiro128** (Blackman and Vigna 2018). */
import type { Chance } from "./chance.ts";

export function seededChance(seed: number): Chance {
  const state = Uint32Array.from({ length: 4 }, (_, index) => splitMix(seed, index + 1));
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(state[1]!, 5), 7), 9) >>> 0;
    const shifted = state[1]! << 9;
    state[2]! ^= state[0]!;
    state[3]! ^= state[1]!;
    state[1]! ^= state[2]!;
    state[0]! ^= state[3]!;
    state[2]! ^= shifted;
    state[3] = rotate(state[3]!, 11);
    return result;
  };
  return {
    // 26 and 27 bits make the 53 of a double.
    float: () => ((next() >>> 6) * 134_217_728 + (next() >>> 5)) / 9_007_199_254_740_992,
    below: (bound) => Math.floor((next() / 4_294_967_296) * bound),
  };
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** Murmur's finaliser over steps of the golden ratio: no seed gives the state of zeros. */
function splitMix(seed: number, step: number): number {
  let mixed = (seed + Math.imul(step, 0x9e_37_79_b9)) | 0;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85_eb_ca_6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35);
  return mixed ^ (mixed >>> 16);
}
