import fc from "fast-check";
import { expect, it } from "vitest";
import { digitFrom, imageSide } from "./digit-image.ts";

function drawing(width: number, height: number, inked: (x: number, y: number) => boolean) {
  const ink = Float32Array.from({ length: width * height }, (_, index) =>
    inked(index % width, Math.floor(index / width)) ? 1 : 0,
  );
  return { ink, width, height };
}

const boundsOf = (image: readonly number[]) => {
  const inked = image.flatMap((ink, index) => (ink > 0 ? [index] : []));
  const columns = inked.map((index) => index % imageSide);
  const rows = inked.map((index) => Math.floor(index / imageSide));
  return {
    width: Math.max(...columns) - Math.min(...columns) + 1,
    height: Math.max(...rows) - Math.min(...rows) + 1,
    middle: columns.reduce((sum, column) => sum + column, 0) / columns.length,
  };
};

it("nothing drawn is no digit", () => {
  expect(digitFrom(drawing(280, 280, () => false))).toBeNull();
});

it("a stroke anywhere fills twenty pixels and stands in the middle", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 100 }), (left, top) => {
      const image = digitFrom(
        drawing(280, 280, (x, y) => x >= left && x < left + 40 && y >= top && y < top + 120),
      );
      const bounds = boundsOf(image!);
      expect(bounds.height).toBe(20);
      expect(bounds.width).toBe(7);
      expect(Math.abs(bounds.middle - 13.5)).toBeLessThanOrEqual(0.5);
    }),
    { numRuns: 20 },
  );
});

it("a single dot is still an image of 784 values from 0 to 1", () => {
  const image = digitFrom(drawing(280, 280, (x, y) => x === 279 && y === 0));
  expect(image).toHaveLength(784);
  expect(image?.every((ink) => ink >= 0 && ink <= 1)).toBe(true);
});
