import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffLines } from "./line-diff.ts";

const texts = fc
  .array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 30 })
  .map((lines) => lines.join("\n"));

describe("the difference of two texts", () => {
  it("leads from one to the other, and back", () => {
    fc.assert(
      fc.property(texts, texts, (before, after) => {
        const lines = diffLines(before, after, 100);
        const side = (without: string) =>
          lines
            .filter(({ kind }) => kind !== without)
            .map(({ text }) => text)
            .join("\n");
        if (before === after) expect(lines).toEqual([]);
        else expect([side("added"), side("removed")]).toEqual([before, after]);
      }),
    );
  });

  it("keeps as many lines as can be kept", () => {
    const kinds = diffLines("a\nb\nc\nd", "b\nx\nd", 9).map(({ kind }) => kind);
    expect(kinds).toEqual(["removed", "same", "removed", "added", "same"]);
  });

  it("folds what is far from every change", () => {
    const same = Array.from({ length: 20 }, (_, line) => `${line}`);
    const lines = diffLines(same.join("\n"), [...same, "new"].join("\n"), 2);
    expect(lines.map(({ text }) => text)).toEqual(["18 lines the same", "18", "19", "new"]);
  });
});
