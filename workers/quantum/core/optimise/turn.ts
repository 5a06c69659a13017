/**
 * Gates that turn about a Pauli string: e^(i phase) e^(-i angle/2 P), under controls. Turns about the
 * same string under the same controls add up, whatever their names.
 */
import { type Control, gate, type GateOperation, type Operation } from "../circuit.ts";

/** Angles that differ by less are alike: some roundings of a number near pi. */
const angleTolerance = 1e-13;

/** X, Y or Z on one qubit, or a pair of them; for zx, Z on the first qubit. */
type Axis = "x" | "y" | "z" | "xx" | "yy" | "zz" | "zx";

export interface Turn {
  readonly axis: Axis;
  readonly qubits: readonly number[];
  /** By ascending qubit. */
  readonly controls: readonly Control[];
  readonly angle: number;
  readonly phase: number;
}

/** A phase where all conditions hold, as Z, S, T, P, their controlled kin and phases under controls are. */
export interface Condition {
  readonly axis: "conditions";
  readonly controls: readonly Control[];
  readonly angle: number;
}

/** What takes the place of operations: at most one, and a phase of everything. */
export interface Replacement {
  readonly operation: Operation | null;
  readonly phase: number;
}

/** For each gate: axis, controls of its own, angle, and whether its phase is half the angle (P = 1 twice). */
const quarter = Math.PI / 4;
const fixedTurns: Readonly<Record<string, readonly [Axis, number, number]>> = {
  x: ["x", 0, 4],
  sx: ["x", 0, 2],
  sxdg: ["x", 0, -2],
  y: ["y", 0, 4],
  z: ["z", 0, 4],
  s: ["z", 0, 2],
  sdg: ["z", 0, -2],
  t: ["z", 0, 1],
  tdg: ["z", 0, -1],
  cx: ["x", 1, 4],
  csx: ["x", 1, 2],
  ccx: ["x", 2, 4],
  cy: ["y", 1, 4],
  cz: ["z", 1, 4],
  cs: ["z", 1, 2],
  csdg: ["z", 1, -2],
  ccz: ["z", 2, 4],
};
const rotations: Readonly<Record<string, readonly [Axis, number]>> = {
  rx: ["x", 0],
  ry: ["y", 0],
  rz: ["z", 0],
  crx: ["x", 1],
  cry: ["y", 1],
  crz: ["z", 1],
  rxx: ["xx", 0],
  ryy: ["yy", 0],
  rzz: ["zz", 0],
  rzx: ["zx", 0],
};

/** null for what is no such turn; one undone turns back. */
export function turnOf(operation: Operation): Turn | Condition | null {
  if (operation.kind === "global-phase") {
    const controls = sorted(operation.controls ?? []);
    return { axis: "conditions", controls, angle: operation.angle };
  }
  if (operation.kind !== "gate") return null;
  const { name, parameters, power = 1 } = operation;
  if (power !== 1 && power !== -1) return null;
  const fixed = fixedTurns[name];
  if (fixed !== undefined) {
    const [axis, own, quarters] = fixed;
    return turnFrom(operation, axis, own, { angle: power * quarters * quarter, isHalf: true });
  }
  const rotation = rotations[name];
  if (rotation !== undefined) {
    const [axis, own] = rotation;
    return turnFrom(operation, axis, own, { angle: power * parameters[0]!, isHalf: false });
  }
  if (name !== "p" && name !== "cp") return null;
  return turnFrom(operation, "z", name === "p" ? 0 : 1, {
    angle: power * parameters[0]!,
    isHalf: true,
  });
}

function turnFrom(
  { qubits, controls = [] }: GateOperation,
  axis: Axis,
  own: number,
  { angle, isHalf }: { readonly angle: number; readonly isHalf: boolean },
): Turn | Condition {
  const all = [...qubits.slice(0, own).map((qubit): Control => ({ qubit, value: 1 })), ...controls];
  const targets = qubits.slice(own);
  if (axis === "z" && isHalf && all.length > 0) {
    const conditions = sorted([...all, { qubit: targets[0]!, value: 1 }]);
    return { axis: "conditions", controls: conditions, angle };
  }
  const isSymmetric = axis === "xx" || axis === "yy" || axis === "zz";
  return {
    axis,
    qubits: isSymmetric ? targets.toSorted((a, b) => a - b) : targets,
    controls: sorted(all),
    angle,
    phase: isHalf ? angle / 2 : 0,
  };
}

export function sorted(controls: readonly Control[]): readonly Control[] {
  return controls.toSorted((a, b) => a.qubit - b.qubit);
}

export function sameControls(a: readonly Control[], b: readonly Control[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ qubit, value }, at) => qubit === b[at]!.qubit && value === b[at]!.value)
  );
}

/** Both turns in one operation; null when they do not add up, or not to one. */
export function sumOf(a: Turn | Condition, b: Turn | Condition): Replacement | null {
  if (!sameControls(a.controls, b.controls)) return null;
  if (a.axis === "conditions") {
    if (b.axis !== "conditions") return null;
    return conditionAsOperation(a.controls, a.angle + b.angle);
  }
  if (b.axis !== a.axis || a.qubits.some((qubit, at) => qubit !== b.qubits[at])) return null;
  return turnAsOperation({ ...a, angle: a.angle + b.angle, phase: a.phase + b.phase });
}

/** What is left of a turn by nothing: null when it is one by something. */
export function nothingOf(turn: Turn | Condition): Replacement | null {
  if (turn.axis === "conditions") {
    if (turn.controls.length > 0 && !isZero(wrapped(turn.angle))) return null;
    return conditionAsOperation(turn.controls, turn.angle);
  }
  if (!isZero(wrapped(turn.angle))) return null;
  return turnAsOperation(turn);
}

/** Into (-pi, pi], with what is within rounding of -pi at pi. */
function wrapped(angle: number): number {
  const turned = angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
  return turned < -Math.PI + angleTolerance ? turned + 2 * Math.PI : turned;
}

function isZero(angle: number): boolean {
  return Math.abs(angle) < angleTolerance;
}

/** A phase of everything as an operation; null when it is none. */
export function phaseOperation(phase: number): Operation | null {
  const angle = wrapped(phase);
  return isZero(angle) ? null : { kind: "global-phase", angle };
}

/** Phases where all conditions hold. */
export function conditionAsOperation(controls: readonly Control[], angle: number): Replacement {
  if (controls.length === 0) return { operation: null, phase: angle };
  const turned = wrapped(angle);
  if (isZero(turned)) return { operation: null, phase: 0 };
  const target = controls.findLast(({ value }) => value === 1);
  if (target === undefined) {
    return { operation: { kind: "global-phase", angle: turned, controls }, phase: 0 };
  }
  const others = controls.filter((each) => each !== target);
  return { operation: phaseGate(target.qubit, others, turned), phase: 0 };
}

const phaseNames: ReadonlyMap<number, string> = new Map([
  [1, "t"],
  [2, "s"],
  [4, "z"],
  [-2, "sdg"],
  [-1, "tdg"],
]);
/** Under one and two controls, as far as the table has such gates. */
const controlledNames: Readonly<Record<string, readonly string[]>> = {
  x: ["cx", "ccx"],
  y: ["cy"],
  z: ["cz", "ccz"],
  s: ["cs"],
  sdg: ["csdg"],
  sx: ["csx"],
  p: ["cp"],
  rx: ["crx"],
  ry: ["cry"],
  rz: ["crz"],
};

function phaseGate(qubit: number, controls: readonly Control[], angle: number): Operation {
  const quarters = Math.round(angle / quarter);
  const name = isZero(angle - quarters * quarter) ? phaseNames.get(quarters) : undefined;
  return name === undefined
    ? underControls("p", [qubit], [angle], controls)
    : underControls(name, [qubit], [], controls);
}

/** By the name of its own where the table has one. */
function underControls(
  name: string,
  qubits: readonly number[],
  parameters: readonly number[],
  controls: readonly Control[],
): Operation {
  if (controls.length === 0) return gate(name, qubits, parameters);
  const own = controlledNames[name]?.[controls.length - 1];
  if (own === undefined || controls.some(({ value }) => value === 0)) {
    return { ...gate(name, qubits, parameters), controls };
  }
  return gate(own, [...controls.map(({ qubit }) => qubit), ...qubits], parameters);
}

function turnAsOperation(turn: Turn): Replacement | null {
  const { axis, qubits, controls } = turn;
  // A turn by 2 pi is -1: what is left is within (-pi, pi].
  const angle = wrapped(turn.angle);
  const phase = turn.phase + (Math.round((turn.angle - angle) / (2 * Math.PI)) % 2) * Math.PI;
  if (isZero(angle)) return conditionAsOperation(controls, phase);
  if (qubits.length === 1) {
    const named = namedTurn(axis, qubits[0]!, controls, angle);
    if (named !== null && isZero(wrapped(phase - angle / 2))) return { operation: named, phase: 0 };
  }
  if (controls.length === 0) {
    return { operation: gate(`r${axis}`, qubits, [angle]), phase };
  }
  // Under controls a phase would be an operation more, unless the turn by 2 pi takes it in.
  if (isZero(wrapped(phase))) {
    return { operation: underControls(`r${axis}`, qubits, [angle], controls), phase: 0 };
  }
  if (!isZero(wrapped(phase - Math.PI))) return null;
  const further = angle > 0 ? angle - 2 * Math.PI : angle + 2 * Math.PI;
  return { operation: underControls(`r${axis}`, qubits, [further], controls), phase: 0 };
}

/** The gate whose phase is half its angle. */
function namedTurn(
  axis: Axis,
  qubit: number,
  controls: readonly Control[],
  angle: number,
): Operation | null {
  if (axis === "z") return phaseGate(qubit, controls, angle);
  const quarters = Math.round(angle / quarter);
  if (!isZero(angle - quarters * quarter)) return null;
  const names: Readonly<Record<number, string>> =
    axis === "x" ? { 4: "x", 2: "sx", [-2]: "sxdg" } : { 4: "y" };
  const name = names[quarters];
  return name === undefined ? null : underControls(name, [qubit], [], controls);
}
