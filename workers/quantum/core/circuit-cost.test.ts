import { describe, expect, it } from "vitest";
import { circuitOf, gate, type Operation } from "./circuit.ts";
import { circuitCost } from "./circuit-cost.ts";
import { fourier } from "./algorithms/fourier.ts";

const costOf = (qubits: number, operations: readonly Operation[], bits = 0) =>
  circuitCost(circuitOf(qubits, operations, bits));

describe("the cost of a circuit", () => {
  it.each([1, 2, 5, 8])("of the Fourier transform of %i qubits is known by counting", (qubits) => {
    const register = Array.from({ length: qubits }, (_, at) => at);
    const swaps = Math.floor(qubits / 2);
    const turns = (qubits * (qubits - 1)) / 2;
    const { operations, twoQubit, byName } = costOf(qubits, fourier(register));
    expect(operations).toBe(qubits + turns + swaps);
    expect(twoQubit).toBe(turns + swaps);
    expect(byName).toEqual({
      h: qubits,
      ...(turns > 0 ? { cp: turns } : {}),
      ...(swaps > 0 ? { swap: swaps } : {}),
    });
  });

  it("depth is the longest chain, through qubits and bits", () => {
    expect(costOf(3, [gate("h", [0]), gate("h", [1]), gate("cx", [1, 2])]).depth).toBe(2);
    const conditional: Operation = {
      kind: "if",
      condition: { kind: "compare", bits: [0], operator: "==", value: 1 },
      whenTrue: [gate("x", [1]), gate("h", [1])],
      whenFalse: [gate("x", [1])],
    };
    const measured: Operation = { kind: "measure", qubit: 0, bit: 0 };
    expect(costOf(2, [gate("h", [0]), measured, conditional], 1).depth).toBe(4);
    expect(
      costOf(2, [gate("h", [0]), { kind: "barrier", qubits: [0, 1] }, gate("h", [1])]).depth,
    ).toBe(2);
    const noise: Operation = {
      kind: "noise",
      channel: { kind: "loss", probability: 0.1 },
      qubits: [0],
    };
    expect(costOf(1, [noise, gate("x", [0])])).toMatchObject({ depth: 1, operations: 2 });
  });

  it("loops and defined gates count as what they stand for", () => {
    const body = [gate("t", [0]), gate("cx", [0, 1])];
    const use = { ...gate("pair", [1, 2]), power: -3 };
    const controlled = { ...gate("pair", [1, 2]), controls: [{ qubit: 0, value: 1 as const }] };
    const circuit = {
      ...circuitOf(3, [{ kind: "repeat", count: 4, body }, use, controlled]),
      definitions: [{ name: "pair", qubits: 2, body }],
    };
    expect(circuitCost(circuit)).toMatchObject({
      operations: 8 + 6 + 2,
      byName: { t: 7, cx: 7, ct: 1, ccx: 1 },
      twoQubit: 4 + 3 + 1,
      manyQubit: 1,
      tCount: 7,
      depth: 8 + 6 + 2,
    });
    expect(() => costOf(1, [gate("pair", [0])])).toThrow(/there is no gate pair/);
    const endless = { name: "self", qubits: 1, body: [gate("self", [0])] };
    expect(() =>
      circuitCost({ ...circuitOf(1, [gate("self", [0])]), definitions: [endless] }),
    ).toThrow(/nest deeper than 32/);
  });

  it("T counts turns by odd eighths, by any name", () => {
    const eighth = Math.PI / 4;
    const operations = [
      gate("t", [0]),
      gate("tdg", [0]),
      gate("p", [0], [3 * eighth]),
      gate("rx", [0], [-eighth]),
      gate("p", [0], [2 * eighth]),
      gate("rz", [0], [0.3]),
      gate("cp", [0, 1], [eighth]),
    ];
    expect(costOf(2, operations).tCount).toBe(4);
  });

  it("memory is 16 or 8 bytes for each amplitude", () => {
    expect(costOf(24, []).memory).toEqual({
      stateVectorFloat64: 256 * 2 ** 20,
      stateVectorFloat32: 128 * 2 ** 20,
      densityMatrixFloat64: 2 ** 52,
    });
    expect(costOf(2_000, []).memory.stateVectorFloat64).toBeNull();
  });
});
