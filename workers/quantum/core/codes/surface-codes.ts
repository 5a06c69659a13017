/** Kitaev's codes on a torus and, rotated, on a square with edges. */
import { product, type Place, type Stabilizer, type StabilizerCode } from "./stabilizer-code.ts";

type Corner = readonly [dx: number, dy: number];

/**
 * The order in which a helper meets its four neighbours. The last two of an X check lie across the
 * logical X, those of a Z check across the logical Z, so that a fault between them ("hook error")
 * makes no two steps towards it (Tomita and Svore, Phys. Rev. A 90, 062320 (2014), section III).
 */
export const goodOrder = {
  X: [
    [1, 1],
    [-1, 1],
    [1, -1],
    [-1, -1],
  ],
  Z: [
    [1, 1],
    [1, -1],
    [-1, 1],
    [-1, -1],
  ],
} as const satisfies Readonly<Record<"X" | "Z", readonly Corner[]>>;

/** Both orders exchanged: every hook error lies along a logical operator, which halves the distance. */
export const badOrder = { X: goodOrder.Z, Z: goodOrder.X };

/**
 * d^2 qubits at odd places of a square, checks at even ones, as Stim's `rotated_memory` has them; d is
 * odd. Z chains end at the left and right, X chains at the top and bottom.
 */
export function rotatedSurfaceCode(
  distance: number,
  order: Readonly<Record<"X" | "Z", readonly Corner[]>> = goodOrder,
): StabilizerCode {
  const at = (x: number, y: number): number | null => {
    const [column, row] = [(x - 1) / 2, (y - 1) / 2];
    const isInside = column >= 0 && column < distance && row >= 0 && row < distance;
    return isInside ? row * distance + column : null;
  };
  const stabilizers: Stabilizer[] = [];
  for (let row = 0; row <= distance; row++) {
    for (let column = 0; column <= distance; column++) {
      const isX = (row + column) % 2 === 1;
      const isAtSide = column === 0 || column === distance;
      const isAtTop = row === 0 || row === distance;
      if ((isAtSide && isX) || (isAtTop && !isX)) continue;
      const basis = isX ? "X" : "Z";
      const place: Place = [2 * column, 2 * row];
      const schedule = order[basis].map(([dx, dy]) => at(place[0] + dx, place[1] + dy));
      const qubits = schedule.filter((qubit) => qubit !== null);
      stabilizers.push({ factors: product(basis, qubits), place, schedule });
    }
  }
  const line = Array.from({ length: distance }, (_, step) => step);
  return {
    qubits: distance ** 2,
    logicalQubits: 1,
    distance,
    places: Array.from({ length: distance ** 2 }, (_, qubit) => [
      2 * (qubit % distance) + 1,
      2 * Math.floor(qubit / distance) + 1,
    ]),
    stabilizers,
    logicals: [
      {
        x: product(
          "X",
          line.map((step) => step * distance),
        ),
        z: product("Z", line),
      },
    ],
    seesOnlyX: false,
  };
}

/**
 * 2 d^2 qubits on the edges of a d by d square lattice whose sides are joined: X checks at its vertices,
 * Z checks at its faces (Kitaev, Ann. Phys. 303, 2 (2003)). Two encoded qubits.
 */
export function toricCode(distance: number): StabilizerCode {
  const size = 2 * distance;
  const around = (value: number) => (value + size) % size;
  // Vertices at even places, faces at odd ones, edges where one is even and one odd.
  const qubitAt = (x: number, y: number): number =>
    (around(y) * size + around(x) - (around(y) % 2 === 0 ? 1 : 0)) / 2;
  const steps: readonly Corner[] = [
    [0, -1],
    [-1, 0],
    [1, 0],
    [0, 1],
  ];
  const stabilizers: Stabilizer[] = [];
  const places: Place[] = [];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if ((x + y) % 2 === 1) {
        places[qubitAt(x, y)] = [x, y];
        continue;
      }
      const schedule = steps.map(([dx, dy]) => qubitAt(x + dx, y + dy));
      const basis = x % 2 === 0 ? "X" : "Z";
      stabilizers.push({ factors: product(basis, schedule), place: [x, y], schedule });
    }
  }
  const line = Array.from({ length: distance }, (_, step) => step);
  const along = (basis: "X" | "Z", place: (step: number) => Corner) =>
    product(
      basis,
      line.map((step) => qubitAt(...place(step))),
    );
  return {
    qubits: size * distance,
    logicalQubits: 2,
    distance,
    places,
    stabilizers,
    // Z along the edges of a line of vertices, X across the edges of a line of faces.
    logicals: [
      { x: along("X", (step) => [1, 2 * step]), z: along("Z", (step) => [2 * step + 1, 0]) },
      { x: along("X", (step) => [2 * step, 1]), z: along("Z", (step) => [0, 2 * step + 1]) },
    ],
    seesOnlyX: false,
  };
}
