/**
 * The instructions of .stim circuits (Stim, doc/gates.md): how many arguments and what targets each
 * takes, and the Clifford gates as products of H, S and CX, up to a global phase.
 */

/** One factor of a Clifford gate; a and b are places among its one or two qubits. */
export interface CliffordFactor {
  readonly kind: "h" | "s" | "cx";
  readonly a: 0 | 1;
  /** Of cx, its target. */
  readonly b: 0 | 1;
}

export type Basis = "X" | "Y" | "Z";

export type InstructionKind =
  | {
      readonly kind: "clifford";
      readonly qubits: 1 | 2;
      readonly factors: readonly CliffordFactor[];
    }
  /** A Pauli of the target where the control measures 1: the control may be a record. */
  | {
      readonly kind: "controlled";
      readonly factors: readonly CliffordFactor[];
      readonly pauli: Basis;
      /** The place of the control among the two. */
      readonly control: 0 | 1 | "either";
    }
  | {
      readonly kind: "collapse";
      readonly basis: Basis;
      readonly measures: boolean;
      readonly resets: boolean;
    }
  | { readonly kind: "pair-measurement"; readonly basis: Basis }
  | { readonly kind: "product-measurement" }
  | { readonly kind: "product-phase" }
  | { readonly kind: "pad" }
  /** Weights in the order X, Y, Z or IX, IY, ... ZZ. */
  | {
      readonly kind: "noise";
      readonly qubits: 1 | 2;
      readonly weights: (numbers: readonly number[]) => readonly number[];
    }
  | { readonly kind: "correlated"; readonly otherwise: boolean }
  | { readonly kind: "detector" | "observable" | "coordinates" | "shift" | "tick" | "nothing" };

export interface Instruction {
  readonly name: string;
  readonly what: InstructionKind;
  /** Least and greatest number of arguments. */
  readonly numbers: readonly [min: number, max: number];
}

const clifford1 = {
  I: "",
  X: "h0 s0 s0 h0",
  Y: "h0 s0 s0 h0 s0 s0",
  Z: "s0 s0",
  H: "h0",
  H_XY: "s0 h0 s0 s0 h0 s0 s0",
  H_YZ: "s0 h0 s0 h0 s0 s0 h0 s0 s0",
  H_NXY: "s0 h0 s0 s0 h0",
  H_NXZ: "s0 s0 h0 s0 s0",
  H_NYZ: "s0 h0 s0 s0 s0",
  S: "s0",
  S_DAG: "s0 s0 s0",
  SQRT_X: "s0 h0 s0 h0 s0 s0 h0",
  SQRT_X_DAG: "s0 h0 s0",
  SQRT_Y: "s0 s0 h0",
  SQRT_Y_DAG: "h0 s0 s0",
  C_XYZ: "s0 s0 s0 h0",
  C_ZYX: "h0 s0",
  C_NXYZ: "s0 s0 s0 h0 s0 s0",
  C_XNYZ: "s0 h0",
  C_XYNZ: "s0 h0 s0 s0",
  C_NZYX: "h0 s0 h0 s0 s0 h0",
  C_ZNYX: "h0 s0 s0 s0",
  C_ZYNX: "h0 s0 h0 s0 s0 h0 s0 s0",
};

const clifford2 = {
  II: "",
  SWAP: "cx10 cx01 cx10",
  ISWAP: "cx10 cx01 cx10 s0 h1 cx01 h1 s1",
  ISWAP_DAG: "cx10 cx01 cx10 s0 h1 cx01 h1 s1 s0 s0 s1 s1",
  CXSWAP: "cx10 cx01",
  SWAPCX: "cx10 cx01 cx10 cx01",
  CZSWAP: "cx10 cx01 cx10 h1 cx01 h1",
  SQRT_XX: "s0 h0 s0 h1 cx10 s1 h1 h0 s0 s0 h0",
  SQRT_XX_DAG: "s0 h0 s0 h1 cx10 s1 s1 s1 h1",
  SQRT_YY: "h0 s1 cx01 h1 cx10 h1 s1 h1 s1 s1 h1 s0 s0",
  SQRT_YY_DAG: "h0 s1 cx01 h1 cx10 h1 s1 h0 s0 s0 h0 s1 s1",
  SQRT_ZZ: "s0 h1 cx01 h1 s1",
  SQRT_ZZ_DAG: "s0 h1 cx01 h1 s1 s0 s0 s1 s1",
  XCX: "h1 cx10 h1",
  XCY: "s1 h1 cx10 h1 s1 h0 s0 s0 h0 s1 s1",
  YCX: "cx01 h1 cx10 s1 h1",
  YCY: "s1 cx01 h1 cx10 s1 h1 s1 h0 s0 s0 h0 s0 s0 s1 s1",
};

const controlled = {
  CX: ["cx01", "X", 0],
  CY: ["s1 cx01 s1 s0 s0 s1 s1", "Y", 0],
  CZ: ["h1 cx01 h1", "Z", "either"],
  XCZ: ["cx10", "X", 1],
  YCZ: ["h1 cx01 h1 cx10 s1", "Y", 1],
} as const;

const aliases: Readonly<Record<string, string>> = {
  H_XZ: "H",
  SQRT_Z: "S",
  SQRT_Z_DAG: "S_DAG",
  CNOT: "CX",
  ZCX: "CX",
  ZCY: "CY",
  ZCZ: "CZ",
  SWAPCZ: "CZSWAP",
  MZ: "M",
  RZ: "R",
  MRZ: "MR",
  CORRELATED_ERROR: "E",
};

const instructions = new Map<string, Instruction>();
const add = (
  name: string,
  what: InstructionKind,
  numbers: readonly [number, number] = [0, 0],
): void => void instructions.set(name, { name, what, numbers });

for (const [name, factors] of Object.entries(clifford1)) {
  add(name, { kind: "clifford", qubits: 1, factors: factorsOf(factors) });
}
for (const [name, factors] of Object.entries(clifford2)) {
  add(name, { kind: "clifford", qubits: 2, factors: factorsOf(factors) });
}
for (const [name, [factors, pauli, control]] of Object.entries(controlled)) {
  add(name, { kind: "controlled", factors: factorsOf(factors), pauli, control });
}
for (const basis of ["X", "Y", "Z"] as const) {
  const suffix = basis === "Z" ? "" : basis;
  add(`M${suffix}`, { kind: "collapse", basis, measures: true, resets: false }, [0, 1]);
  add(`R${suffix}`, { kind: "collapse", basis, measures: false, resets: true });
  add(`MR${suffix}`, { kind: "collapse", basis, measures: true, resets: true }, [0, 1]);
  add(`M${basis}${basis}`, { kind: "pair-measurement", basis }, [0, 1]);
  const place = "XYZ".indexOf(basis);
  const weights = ([p]: readonly number[]) => [0, 1, 2].map((at) => (at === place ? p! : 0));
  add(`${basis}_ERROR`, { kind: "noise", qubits: 1, weights }, [1, 1]);
}
add("MPP", { kind: "product-measurement" }, [0, 1]);
add("SPP", { kind: "product-phase" });
add("SPP_DAG", { kind: "product-phase" });
add("MPAD", { kind: "pad" }, [0, 1]);
const evenly =
  (count: number) =>
  ([p]: readonly number[]) =>
    Array.from({ length: count }, () => p! / count);
add("DEPOLARIZE1", { kind: "noise", qubits: 1, weights: evenly(3) }, [1, 1]);
add("DEPOLARIZE2", { kind: "noise", qubits: 2, weights: evenly(15) }, [1, 1]);
add("PAULI_CHANNEL_1", { kind: "noise", qubits: 1, weights: (numbers) => numbers }, [3, 3]);
add("PAULI_CHANNEL_2", { kind: "noise", qubits: 2, weights: (numbers) => numbers }, [15, 15]);
add("E", { kind: "correlated", otherwise: false }, [1, 1]);
add("ELSE_CORRELATED_ERROR", { kind: "correlated", otherwise: true }, [1, 1]);
add("DETECTOR", { kind: "detector" }, [0, 16]);
add("OBSERVABLE_INCLUDE", { kind: "observable" }, [1, 1]);
add("QUBIT_COORDS", { kind: "coordinates" }, [0, 16]);
add("SHIFT_COORDS", { kind: "shift" }, [0, 16]);
add("TICK", { kind: "tick" });
add("I_ERROR", { kind: "nothing" }, [0, 16]);
add("II_ERROR", { kind: "nothing" }, [0, 16]);

/** The instruction of this name or alias, in any case; undefined when there is none. */
export function instructionNamed(name: string): Instruction | undefined {
  const upper = name.toUpperCase();
  return instructions.get(aliases[upper] ?? upper);
}

export const instructionNames: readonly string[] = [...instructions.keys()];

function factorsOf(text: string): readonly CliffordFactor[] {
  return text
    .split(" ")
    .filter((factor) => factor !== "")
    .map((factor) => {
      const kind = factor.startsWith("cx") ? "cx" : (factor[0] as "h" | "s");
      const [a, b = a] = factor.slice(kind.length).split("").map(Number) as (0 | 1)[];
      return { kind, a: a!, b: b! };
    });
}
