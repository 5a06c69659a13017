/**
 * Memory experiments as .stim circuits: an encoded state is kept for some rounds, its checks are
 * measured, and at the end its observables are compared with what they were.
 */
import { roundsMax } from "./limits.ts";
import {
  type Product,
  productText,
  type Stabilizer,
  type StabilizerCode,
} from "./stabilizer-code.ts";

/** Probabilities from 0 to 1. */
export interface CircuitNoise {
  readonly afterClifford: number;
  readonly beforeRound: number;
  readonly beforeMeasure: number;
  readonly afterReset: number;
}

/**
 * Checks are measured as products, with no circuit of their own. `data` acts on each data qubit before
 * each round: depolarising, or bit flips where the code sees nothing else; `results` flips what the
 * checks show. With results certain and one round this is code capacity, otherwise phenomenological
 * noise (Dennis et al., J. Math. Phys. 43, 4452 (2002), sections 4.1 and 4.3); a last round is certain.
 *
 * The encoded qubits are entangled with one reference qubit each, so that logical Z (observable 2i) and
 * logical X (2i + 1) are known together. Bit-flip codes have logical Z alone, observable i.
 */
export function productExperiment(
  code: StabilizerCode,
  { rounds, data, results }: { rounds: number; data: number; results: number },
): string {
  checkRounds(rounds);
  const checks = code.stabilizers;
  const observables = code.logicals.flatMap(({ x, z }, at): Product[] => {
    if (code.seesOnlyX) return [z];
    const reference = code.qubits + at;
    return [
      [...z, { qubit: reference, basis: "Z" }],
      [...x, { qubit: reference, basis: "X" }],
    ];
  });
  const checked = checks.map(({ factors }) => productText(factors)).join(" ");
  const logical = observables.map(productText).join(" ");
  const noise = code.seesOnlyX ? "X_ERROR" : "DEPOLARIZE1";
  const compare = checks.map(
    ({ place }, at) =>
      `DETECTOR(${[...place, 0].join(", ")}) ${rec(checks.length - at)} ${rec(2 * checks.length - at)}`,
  );
  const round = (flips: number) => [
    `MPP${flips > 0 ? `(${flips})` : ""} ${checked}`,
    "SHIFT_COORDS(0, 0, 1)",
    ...compare,
  ];
  const measuredRounds = rounds + (results > 0 ? 1 : 0);
  const between = (measuredRounds + 1) * checks.length;
  return [
    ...coordinates(code.places),
    `MPP ${logical}`,
    `MPP ${checked}`,
    "TICK",
    `REPEAT ${rounds} {`,
    ...[
      ...(data > 0 ? [`${noise}(${data}) ${listOf(code.qubits)}`] : []),
      ...round(results),
      "TICK",
    ].map((line) => `    ${line}`),
    "}",
    ...(results > 0 ? round(0) : []),
    `MPP ${logical}`,
    ...observables.map((_, at) => {
      const back = observables.length - at;
      return `OBSERVABLE_INCLUDE(${at}) ${rec(back)} ${rec(back + between + observables.length)}`;
    }),
    "",
  ].join("\n");
}

/**
 * The checks by helper qubits, gates and measurements, with noise on each, as Stim's generated circuits
 * have it (stim/src/stim/gen). Keeps the logical operators of one basis, observable i that of encoded
 * qubit i.
 * @throws RangeError when the code has no schedule, or cannot keep this basis
 */
export function circuitExperiment(
  code: StabilizerCode,
  { rounds, basis, noise }: { rounds: number; basis: "X" | "Z"; noise: CircuitNoise },
): string {
  checkRounds(rounds);
  if (basis === "X" && code.seesOnlyX) throw new RangeError("a bit-flip code keeps basis Z alone");
  if (code.stabilizers.some(({ schedule }) => schedule === undefined)) {
    throw new RangeError("this code has no circuit for its checks; use code capacity");
  }
  const writer = new CircuitWriter(code, basis, noise);
  return writer.write(rounds);
}

class CircuitWriter {
  readonly #code: StabilizerCode;
  readonly #basis: "X" | "Z";
  readonly #noise: CircuitNoise;
  readonly #data: string;
  readonly #helpers: string;

  constructor(code: StabilizerCode, basis: "X" | "Z", noise: CircuitNoise) {
    this.#code = code;
    this.#basis = basis;
    this.#noise = noise;
    this.#data = listOf(code.qubits);
    this.#helpers = listOf(code.stabilizers.length, code.qubits);
  }

  write(rounds: number): string {
    const { places, stabilizers } = this.#code;
    const inBasis = this.#basis === "X" ? "X" : "";
    const flip = this.#basis === "X" ? "Z_ERROR" : "X_ERROR";
    return [
      ...coordinates([...places, ...stabilizers.map(({ place }) => place)]),
      `R${inBasis} ${this.#data}`,
      ...noiseLine(flip, this.#noise.afterReset, this.#data),
      `R ${this.#helpers}`,
      ...noiseLine("X_ERROR", this.#noise.afterReset, this.#helpers),
      ...this.#round(),
      ...this.#detectors(false),
      ...this.#laterRounds(rounds - 1),
      ...noiseLine(flip, this.#noise.beforeMeasure, this.#data),
      `M${inBasis} ${this.#data}`,
      ...this.#lastDetectors(),
      ...this.#observables(),
      "",
    ].join("\n");
  }

  #laterRounds(rounds: number): readonly string[] {
    if (rounds === 0) return [];
    const body = [...this.#round(), "SHIFT_COORDS(0, 0, 1)", ...this.#detectors(true)];
    return [`REPEAT ${rounds} {`, ...body.map((line) => `    ${line}`), "}"];
  }

  #round(): readonly string[] {
    const { stabilizers, qubits } = this.#code;
    const { afterClifford, beforeRound, beforeMeasure, afterReset } = this.#noise;
    const turned = stabilizers.flatMap((check, at) => (isX(check) ? [qubits + at] : [])).join(" ");
    const turn =
      turned === ""
        ? []
        : [`H ${turned}`, ...noiseLine("DEPOLARIZE1", afterClifford, turned), "TICK"];
    const slots = Math.max(...stabilizers.map(({ schedule = [] }) => schedule.length));
    const steps = Array.from({ length: slots }, (_, slot) => {
      const pairs = stabilizers.flatMap((check, at): string[] => {
        const qubit = check.schedule?.[slot] ?? null;
        if (qubit === null) return [];
        return [isX(check) ? `${qubits + at} ${qubit}` : `${qubit} ${qubits + at}`];
      });
      const targets = pairs.join(" ");
      return [`CX ${targets}`, ...noiseLine("DEPOLARIZE2", afterClifford, targets), "TICK"];
    });
    return [
      "TICK",
      ...noiseLine("DEPOLARIZE1", beforeRound, this.#data),
      ...turn,
      ...steps.flat(),
      ...turn,
      ...noiseLine("X_ERROR", beforeMeasure, this.#helpers),
      `MR ${this.#helpers}`,
      ...noiseLine("X_ERROR", afterReset, this.#helpers),
    ];
  }

  /** In the first round only checks of the kept basis are known before. */
  #detectors(isLater: boolean): readonly string[] {
    const { stabilizers } = this.#code;
    const count = stabilizers.length;
    return stabilizers.flatMap((check, at) => {
      if (!isLater && !this.#isKept(check)) return [];
      const before = isLater ? ` ${rec(2 * count - at)}` : "";
      return [`DETECTOR(${[...check.place, 0].join(", ")}) ${rec(count - at)}${before}`];
    });
  }

  /** The data themselves show once more what their checks showed last. */
  #lastDetectors(): readonly string[] {
    const { stabilizers, qubits } = this.#code;
    return stabilizers.flatMap((check, at) => {
      if (!this.#isKept(check)) return [];
      const data = check.factors.map(({ qubit }) => rec(qubits - qubit)).join(" ");
      const helper = rec(qubits + stabilizers.length - at);
      return [`DETECTOR(${[...check.place, 1].join(", ")}) ${data} ${helper}`];
    });
  }

  #observables(): readonly string[] {
    const { logicals, qubits } = this.#code;
    return logicals.map(({ x, z }, at) => {
      const factors = this.#basis === "X" ? x : z;
      return `OBSERVABLE_INCLUDE(${at}) ${factors.map(({ qubit }) => rec(qubits - qubit)).join(" ")}`;
    });
  }

  #isKept(check: Stabilizer): boolean {
    return isX(check) === (this.#basis === "X");
  }
}

const isX = ({ factors }: Stabilizer): boolean => factors[0]?.basis === "X";
const rec = (back: number): string => `rec[-${back}]`;
const listOf = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, at) => from + at).join(" ");

function noiseLine(name: string, chance: number, targets: string): readonly string[] {
  return chance > 0 ? [`${name}(${chance}) ${targets}`] : [];
}

function coordinates(places: readonly (readonly [number, number])[]): readonly string[] {
  return places.map(([x, y], qubit) => `QUBIT_COORDS(${x}, ${y}) ${qubit}`);
}

function checkRounds(rounds: number): void {
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > roundsMax) {
    throw new RangeError(`rounds are an integer from 1 to ${roundsMax}, not ${rounds}`);
  }
}
