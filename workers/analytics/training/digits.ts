/** The handwritten digits of the lab: digit `index % 10` at place `index`. */
import { brotliDecompress } from "node:zlib";
import { promisify } from "node:util";
import { type DigitSource, digitSide } from "./data-sets.ts";

export async function readLabDigits(): Promise<DigitSource> {
  const { default: file } = await import("../../../resources/models/lab-digits.json", {
    with: { type: "json" },
  });
  const packed = await promisify(brotliDecompress)(Buffer.from(file.data, "base64"));
  const pixels = new Uint8Array(file.count * digitSide ** 2);
  packed.forEach((byte, index) => {
    pixels[2 * index] = (byte >> 4) * 17;
    pixels[2 * index + 1] = (byte & 15) * 17;
  });
  return { pixels, labels: Uint8Array.from({ length: file.count }, (_, index) => index % 10) };
}
