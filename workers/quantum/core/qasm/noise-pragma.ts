/** Noise has no syntax in OpenQASM: it is written as pragmas, which other tools pass over. */
import type { Channel, ReadoutError } from "../circuit.ts";
import type { Compilation } from "./compilation.ts";
import { type Place, QasmError } from "./qasm-error.ts";

const prefix = "pragma demo.noise";

const parameterNames: Readonly<Record<Channel["kind"], readonly string[]>> = {
  pauli: ["x", "y", "z"],
  depolarising: ["probability"],
  "amplitude-damping": ["probability"],
  "phase-damping": ["probability"],
  loss: ["probability"],
};

/** Pragmas of others are passed over with a warning. */
export function readPragma(c: Compilation, text: string, place: Place): void {
  const words = text.replace(/^#/, "").trim();
  if (!words.startsWith(prefix)) {
    c.warn(place, `the pragma "${words.slice(6).trim()}" is not known here, and passed over`);
    return;
  }
  if (c.calls.includes("gate")) throw new QasmError(place, "a gate holds no noise");
  const [, name = "", list = "", targets = ""] =
    /^\s*([a-z-]+)\(([^)]*)\)\s*([\d,\s]*)$/.exec(words.slice(prefix.length)) ?? [];
  const parameters = numbers(list);
  const isChance = (value: number) => value >= 0 && value <= 1;
  const names =
    name === "readout"
      ? ["oneFor0", "zeroFor1"]
      : Object.entries(parameterNames).find(([kind]) => kind === name)?.[1];
  if (names === undefined || names.length !== parameters.length || !parameters.every(isChance)) {
    throw new QasmError(
      place,
      "this noise is not understood",
      `such as ${prefix} depolarising(0.01) 0, 1 - probabilities, then qubits by their number`,
    );
  }
  const entries = Object.fromEntries(names.map((key, at) => [key, parameters[at]!]));
  if (name === "readout") {
    c.readout = entries as unknown as ReadoutError;
    return;
  }
  const qubits = numbers(targets);
  const needed = name === "depolarising" ? [1, 2] : [1];
  if (!needed.includes(qubits.length) || new Set(qubits).size < qubits.length) {
    throw new QasmError(place, `${name} acts on ${needed.join(" or ")} qubits`);
  }
  if (qubits.some((qubit) => !Number.isInteger(qubit) || qubit >= c.qubits)) {
    throw new QasmError(place, `the noise names a qubit that is not declared`);
  }
  c.emit(place, { kind: "noise", channel: { kind: name, ...entries } as Channel, qubits });
}

function numbers(list: string): readonly number[] {
  return list.trim() === ""
    ? []
    : list.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
}
