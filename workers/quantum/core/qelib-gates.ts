/**
 * Operations as gates that qelib1.inc has, under no other controls than those names carry: for
 * OpenQASM 2 and other languages without modifiers. Exact up to the global phase of the whole.
 */
import {
  type Circuit,
  type Control,
  gate,
  type GateDefinition,
  type Operation,
} from "./circuit.ts";
import { decomposed, ofOneQubit, ofUnitary } from "./decompose.ts";
import { standardGates } from "./gates/standard-gates.ts";
import { unitaryQubitsMax } from "./limits.ts";
import { Matrix } from "./matrix.ts";
import { CircuitError, denseOf, isUnitaryOperation, primitivesOf } from "./primitive.ts";

type GateOperation = Operation & { kind: "gate" };

/** Each further control triples the gates; beyond this, nobody wants to read them. */
const controlsWithoutHelpMax = 8;

/** Gates that carry one control in their name. */
const controlledNames: Readonly<Record<string, string>> = {
  x: "cx",
  y: "cy",
  z: "cz",
  h: "ch",
  p: "cp",
  rx: "crx",
  ry: "cry",
  rz: "crz",
  sx: "csx",
  swap: "cswap",
  cx: "ccx",
};

/**
 * The operation itself where it needs no help; calls of definitions stay when they stand alone.
 * @throws CircuitError for more than 8 controls, or a fractional power of a large definition
 */
export function qelibGates(
  operation: Operation,
  definitions: Circuit["definitions"],
): readonly Operation[] {
  switch (operation.kind) {
    case "gate":
      return ofGate(operation, definitions);
    case "global-phase":
      return ofPhase(operation.angle, operation.controls ?? []);
    case "unitary":
    case "diagonal":
    case "permutation":
    case "initialise":
      return decomposed(operation).flatMap((part) => qelibGates(part, definitions));
    default:
      return [operation];
  }
}

function ofGate(
  operation: GateOperation,
  definitions: Circuit["definitions"],
): readonly Operation[] {
  const { name, qubits, controls = [], power = 1 } = operation;
  const known = standardGates.get(name);
  if (controls.length === 0 && power === 1) return [operation];
  if (known === undefined) return ofDefinition(operation, definitions);
  if (power !== 1) {
    const base = known.matrix(...operation.parameters).power(power);
    const own = qubits.slice(0, known.controls).map((qubit): Control => ({ qubit, value: 1 }));
    const targets = qubits.slice(known.controls);
    return ofUnitary(base, targets, [...own, ...controls]).flatMap((part) =>
      qelibGates(part, definitions),
    );
  }
  return withoutNegative(controls, () => controlledGate(operation, controls, definitions));
}

/** A negative control is one between two X. */
function withoutNegative(
  controls: readonly Control[],
  body: () => readonly Operation[],
): readonly Operation[] {
  const flips = controls.filter(({ value }) => value === 0).map(({ qubit }) => gate("x", [qubit]));
  return [...flips, ...body(), ...flips];
}

/** All controls being positive, whatever their value says. */
function controlledGate(
  { name, qubits, parameters }: GateOperation,
  controls: readonly Control[],
  definitions: Circuit["definitions"],
): readonly Operation[] {
  const [first, ...rest] = controls;
  if (first === undefined) return [gate(name, qubits, parameters)];
  const named = controlledNames[name];
  if (named !== undefined) {
    const inner: GateOperation = gate(named, [first.qubit, ...qubits], parameters);
    return controlledGate(inner, rest, definitions);
  }
  const { matrix, controls: own, targets } = standardGates.get(name)!;
  const under = [...controls.map(({ qubit }) => qubit), ...qubits.slice(0, own)];
  const base = matrix(...parameters);
  if (targets === 1) return controlledMatrix(base, under, qubits[own]!);
  const positive = under.map((qubit): Control => ({ qubit, value: 1 }));
  return ofUnitary(base, qubits.slice(own), positive).flatMap((part) =>
    qelibGates(part, definitions),
  );
}

/** Barenco et al., Elementary gates for quantum computation (1995), lemma 7.5: by a square root. */
function controlledMatrix(
  matrix: Matrix,
  controls: readonly number[],
  target: number,
): readonly Operation[] {
  if (controls.length > controlsWithoutHelpMax) {
    throw new CircuitError(
      `a gate under ${controls.length} controls is not expressed without controls: at most ${controlsWithoutHelpMax}`,
    );
  }
  const [last, ...rest] = controls.toReversed();
  if (last === undefined)
    return ofOneQubit(matrix, target, []).filter(({ kind }) => kind === "gate");
  if (rest.length === 0) {
    const under: readonly Control[] = [{ qubit: last, value: 1 }];
    return ofOneQubit(matrix, target, under).flatMap((part) => {
      if (part.kind === "global-phase") return [gate("p", [last], [part.angle])];
      return part.kind === "gate" ? [gate("cu", [last, target], [...part.parameters, 0])] : [];
    });
  }
  const root = matrix.power(0.5);
  const flip = standardGates.get("x")!.matrix();
  const toggled =
    rest.length === 1 ? [gate("cx", [rest[0]!, last])] : controlledFlip(flip, rest, last);
  return [
    ...controlledMatrix(root, [last], target),
    ...toggled,
    ...controlledMatrix(root.adjoint(), [last], target),
    ...toggled,
    ...controlledMatrix(root, rest, target),
  ];
}

function controlledFlip(
  flip: Matrix,
  controls: readonly number[],
  target: number,
): readonly Operation[] {
  if (controls.length === 2) return [gate("ccx", [...controls, target])];
  return controlledMatrix(flip, controls, target);
}

function ofPhase(angle: number, controls: readonly Control[]): readonly Operation[] {
  const last = controls.at(-1);
  if (last === undefined) return [];
  const rest = controls.slice(0, -1).map(({ qubit }) => qubit);
  return withoutNegative(controls, () => {
    if (rest.length === 0) return [gate("p", [last.qubit], [angle])];
    if (rest.length === 1) return [gate("cp", [rest[0]!, last.qubit], [angle])];
    return controlledMatrix(standardGates.get("p")!.matrix(angle), rest, last.qubit);
  });
}

/** The body in place of the call, under its controls. */
function ofDefinition(
  { name, qubits, controls = [], power = 1 }: GateOperation,
  definitions: Circuit["definitions"],
): readonly Operation[] {
  const definition = definitions.find((each) => each.name === name);
  if (definition === undefined) throw new CircuitError(`there is no gate ${name}`);
  if (power !== 1) {
    const matrix = matrixOf(definition, definitions).power(power);
    return ofUnitary(matrix, qubits, controls).flatMap((part) => qelibGates(part, definitions));
  }
  const at = (qubit: number): number => qubits[qubit]!;
  return definition.body.flatMap((inner) => {
    if (!isUnitaryOperation(inner)) return [];
    const own = (inner.controls ?? []).map(({ qubit, value }) => ({ qubit: at(qubit), value }));
    const moved = "qubits" in inner ? { qubits: inner.qubits.map(at) } : {};
    return qelibGates({ ...inner, ...moved, controls: [...controls, ...own] }, definitions);
  });
}

function matrixOf(definition: GateDefinition, definitions: Circuit["definitions"]): Matrix {
  const { name, qubits, body } = definition;
  if (qubits > unitaryQubitsMax) {
    throw new CircuitError(`a power of ${name} on ${qubits} qubits: at most ${unitaryQubitsMax}`);
  }
  const known = new Map(definitions.map((each) => [each.name, each]));
  return body
    .filter(isUnitaryOperation)
    .flatMap((operation) => primitivesOf(operation, known))
    .reduce(
      (product, each) => denseOf(each, qubits).multiply(product),
      Matrix.identity(2 ** qubits),
    );
}
