/** Operations inverted, raised to powers, put under controls and moved to other qubits. */
import type { Control, Operation } from "../circuit.ts";
import { standardGates } from "../gates/standard-gates.ts";

/** Every operation of a gate's body is of these. */
type GateBody = readonly Operation[];

export function inverted(body: GateBody): GateBody {
  return body.toReversed().map(inverse);
}

const negative = (angle: number): number => (angle === 0 ? 0 : -angle);

function inverse(operation: Operation): Operation {
  if (operation.kind === "global-phase") return { ...operation, angle: negative(operation.angle) };
  if (operation.kind !== "gate") return operation;
  const { name, parameters, power = 1 } = operation;
  if (power !== 1) return withPower(operation, -power);
  const known = standardGates.get(name);
  if (known?.inverse !== undefined) return { ...operation, name: known.inverse };
  if (known?.negates === true) return { ...operation, parameters: parameters.map(negative) };
  if (name === "u" || name === "cu") {
    const [theta, phi, lambda, ...gamma] = parameters.map(negative);
    return { ...operation, parameters: [theta!, lambda!, phi!, ...gamma] };
  }
  return withPower(operation, -1);
}

function withPower(operation: Operation & { kind: "gate" }, power: number): Operation {
  const { power: _, ...rest } = operation;
  return power === 1 ? rest : { ...rest, power };
}

/** Undefined where only a definition's matrix has such a power. */
export function raised(body: GateBody, exponent: number): GateBody | undefined {
  if (exponent === 1) return body;
  const [only] = body;
  if (body.length === 1 && only?.kind === "gate") {
    const { power = 1 } = only;
    // (U^p)^x is U^(p x) for whole x, and for any x while p leaves the phases within (-pi, pi).
    if (Number.isInteger(exponent) || power === 1 || Math.abs(power) < 1) {
      return [withPower(only, power * exponent)];
    }
    return undefined;
  }
  if (body.length === 1 && only?.kind === "global-phase") {
    const angle = Number.isInteger(exponent)
      ? only.angle
      : Math.atan2(Math.sin(only.angle), Math.cos(only.angle));
    return [{ ...only, angle: angle * exponent }];
  }
  if (!Number.isInteger(exponent)) return undefined;
  const once = exponent < 0 ? inverted(body) : body;
  return Array.from({ length: Math.abs(exponent) }, () => once).flat();
}

/** On other qubits, by their place in `qubits`, and under further controls, which come first. */
export function placed(
  operation: Operation,
  qubits: readonly number[],
  controls: readonly Control[] = [],
): Operation {
  const at = (qubit: number): number => qubits[qubit]!;
  const moved = { ...operation };
  if ("qubits" in moved) Object.assign(moved, { qubits: moved.qubits.map(at) });
  if (moved.kind === "barrier") return moved;
  if ("controls" in moved || moved.kind === "gate" || moved.kind === "global-phase") {
    const own = "controls" in moved ? (moved.controls ?? []) : [];
    const inner = own.map(({ qubit, value }) => ({ qubit: at(qubit), value }));
    const all = [...controls, ...inner];
    if (all.length > 0) Object.assign(moved, { controls: all });
  }
  return moved;
}
