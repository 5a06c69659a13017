/**
 * The gates by name, each with its published matrix. Little-endian as in Qiskit and OpenQASM: the
 * first qubit of a gate is the least significant bit of its matrix. The definitions are those of
 * Nielsen and Chuang (section 4.2, 4.3), of OpenQASM's stdgates.inc and of Qiskit's circuit library.
 * A gate with `controls` is its base gate under so many controls, which come first.
 */
import { Matrix } from "../matrix.ts";

export interface StandardGate {
  readonly name: string;
  readonly title: string;
  /** Names of its parameters; all are angles in radians. */
  readonly parameters: readonly string[];
  /** Controls that stand before its targets. */
  readonly controls: number;
  /** Qubits that its matrix acts on, controls aside. */
  readonly targets: number;
  /** Of the targets alone. */
  readonly matrix: (...angles: number[]) => Matrix;
  /** The name of its inverse, where that is another gate of the table with the same parameters. */
  readonly inverse?: string;
  /** Its inverse is itself with all parameters negated. */
  readonly negates?: boolean;
}

type Definition = Omit<StandardGate, "name">;

const half = Math.SQRT1_2;
const fixed = (matrix: Matrix) => () => matrix;

const x = Matrix.of([
  [0, 1],
  [1, 0],
]);
const y = Matrix.of([
  [0, [0, -1]],
  [[0, 1], 0],
]);
const z = Matrix.of([
  [1, 0],
  [0, -1],
]);
const h = Matrix.of([
  [half, half],
  [half, -half],
]);
const sx = Matrix.of([
  [
    [0.5, 0.5],
    [0.5, -0.5],
  ],
  [
    [0.5, -0.5],
    [0.5, 0.5],
  ],
]);

/** e^(i angle) */
const phaseOf = (angle: number) => [Math.cos(angle), Math.sin(angle)] as const;
const phase = (angle: number) => Matrix.diagonal([[1, 0], phaseOf(angle)]);
const quarter = (count: number) => phase((count * Math.PI) / 4);

const rx = (theta: number) => {
  const [cosine, sine] = phaseOf(theta / 2);
  return Matrix.of([
    [cosine, [0, -sine]],
    [[0, -sine], cosine],
  ]);
};
const ry = (theta: number) => {
  const [cosine, sine] = phaseOf(theta / 2);
  return Matrix.of([
    [cosine, -sine],
    [sine, cosine],
  ]);
};
const rz = (theta: number) => Matrix.diagonal([phaseOf(-theta / 2), phaseOf(theta / 2)]);

/** Qiskit's UGate: [[cos, -e^(i lambda) sin], [e^(i phi) sin, e^(i (phi + lambda)) cos]] of theta / 2. */
const u = (theta: number, phi: number, lambda: number) => {
  const [cosine, sine] = phaseOf(theta / 2);
  const times = (factor: number, angle: number) =>
    [factor * Math.cos(angle), factor * Math.sin(angle)] as const;
  return Matrix.of([
    [cosine, times(-sine, lambda)],
    [times(sine, phi), times(cosine, phi + lambda)],
  ]);
};

const swap = Matrix.of([
  [1, 0, 0, 0],
  [0, 0, 1, 0],
  [0, 1, 0, 0],
  [0, 0, 0, 1],
]);
const iswap = Matrix.of([
  [1, 0, 0, 0],
  [0, 0, [0, 1], 0],
  [0, [0, 1], 0, 0],
  [0, 0, 0, 1],
]);
const sqrtSwap = Matrix.of([
  [1, 0, 0, 0],
  [0, [0.5, 0.5], [0.5, -0.5], 0],
  [0, [0.5, -0.5], [0.5, 0.5], 0],
  [0, 0, 0, 1],
]);
const ecr = Matrix.of([
  [0, half, 0, [0, half]],
  [half, 0, [0, -half], 0],
  [0, [0, half], 0, half],
  [[0, -half], 0, half, 0],
]);

const rxx = (theta: number) => {
  const [c, sine] = phaseOf(theta / 2);
  const s = [0, -sine] as const;
  return Matrix.of([
    [c, 0, 0, s],
    [0, c, s, 0],
    [0, s, c, 0],
    [s, 0, 0, c],
  ]);
};
const ryy = (theta: number) => {
  const [c, sine] = phaseOf(theta / 2);
  const [s, minus] = [[0, sine] as const, [0, -sine] as const];
  return Matrix.of([
    [c, 0, 0, s],
    [0, c, minus, 0],
    [0, minus, c, 0],
    [s, 0, 0, c],
  ]);
};
const rzz = (theta: number) => {
  const [down, up] = [phaseOf(-theta / 2), phaseOf(theta / 2)];
  return Matrix.diagonal([down, up, up, down]);
};
/** exp(-i theta/2 X (x) Z): Z on the first qubit, X on the second. */
const rzx = (theta: number) => {
  const [c, sine] = phaseOf(theta / 2);
  const [s, minus] = [[0, sine] as const, [0, -sine] as const];
  return Matrix.of([
    [c, 0, minus, 0],
    [0, c, 0, s],
    [minus, 0, c, 0],
    [0, s, 0, c],
  ]);
};
/** A rotation by theta between the two states that `at` names, with phase beta. */
const twoLevel = (theta: number, beta: number, [low, high]: readonly [number, number]) => {
  const [cosine, sine] = phaseOf(theta / 2);
  const matrix = Matrix.identity(4);
  matrix.set(low, low, cosine, 0);
  matrix.set(high, high, cosine, 0);
  // -i sin e^(-i beta) and -i sin e^(i beta)
  matrix.set(low, high, -sine * Math.sin(beta), -sine * Math.cos(beta));
  matrix.set(high, low, sine * Math.sin(beta), -sine * Math.cos(beta));
  return matrix;
};

const one = (title: string, matrix: Matrix, inverse?: string): Definition => ({
  title,
  parameters: [],
  controls: 0,
  targets: 1,
  matrix: fixed(matrix),
  ...(inverse === undefined ? {} : { inverse }),
});
const rotation = (
  title: string,
  matrix: (theta: number) => Matrix,
  { targets = 1, parameter = "theta" } = {},
): Definition => ({
  title,
  parameters: [parameter],
  controls: 0,
  targets,
  matrix,
  negates: true,
});
const two = (title: string, matrix: Matrix, inverse?: string): Definition => ({
  ...one(title, matrix, inverse),
  targets: 2,
});

const bases = {
  id: one("Identity", Matrix.identity(2), "id"),
  x: one("Pauli X", x, "x"),
  y: one("Pauli Y", y, "y"),
  z: one("Pauli Z", z, "z"),
  h: one("Hadamard", h, "h"),
  s: one("S, a quarter turn about Z", quarter(2), "sdg"),
  sdg: one("Inverse of S", quarter(-2), "s"),
  t: one("T, an eighth turn about Z", quarter(1), "tdg"),
  tdg: one("Inverse of T", quarter(-1), "t"),
  sx: one("Square root of X", sx, "sxdg"),
  sxdg: one("Inverse of the square root of X", sx.adjoint(), "sx"),
  p: rotation("Phase", phase, { parameter: "lambda" }),
  rx: rotation("Rotation about X", rx),
  ry: rotation("Rotation about Y", ry),
  rz: rotation("Rotation about Z", rz),
  u: {
    title: "Any gate of one qubit",
    parameters: ["theta", "phi", "lambda"],
    controls: 0,
    targets: 1,
    matrix: u,
  },
  swap: two("Swap", swap, "swap"),
  iswap: two("Swap with a phase of i", iswap),
  sqrtswap: two("Square root of swap", sqrtSwap),
  ecr: two("Echoed cross-resonance", ecr, "ecr"),
  rxx: rotation("Rotation about XX", rxx, { targets: 2 }),
  ryy: rotation("Rotation about YY", ryy, { targets: 2 }),
  rzz: rotation("Rotation about ZZ", rzz, { targets: 2 }),
  rzx: rotation("Rotation about ZX", rzx, { targets: 2 }),
  xx_minus_yy: {
    title: "Rotation between 00 and 11",
    parameters: ["theta", "beta"],
    controls: 0,
    targets: 2,
    matrix: (theta: number, beta: number) => twoLevel(theta, beta, [0, 3]),
  },
  xx_plus_yy: {
    title: "Rotation between 01 and 10",
    parameters: ["theta", "beta"],
    controls: 0,
    targets: 2,
    matrix: (theta: number, beta: number) => twoLevel(theta, beta, [1, 2]),
  },
} as const satisfies Record<string, Definition>;

/** The base gate under controls; its inverse is the inverse of the base under the same controls. */
const controlled = (
  base: keyof typeof bases,
  title: string,
  { controls = 1, inverse }: { controls?: number; inverse?: string } = {},
): Definition => {
  const { inverse: _, ...definition }: Definition = bases[base];
  return { ...definition, title, controls, ...(inverse === undefined ? {} : { inverse }) };
};

const underControl = {
  cx: controlled("x", "Controlled X", { inverse: "cx" }),
  cy: controlled("y", "Controlled Y", { inverse: "cy" }),
  cz: controlled("z", "Controlled Z", { inverse: "cz" }),
  ch: controlled("h", "Controlled Hadamard", { inverse: "ch" }),
  cs: controlled("s", "Controlled S", { inverse: "csdg" }),
  csdg: controlled("sdg", "Controlled inverse of S", { inverse: "cs" }),
  csx: controlled("sx", "Controlled square root of X"),
  cp: controlled("p", "Controlled phase"),
  crx: controlled("rx", "Controlled rotation about X"),
  cry: controlled("ry", "Controlled rotation about Y"),
  crz: controlled("rz", "Controlled rotation about Z"),
  cswap: controlled("swap", "Controlled swap (Fredkin)", { inverse: "cswap" }),
  ccx: controlled("x", "Twice controlled X (Toffoli)", { controls: 2, inverse: "ccx" }),
  ccz: controlled("z", "Twice controlled Z", { controls: 2, inverse: "ccz" }),
  cu: {
    title: "Any controlled gate of one qubit, with its own phase",
    parameters: ["theta", "phi", "lambda", "gamma"],
    controls: 1,
    targets: 1,
    matrix: (theta: number, phi: number, lambda: number, gamma: number) =>
      u(theta, phi, lambda).scale(Math.cos(gamma), Math.sin(gamma)),
  },
} as const satisfies Record<string, Definition>;

export type StandardGateName = keyof typeof bases | keyof typeof underControl;

export const standardGates: ReadonlyMap<string, StandardGate> = new Map(
  Object.entries<Definition>({ ...bases, ...underControl }).map(([name, definition]) => [
    name,
    { name, ...definition },
  ]),
);
