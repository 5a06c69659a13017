import { describe, expect, it } from "vitest";
import { boundaryEnd, type CodeView, pictureOf } from "./picture.ts";

const lattice: CodeView = {
  qubits: 4,
  places: [
    [1, 1],
    [3, 1],
    [1, 3],
    [3, 3],
  ],
  stabilizers: [
    { place: [2, 2], factors: [0, 1, 2, 3].map((qubit) => ({ qubit, basis: "X" as const })) },
    { place: [2, 0], factors: [0, 1].map((qubit) => ({ qubit, basis: "Z" as const })) },
  ],
};

describe("the picture of a code", () => {
  it("on a lattice goes around each check's qubits, and holds every place", () => {
    const { checks, qubits, width, height } = pictureOf(lattice);
    // Neighbours in the order of the corners are one step apart, never a diagonal.
    const corners = checks[0]!.corners;
    for (const [at, [x, y]] of corners.entries()) {
      const [nextX, nextY] = corners[(at + 1) % corners.length]!;
      expect(Math.min(Math.abs(nextX - x), Math.abs(nextY - y))).toBe(0);
    }
    for (const [x, y] of [...qubits, ...checks.map(({ place }) => place)]) {
      expect(x > 0 && x < width && y > 0 && y < height).toBe(true);
    }
    expect(checks.map(({ basis }) => basis)).toEqual(["X", "Z"]);
  });

  it("is two rows where checks would lie over one another", () => {
    const [first] = lattice.stabilizers;
    const twice = {
      ...lattice,
      stabilizers: [first!, { ...first!, factors: [{ qubit: 0, basis: "Y" as const }] }],
    };
    const { checks, qubits } = pictureOf(twice);
    expect(new Set(qubits.map(([, y]) => y)).size).toBe(1);
    expect(checks.map(({ spokes }) => spokes.length)).toEqual([4, 1]);
    expect(checks[1]!.basis).toBe("mixed");
  });

  it("ends a line to the boundary past the qubit that is corrected, or at the nearest edge", () => {
    const picture = pictureOf(lattice);
    const [check] = picture.checks;
    const [first] = picture.qubits;
    const [x, y] = boundaryEnd(check!, [first!], picture);
    expect([x + check!.place[0], y + check!.place[1]]).toEqual([2 * first![0], 2 * first![1]]);
    const [edgeX, edgeY] = boundaryEnd(check!, [], picture);
    expect([0, picture.width].includes(edgeX) || [0, picture.height].includes(edgeY)).toBe(true);
  });
});
