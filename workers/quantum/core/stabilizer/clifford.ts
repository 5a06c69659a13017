/** Which operations a tableau can carry out, and how: as products of H, S, X, Z and CX. */
import type { Operation } from "../circuit.ts";
import type { Tableau } from "./tableau.ts";

type Carry = (tableau: Tableau, qubits: readonly number[]) => void;

const s = (tableau: Tableau, qubit: number, times: number): void => {
  for (let turn = 0; turn < times; turn++) tableau.s(qubit);
};

/** Up to a global phase, which no measurement shows. */
const carriers: Readonly<Record<string, Carry>> = {
  id: () => undefined,
  x: (t, [a]) => t.x(a!),
  y: (t, [a]) => {
    t.z(a!);
    t.x(a!);
  },
  z: (t, [a]) => t.z(a!),
  h: (t, [a]) => t.h(a!),
  s: (t, [a]) => t.s(a!),
  sdg: (t, [a]) => s(t, a!, 3),
  sx: (t, [a]) => {
    t.h(a!);
    t.s(a!);
    t.h(a!);
  },
  sxdg: (t, [a]) => {
    t.h(a!);
    s(t, a!, 3);
    t.h(a!);
  },
  cx: (t, [a, b]) => t.cx(a!, b!),
  cy: (t, [a, b]) => {
    s(t, b!, 3);
    t.cx(a!, b!);
    t.s(b!);
  },
  cz: (t, [a, b]) => {
    t.h(b!);
    t.cx(a!, b!);
    t.h(b!);
  },
  swap: (t, [a, b]) => {
    t.cx(a!, b!);
    t.cx(b!, a!);
    t.cx(a!, b!);
  },
  iswap: (t, [a, b]) => {
    t.s(a!);
    t.s(b!);
    t.h(a!);
    t.cx(a!, b!);
    t.cx(b!, a!);
    t.h(b!);
  },
  ecr: (t, [a, b]) => {
    t.s(a!);
    carriers["sx"]!(t, [b!]);
    t.cx(a!, b!);
    t.x(a!);
  },
};

/** Rotations about Z by quarter turns are powers of S. */
const quarterTurns = new Set(["p", "rz"]);

/** How a tableau carries out the operation; null when it is no Clifford gate of the table. */
export function cliffordOf(operation: Operation): ((tableau: Tableau) => void) | null {
  if (operation.kind === "barrier") return () => undefined;
  if (operation.kind === "global-phase" && (operation.controls ?? []).length === 0) {
    return () => undefined;
  }
  if (operation.kind !== "gate" || (operation.controls ?? []).length > 0) return null;
  const { name, qubits, parameters, power = 1 } = operation;
  if (power !== 1) return null;
  const carry = carriers[name];
  if (carry !== undefined) return (tableau) => carry(tableau, qubits);
  if (!quarterTurns.has(name)) return null;
  const turns = (parameters[0] ?? Number.NaN) / (Math.PI / 2);
  const whole = Math.round(turns);
  if (!(Math.abs(turns - whole) < 1e-9)) return null;
  return (tableau) => s(tableau, qubits[0]!, ((whole % 4) + 4) % 4);
}
