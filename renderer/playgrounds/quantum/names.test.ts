import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { angleSource, angleText, conditionName, itemName, partsOfGate } from "./names.ts";

const gate = { kind: "gate", name: "x", qubits: [1], controls: [], angles: [], power: 1 } as const;

describe("angles", () => {
  it.each([
    [0, "0", "0"],
    [Math.PI, "π", "pi"],
    [-Math.PI / 2, "−π/2", "-pi/2"],
    [(3 * Math.PI) / 4, "3π/4", "3*pi/4"],
    [0.1, "0.100", "0.1"],
    ["theta / 2 + pi", "theta/2+π", "theta / 2 + pi"],
  ])("%s is shown and typed", (angle, shown, typed) => {
    expect({ shown: angleText(angle), typed: angleSource(angle) }).toEqual({ shown, typed });
  });

  it("are typed as what reads back as the same number", () => {
    fc.assert(
      fc.property(fc.integer({ min: -300, max: 300 }), fc.integer({ min: 1, max: 64 }), (a, b) => {
        const angle = (a * Math.PI) / b;
        const written = angleSource(angle).replaceAll("pi", String(Math.PI));
        const [, sign = "", factor = "1*", pi = "1", below = "1"] =
          /^(-?)(\d+\*)?([\d.e-]+)(?:\/(\d+))?$/.exec(written) ?? [];
        const value =
          ((sign === "-" ? -1 : 1) * Number.parseFloat(factor) * Number(pi)) / Number(below);
        expect(value).toBeCloseTo(angle, 8);
      }),
    );
  });
});

describe("names", () => {
  it("tell controls in a gate's name from its targets", () => {
    expect(partsOfGate({ ...gate, name: "ccx", qubits: [0, 2, 1] })).toEqual({
      base: "x",
      targets: [1],
      controls: [
        { qubit: 0, value: 1 },
        { qubit: 2, value: 1 },
      ],
    });
    expect(partsOfGate({ ...gate, name: "cswap", qubits: [2, 0, 1] })).toMatchObject({
      base: "swap",
      targets: [0, 1],
    });
  });

  it("say what an item does, aloud", () => {
    const controls = [{ qubit: 0, value: 0 }] as const;
    expect(itemName({ ...gate, controls })).toBe("X on q1, where q0 is 0");
    expect(itemName({ kind: "measure", qubit: 2, bit: 1 })).toBe("measure q2 into c1");
    expect(itemName({ ...gate, name: "rz", angles: [Math.PI / 2], power: -1 })).toBe(
      "Rz(π/2) to the power -1 on q1",
    );
  });

  it("write conditions on one bit and on several", () => {
    const compare = { kind: "compare", operator: "==", value: 1 } as const;
    expect(conditionName({ ...compare, bits: [3] })).toBe("c3 == 1");
    expect(conditionName({ ...compare, bits: [0, 1, 2] })).toBe("c2…c0 == 1");
    expect(conditionName({ kind: "not", of: { ...compare, bits: [0] } })).toBe("not (c0 == 1)");
  });
});
