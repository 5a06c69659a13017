/** The repetition code and the first codes that correct any error of one qubit. */
import { type Product, product, productOfLetters, type StabilizerCode } from "./stabilizer-code.ts";

/** d qubits in a row; neighbours must agree. It corrects bit flips alone. */
export function repetitionCode(distance: number): StabilizerCode {
  const qubits = Array.from({ length: distance }, (_, at) => at);
  return {
    qubits: distance,
    logicalQubits: 1,
    distance,
    // As Stim has it: data at even places, what measures them between.
    places: qubits.map((at) => [2 * at, 0]),
    stabilizers: qubits.slice(1).map((at) => ({
      factors: product("Z", [at - 1, at]),
      place: [2 * at - 1, 0],
      schedule: [at - 1, at],
    })),
    logicals: [{ x: product("X", qubits), z: product("Z", [distance - 1]) }],
    seesOnlyX: true,
  };
}

/** Laflamme et al., Phys. Rev. Lett. 77, 198 (1996). */
export function fiveQubitCode(): StabilizerCode {
  const letters = ["XZZXI", "IXZZX", "XIXZZ", "ZXIXZ"];
  return inCircle(5, 1, 3, letters.map(productOfLetters), {
    x: productOfLetters("XXXXX"),
    z: productOfLetters("ZZZZZ"),
  });
}

/** Steane, Proc. R. Soc. A 452, 2551 (1996): the Hamming code twice. */
export function steaneCode(): StabilizerCode {
  const rows = [
    [3, 4, 5, 6],
    [1, 2, 5, 6],
    [0, 2, 4, 6],
  ];
  const stabilizers = (["X", "Z"] as const).flatMap((basis) =>
    rows.map((row) => product(basis, row)),
  );
  return inCircle(7, 1, 3, stabilizers, { x: product("X", [0, 1, 2]), z: product("Z", [0, 1, 2]) });
}

/** Shor, Phys. Rev. A 52, R2493 (1995): three bit-flip codes inside a phase-flip code. */
export function shorCode(): StabilizerCode {
  const pairs = [0, 1, 3, 4, 6, 7].map((first) => product("Z", [first, first + 1]));
  const blocks = [0, 3].map((first) =>
    product(
      "X",
      Array.from({ length: 6 }, (_, at) => first + at),
    ),
  );
  return {
    qubits: 9,
    logicalQubits: 1,
    distance: 3,
    places: Array.from({ length: 9 }, (_, at) => [2 * (at % 3), 2 * Math.floor(at / 3)] as const),
    stabilizers: [...pairs, ...blocks].map((factors) => ({
      factors,
      place: centre(factors, (qubit) => [2 * (qubit % 3), 2 * Math.floor(qubit / 3)]),
    })),
    logicals: [{ x: product("Z", [0, 3, 6]), z: product("X", [0, 1, 2]) }],
    seesOnlyX: false,
  };
}

function inCircle(
  qubits: number,
  logicalQubits: number,
  distance: number,
  stabilizers: readonly Product[],
  logical: { readonly x: Product; readonly z: Product },
): StabilizerCode {
  const placeOf = (qubit: number): [number, number] => {
    const angle = (2 * Math.PI * qubit) / qubits;
    return [rounded(3 * Math.sin(angle)), rounded(-3 * Math.cos(angle))];
  };
  return {
    qubits,
    logicalQubits,
    distance,
    places: Array.from({ length: qubits }, (_, qubit) => placeOf(qubit)),
    stabilizers: stabilizers.map((factors) => ({ factors, place: centre(factors, placeOf) })),
    logicals: [logical],
    seesOnlyX: false,
  };
}

function centre(
  factors: Product,
  placeOf: (qubit: number) => readonly [number, number],
): readonly [number, number] {
  const places = factors.map(({ qubit }) => placeOf(qubit));
  const mean = (axis: 0 | 1) =>
    rounded(places.reduce((sum, place) => sum + place[axis], 0) / places.length);
  return [mean(0), mean(1)];
}

function rounded(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
