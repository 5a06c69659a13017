import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cycled, drawnErrors, errorsMax, readErrors, textOfErrors } from "./errors-text.ts";

const errors = fc
  .uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 20 })
  .chain((qubits) =>
    fc.tuple(
      ...qubits
        .toSorted((a, b) => a - b)
        .map((qubit) =>
          fc.record({ qubit: fc.constant(qubit), basis: fc.constantFrom("X", "Y", "Z") }),
        ),
    ),
  ) as fc.Arbitrary<{ qubit: number; basis: "X" | "Y" | "Z" }[]>;

describe("errors as text", () => {
  it("are read as they were written", () => {
    fc.assert(
      fc.property(errors, (list) => {
        expect(readErrors(textOfErrors(list), 41)).toEqual(list);
      }),
    );
  });

  it.each([
    ["X3 foo", /“foo” is no error/],
    ["X9", /no qubit 9: they go up to 8/],
    ["X1, Z1", /Qubit 1 is named twice/],
    ["X1 ".repeat(errorsMax + 1), /At most 200 errors/],
  ])("%s is refused with what would do", (text, message) => {
    expect(readErrors(text, 9)).toMatch(message);
  });

  it("may be in small letters, in any order, with commas", () => {
    expect(readErrors(" z4,  x1 ", 9)).toEqual([
      { qubit: 1, basis: "X" },
      { qubit: 4, basis: "Z" },
    ]);
  });
});

describe("a click on a qubit", () => {
  it("goes around all Paulis and leaves the other qubits alone", () => {
    fc.assert(
      fc.property(errors, fc.integer({ min: 0, max: 40 }), (list, qubit) => {
        const seen = new Set<string>();
        let now: readonly (typeof list)[number][] = list;
        for (let click = 0; click < 4; click++) {
          now = cycled(now, qubit, false);
          seen.add(now.find((error) => error.qubit === qubit)?.basis ?? "none");
        }
        expect(seen.size).toBe(4);
        expect(now).toEqual(list);
      }),
    );
  });

  it("on a bit-flip code is X or nothing", () => {
    const once = cycled([], 2, true);
    expect(once).toEqual([{ qubit: 2, basis: "X" }]);
    expect(cycled(once, 2, true)).toEqual([]);
  });
});

describe("drawn errors", () => {
  it("come with the chance, and never more than fit the address", () => {
    expect(drawnErrors(50, { chance: 0, seesOnlyX: false, draw: () => 0 })).toEqual([]);
    const all = drawnErrors(900, { chance: 1, seesOnlyX: true, draw: () => 0.5 });
    expect(all).toHaveLength(errorsMax);
    expect(all.every(({ basis }) => basis === "X")).toBe(true);
  });
});
