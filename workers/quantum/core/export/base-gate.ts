/** A gate of the table taken apart: what stands on its targets, and all its controls. */
import type { Control, GateOperation } from "../circuit.ts";
import { standardGates } from "../gates/standard-gates.ts";
import type { Matrix } from "../matrix.ts";

export interface BaseGate {
  /** The gate without its controls; "cu" where only its matrix says what it is. */
  readonly name: string;
  readonly parameters: readonly number[];
  readonly targets: readonly number[];
  readonly controls: readonly Control[];
  readonly power: number;
  /** Of the targets, raised to the power. */
  readonly matrix: Matrix;
}

const bases: Readonly<Record<string, string>> = {
  cx: "x",
  cy: "y",
  cz: "z",
  ch: "h",
  cs: "s",
  csdg: "sdg",
  csx: "sx",
  cp: "p",
  crx: "rx",
  cry: "ry",
  crz: "rz",
  cswap: "swap",
  ccx: "x",
  ccz: "z",
};

/** Undefined for a gate of the circuit's own definitions. */
export function baseGate(operation: GateOperation): BaseGate | undefined {
  const { name, parameters, qubits, controls = [], power = 1 } = operation;
  const known = standardGates.get(name);
  if (known === undefined) return undefined;
  const own = qubits.slice(0, known.controls).map((qubit): Control => ({ qubit, value: 1 }));
  return {
    name: bases[name] ?? name,
    parameters,
    targets: qubits.slice(known.controls),
    controls: [...own, ...controls],
    power,
    matrix: known.matrix(...parameters).power(power),
  };
}
