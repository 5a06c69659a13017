/**
 * The gates of qelib1.inc and stdgates.inc, and further ones that tools write without defining them.
 * OpenQASM 3's U is e^(i theta/2) times Qiskit's, and its u2 and u3 have determinant 1 (live
 * specification, "Built-in gates" and "Standard library"); version 2 knows no global phase.
 */
import { type Control, gate, type Operation } from "../circuit.ts";
import { standardGates } from "../gates/standard-gates.ts";
import type { Gate } from "./compilation.ts";
import type { Version } from "./syntax.ts";

type BuiltIn = Extract<Gate, { kind: "built-in" }>;

const own = (name: string): BuiltIn => {
  const { parameters, controls, targets } = standardGates.get(name)!;
  const qubits = controls + targets;
  const places = Array.from({ length: qubits }, (_, at) => at);
  return {
    kind: "built-in",
    parameters: parameters.length,
    qubits,
    build: (...values) => [gate(name, places, values)],
  };
};

const made = (
  parameters: number,
  qubits: number,
  build: (...parameters: number[]) => readonly Operation[],
): BuiltIn => ({ kind: "built-in", parameters, qubits, build });

const phase = (angle: number): Operation => ({ kind: "global-phase", angle });
/** The gate on the last of `qubits` qubits, the others being its controls. */
const under = (name: string, qubits: number): readonly Operation[] => [
  {
    ...gate(name, [qubits - 1]),
    controls: Array.from({ length: qubits - 1 }, (_, qubit): Control => ({ qubit, value: 1 })),
  },
];

/** Names of both files that are gates of the table. */
const common =
  "p x y z h s sdg t tdg sx rx ry rz cx cy cz cp crx cry crz ch swap ccx cswap cu id".split(" ");

/** What qelib1.inc had at first (arXiv 1707.03429, section 4): names that no source declares anew. */
const paper: ReadonlySet<string> = new Set(
  "u3 u2 u1 cx id x y z h s sdg t tdg rx ry rz cz cy ch ccx crz cu1 cu3".split(" "),
);

/** What `include "qelib1.inc"` declares: the file of the paper and of Qiskit. */
const qelib1: ReadonlyMap<string, BuiltIn> = new Map([
  ...common.map((name) => [name, own(name)] as const),
  ["u3", made(3, 1, (theta, phi, lambda) => [gate("u", [0], [theta, phi, lambda])])],
  ["u2", made(2, 1, (phi, lambda) => [gate("u", [0], [Math.PI / 2, phi, lambda])])],
  ["u1", made(1, 1, (lambda) => [gate("p", [0], [lambda])])],
  ["cu1", made(1, 2, (lambda) => [gate("cp", [0, 1], [lambda])])],
  ["cu3", made(3, 2, (theta, phi, lambda) => [gate("cu", [0, 1], [theta, phi, lambda, 0])])],
]);

/** What `include "stdgates.inc"` declares. */
const stdgates: ReadonlyMap<string, BuiltIn> = new Map([
  ...common.map((name) => [name, own(name)] as const),
  ["CX", own("cx")],
  ["phase", own("p")],
  ["cphase", own("cp")],
  ["u1", own("p")],
  [
    "u2",
    made(2, 1, (phi, lambda) => [
      phase(-(phi + lambda) / 2),
      gate("u", [0], [Math.PI / 2, phi, lambda]),
    ]),
  ],
  [
    "u3",
    made(3, 1, (theta, phi, lambda) => [
      phase(-(phi + lambda) / 2),
      gate("u", [0], [theta, phi, lambda]),
    ]),
  ],
]);

/** Not in those files, or not in every version of them: a source may define them itself. */
const extras: ReadonlyMap<string, BuiltIn> = new Map([
  ...[...standardGates.keys()].map((name) => [name, own(name)] as const),
  ["u0", made(1, 1, () => [gate("id", [0])])],
  ["cu1", own("cp")],
  ["cu3", made(3, 2, (theta, phi, lambda) => [gate("cu", [0, 1], [theta, phi, lambda, 0])])],
  ["c3x", made(0, 4, () => under("x", 4))],
  ["cccx", made(0, 4, () => under("x", 4))],
  ["c4x", made(0, 5, () => under("x", 5))],
  ["ccccx", made(0, 5, () => under("x", 5))],
  ["c3sqrtx", made(0, 4, () => under("sx", 4))],
  ["c3sx", made(0, 4, () => under("sx", 4))],
  ["cnot", own("cx")],
  ["toffoli", own("ccx")],
]);

/**
 * Gates by their text, which is the same in both versions; the first ones are of the table, where
 * exporters write the text for tools that lack them. Exact, the global phase included.
 */
export const gateTexts: ReadonlyMap<string, string> = new Map(
  [
    "gate sxdg a { h a; sdg a; h a; }",
    "gate cs a, b { cp(pi / 2) a, b; }",
    "gate csdg a, b { cp(-pi / 2) a, b; }",
    "gate csx a, b { h b; cp(pi / 2) a, b; h b; }",
    "gate ccz a, b, c { h c; ccx a, b, c; h c; }",
    "gate iswap a, b { s a; s b; h a; cx a, b; cx b, a; h b; }",
    "gate sqrtswap a, b { cx a, b; h a; cp(pi / 2) b, a; h a; cx a, b; }",
    "gate rzz(theta) a, b { cx a, b; rz(theta) b; cx a, b; }",
    "gate rxx(theta) a, b { h a; h b; cx a, b; rz(theta) b; cx a, b; h a; h b; }",
    "gate ryy(theta) a, b { rx(pi / 2) a; rx(pi / 2) b; cx a, b; rz(theta) b; cx a, b; rx(-pi / 2) a; rx(-pi / 2) b; }",
    "gate rzx(theta) a, b { h b; cx a, b; rz(theta) b; cx a, b; h b; }",
    "gate ecr a, b { h b; cx a, b; rz(pi / 4) b; cx a, b; h b; x a; h b; cx a, b; rz(-pi / 4) b; cx a, b; h b; }",
    "gate xx_plus_yy(theta, beta) a, b { p(beta) a; h a; h b; cx a, b; rz(theta / 2) b; cx a, b; h a; h b; rx(pi / 2) a; rx(pi / 2) b; cx a, b; rz(theta / 2) b; cx a, b; rx(-pi / 2) a; rx(-pi / 2) b; p(-beta) a; }",
    "gate xx_minus_yy(theta, beta) a, b { p(-beta) a; h a; h b; cx a, b; rz(theta / 2) b; cx a, b; h a; h b; rx(pi / 2) a; rx(pi / 2) b; cx a, b; rz(-theta / 2) b; cx a, b; rx(-pi / 2) a; rx(-pi / 2) b; p(beta) a; }",
    "gate u(theta, phi, lambda) a { gphase(-theta / 2); U(theta, phi, lambda) a; }",
  ].map((text) => [/^gate (\w+)/.exec(text)![1]!, text]),
);

/** Gates of relative phase from Qiskit's qelib1.inc: Margolus' gate and its big sister. */
export const writtenGates = `
gate rccx a, b, c { h c; t c; cx b, c; tdg c; cx a, c; t c; cx b, c; tdg c; h c; }
gate rcccx a, b, c, d {
  h d; t d; cx c, d; tdg d; h d; cx a, d; t d; cx b, d; tdg d; cx a, d; t d; cx b, d; tdg d; h d;
  t d; cx c, d; tdg d; h d;
}
gate rc3x a, b, c, d { rcccx a, b, c, d; }
`;

/** The gates that need no include: U, and CX in version 2 or gphase in version 3. */
export function primitiveGates(version: Version): ReadonlyMap<string, Gate> {
  if (version === "2.0")
    return new Map([
      ["U", own("u")],
      ["CX", own("cx")],
    ]);
  const u = made(3, 1, (theta, phi, lambda) => [
    phase(theta / 2),
    gate("u", [0], [theta, phi, lambda]),
  ]);
  return new Map([
    ["U", u],
    ["gphase", made(1, 0, (angle) => [phase(angle)])],
  ]);
}

export const libraryFiles: readonly string[] = ["qelib1.inc", "stdgates.inc"];

/** The gates of a file, and those that come with it although they are not in it. */
export function libraryGates(file: string): {
  readonly standard: ReadonlyMap<string, Gate>;
  readonly extra: ReadonlyMap<string, Gate>;
} {
  const all = file === "qelib1.inc" ? qelib1 : stdgates;
  const isIn = (name: string) => file !== "qelib1.inc" || paper.has(name);
  const standard = new Map([...all].filter(([name]) => isIn(name)));
  const later = [...all].filter(([name]) => !isIn(name));
  return {
    standard,
    extra: new Map([...extras, ...later].filter(([name]) => !standard.has(name))),
  };
}
