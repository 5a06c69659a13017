import { describe, expect, it } from "vitest";
import { bytesText, chooseMethod, type MethodWish, TooManyQubits } from "./choose-method.ts";
import { circuitOf, gate, type Operation } from "./circuit.ts";
import { denseQubitsMax, tableauQubitsMax } from "../contract-circuits.ts";
import { stabilizerQubitsMax } from "./limits.ts";
import { CircuitError } from "./primitive.ts";
import { sampleCircuit } from "./sample-circuit.ts";

const wish: MethodWish = { method: "auto", shots: 1_000, denseQubitsMax: 24, amplitudeBytes: 16 };
const noise: Operation = {
  kind: "noise",
  channel: { kind: "amplitude-damping", probability: 0.1 },
  qubits: [0],
};
const ghz = (qubits: number) =>
  circuitOf(qubits, [
    gate("h", [0]),
    ...Array.from({ length: qubits - 1 }, (_, at) => gate("cx", [at, at + 1])),
  ]);

describe("the method", () => {
  it("of a large Clifford circuit is the stabilizer tableau, in kilobytes", () => {
    const method = chooseMethod(ghz(1_000), wish);
    expect(method).toMatchObject({ name: "stabilizer", isOnce: true });
    expect(method.reason).toMatch(/every gate is Clifford/);
    expect(method.memoryBytes).toBeLessThan(2 ** 20);
  });

  it("of a small or not Clifford one is the state vector", () => {
    expect(chooseMethod(ghz(3), wish).name).toBe("state-vector");
    const { operations } = ghz(20);
    const method = chooseMethod(circuitOf(20, [...operations, gate("t", [3])]), wish);
    expect(method).toMatchObject({ name: "state-vector", memoryBytes: 16 * 2 ** 20, isOnce: true });
  });

  it("with noise depends on how many shots there are: trajectories or one density matrix", () => {
    const circuit = circuitOf(4, [...ghz(4).operations, noise, gate("t", [0])]);
    expect(chooseMethod(circuit, { ...wish, shots: 10 })).toMatchObject({
      name: "state-vector",
      isOnce: false,
    });
    expect(chooseMethod(circuit, { ...wish, shots: 1_000 })).toMatchObject({
      name: "density-matrix",
      isOnce: true,
    });
  });

  it("with amplitudes for qubits that are not fresh is shot by shot", () => {
    const initialise: Operation = { kind: "initialise", qubits: [1], amplitudes: [0.6, 0, 0.8, 0] };
    expect(chooseMethod(circuitOf(2, [initialise, gate("t", [1])]), wish).isOnce).toBe(true);
    const later = circuitOf(2, [...ghz(2).operations, initialise, gate("t", [1])]);
    expect(chooseMethod(later, { ...wish, method: "state-vector" }).isOnce).toBe(false);
    const { counts } = sampleCircuit(later, { shots: 2_000, seed: 1, method: "state-vector" });
    // Qubit 0 stays a fair coin, and qubit 1 no longer knows of it.
    expect(counts.size).toBe(4);
  });

  it("that does not fit is refused with the memory it needs and what would fit", () => {
    const circuit = circuitOf(60, [...ghz(60).operations, gate("t", [7])]);
    const refusal = () => chooseMethod(circuit, wish);
    expect(refusal).toThrow(TooManyQubits);
    expect(refusal).toThrow(/60 qubits takes 16 EiB/);
    expect(refusal).toThrow(
      /stabilizer method would fit, but the gate t on qubit 7 is not Clifford/,
    );
    expect(() => chooseMethod(ghz(60), { ...wish, method: "state-vector" })).toThrow(
      /the stabilizer method fits/,
    );
    expect(() => chooseMethod(ghz(13), { ...wish, method: "density-matrix" })).toThrow(
      /1 GiB.*trajectories/,
    );
    expect(() => chooseMethod(ghz(5_000), wish)).toThrow(/up to 4096 qubits/);
  });

  it("that was asked for and cannot do the circuit says why", () => {
    const stabilizer = { ...wish, method: "stabilizer" } as const;
    expect(() => chooseMethod(circuitOf(1, [noise]), stabilizer)).toThrow(CircuitError);
    expect(() => chooseMethod(circuitOf(1, [noise]), stabilizer)).toThrow(/amplitude-damping/);
  });
});

describe("the limits", () => {
  it("are those that the API tells", () => {
    expect([tableauQubitsMax, denseQubitsMax]).toEqual([stabilizerQubitsMax, wish.denseQubitsMax]);
  });
});

describe("memory", () => {
  it.each([
    [16, "16 B"],
    [16 * 2 ** 20, "16 MiB"],
    [1_536, "1.5 KiB"],
    [2 ** 71, "2^71 bytes"],
  ])("%d is %s", (bytes, text) => expect(bytesText(bytes)).toBe(text));
});
