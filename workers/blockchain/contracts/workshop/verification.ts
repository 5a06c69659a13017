/** Whether the code at an address is what sources compile to. */
import type { ContractArtefact, Hex } from "../artefact.ts";
import {
  bytesOfObject,
  filledRanges,
  firstDifference,
  metadataRange,
} from "../debug/code-match.ts";

export interface Verification {
  readonly match: "exact" | "without metadata" | "none";
  readonly sentence: string;
  /** The first byte that differs; null for a match. */
  readonly firstDifference: number | null;
  readonly codeBytes: number;
  readonly expectedBytes: number;
  /** By the name of the variable, as the deployed code has them. */
  readonly immutables: readonly { readonly name: string; readonly value: Hex }[];
  /** By file:library, where the code calls them. */
  readonly libraries: readonly { readonly library: string; readonly address: Hex }[];
}

/** @param nameOf names of immutable variables by the ids of their nodes */
export function verify(
  { runtime }: ContractArtefact,
  code: Uint8Array,
  nameOf: (id: number) => string,
): Verification {
  const template = bytesOfObject(runtime.object);
  const ignored = filledRanges(runtime, template);
  const hexAt = ({ start, length }: { start: number; length: number }): Hex =>
    `0x${Buffer.from(code.subarray(start, start + length)).toString("hex")}`;
  const sizes = { codeBytes: code.length, expectedBytes: template.length };
  const immutables = Object.entries(runtime.immutables).flatMap(([id, [range]]) =>
    range === undefined ? [] : [{ name: nameOf(Number(id)), value: hexAt(range) }],
  );
  const libraries = Object.entries(runtime.links).flatMap(([library, [range]]) =>
    range === undefined ? [] : [{ library, address: hexAt(range) }],
  );
  const found = { ...sizes, immutables, libraries };
  if (code.length === 0) {
    const sentence = "There is no code at the address.";
    return { match: "none", sentence, firstDifference: 0, ...sizes, immutables: [], libraries: [] };
  }
  const isSameLength = code.length === template.length;
  const difference = firstDifference(template, code, ignored);
  if (isSameLength && difference === null) {
    const sentence = "The code is exactly what the sources compile to.";
    return { match: "exact", sentence, firstDifference: null, ...found };
  }
  const metadata = metadataRange(template);
  const end = metadata?.start ?? template.length;
  const rest = firstDifference(template.subarray(0, end), code.subarray(0, end), ignored);
  const theirs = metadataRange(code);
  if (rest === null && metadata !== null && theirs?.start === metadata.start) {
    const sentence =
      "The code is what the sources compile to; its metadata differ, as with other comments, names of files or settings.";
    return { match: "without metadata", sentence, firstDifference: null, ...found };
  }
  const at = rest ?? difference ?? Math.min(code.length, template.length);
  const lengths = isSameLength ? "" : ` It has ${code.length} bytes instead of ${template.length}.`;
  const sentence = `The code is another: it first differs at byte ${at}.${lengths}`;
  return { match: "none", sentence, firstDifference: at, ...sizes, immutables: [], libraries: [] };
}
