import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { prepareImage } from "./image-input.ts";

const shape = [28, 28];

describe("an image for the classifier", () => {
  it("stays as it is when it fits", () => {
    const data = Array.from({ length: 784 }, (_, index) => (index % 2) / 2);
    expect(prepareImage(data, shape)).toEqual({
      pixels: Float32Array.from(data),
      resampled: null,
      scaled: "none",
    });
  });

  it("is stretched from a line of values, ends in place", () => {
    const { pixels, resampled, scaled } = prepareImage([1, 2, 3, 4, 5], shape);
    expect({ resampled, scaled }).toEqual({
      resampled: { from: 5, to: 784, method: "linear" },
      scaled: "8-bit",
    });
    expect([pixels[0], pixels[783]]).toEqual([Math.fround(1 / 255), Math.fround(5 / 255)]);
    expect(Array.from(pixels)).toEqual(Array.from(pixels).toSorted((a, b) => a - b));
  });

  it("is resized from a square, its corners in place", () => {
    const corners = prepareImage([0, 1, 0.5, 0.25], shape);
    expect(corners.resampled).toEqual({ from: 4, to: 784, method: "bilinear" });
    expect([0, 27, 27 * 28, 783].map((index) => corners.pixels[index])).toEqual([0, 1, 0.5, 0.25]);
  });

  it("always has its shape and values from 0 to 1", () => {
    const data = fc.array(fc.double({ min: -1e100, max: 1e100, noNaN: true }), {
      minLength: 1,
      maxLength: 100,
    });
    fc.assert(
      fc.property(data, (values) => {
        const { pixels } = prepareImage(values, shape);
        expect(pixels).toHaveLength(784);
        expect(pixels.every((pixel) => pixel >= 0 && pixel <= 1)).toBe(true);
      }),
    );
  });
});
