/** Discrete-time quantum walks with a coin (Kempe 2003, Contemporary Physics 44, 307). */
import { type Circuit, circuitOf, type Control, gate, type Operation } from "../circuit.ts";
import { measurements } from "./oracles.ts";

/** Where the coin begins: up, down, or (|0> + i|1>) / sqrt 2, which goes both ways alike (section 3.2). */
export type Coin = "up" | "down" | "balanced";

const coinStates: Readonly<Record<Coin, (coin: number) => readonly Operation[]>> = {
  up: () => [],
  down: (coin) => [gate("x", [coin])],
  balanced: (coin) => [gate("h", [coin]), gate("s", [coin])],
};

/**
 * Steps on a cycle of 2^positions places, from place 0: the coin is tossed by H, then 0 goes one place
 * up and 1 one place down. A line, for as long as fewer than half the places are steps. The position
 * is in the low qubits and measured; the coin is the highest qubit.
 */
export function cycleWalk(positions: number, steps: number, start: Coin = "balanced"): Circuit {
  const coin = positions;
  const size = 2 ** positions;
  const qubits = Array.from({ length: positions }, (_, at) => at);
  const moved = (by: number, value: Control["value"]): Operation => ({
    kind: "permutation",
    label: by > 0 ? "up" : "down",
    images: Array.from({ length: size }, (_, place) => (place + by + size) % size),
    qubits,
    controls: [{ qubit: coin, value }],
  });
  const step = [gate("h", [coin]), moved(1, 0), moved(-1, 1)];
  return circuitOf(
    positions + 1,
    [
      ...coinStates[start](coin),
      { kind: "repeat", count: steps, body: step },
      ...measurements(positions),
    ],
    positions,
  );
}

/**
 * Steps on the hypercube of 2^coins dimensions with Grover's coin, 2/d - I, which treats all directions
 * alike (section 3.3; Moore and Russell 2002). The position is in the low qubits and measured.
 * @param coins qubits of the coin, 1 to 3: 2, 4 or 8 dimensions
 */
export function hypercubeWalk(coins: number, steps: number): Circuit {
  const dimensions = 2 ** coins;
  const coin = Array.from({ length: coins }, (_, at) => dimensions + at);
  const toss = Array.from({ length: dimensions ** 2 }, (_, at) => [
    2 / dimensions - (at % (dimensions + 1) === 0 ? 1 : 0),
    0,
  ]).flat();
  const directions = Array.from({ length: dimensions }, (_, direction): Operation => {
    const controls = coin.map((qubit, place): Control => ({
      qubit,
      value: ((direction >> place) & 1) === 1 ? 1 : 0,
    }));
    return { ...gate("x", [direction]), controls };
  });
  return circuitOf(
    dimensions + coins,
    [
      ...coin.map((qubit) => gate("h", [qubit])),
      {
        kind: "repeat",
        count: steps,
        body: [
          { kind: "unitary", label: "Grover's coin", elements: toss, qubits: coin },
          ...directions,
        ],
      },
      ...measurements(dimensions),
    ],
    dimensions,
  );
}
