import type { Chance } from "../../workers/compute/chance.ts";
import { imagePixels, imageSide } from "./digit-data.ts";

const shiftMax = 2;

/** Moves an image by up to two pixels each way, so that a digit off its centre is learned too. */
export function shiftImage(image: Float32Array, chance: Chance): void {
  const right = chance.below(2 * shiftMax + 1) - shiftMax;
  const down = chance.below(2 * shiftMax + 1) - shiftMax;
  const moved = new Float32Array(imagePixels);
  for (let row = 0; row < imageSide; row++) {
    const fromRow = row - down;
    if (fromRow < 0 || fromRow >= imageSide) continue;
    for (let column = 0; column < imageSide; column++) {
      const fromColumn = column - right;
      if (fromColumn < 0 || fromColumn >= imageSide) continue;
      moved[row * imageSide + column] = image[fromRow * imageSide + fromColumn]!;
    }
  }
  image.set(moved);
}
