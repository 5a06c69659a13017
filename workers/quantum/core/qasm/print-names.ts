/** Names that a circuit may bear in OpenQASM, where its own are none or mean something else there. */
import type { Circuit, GateDefinition, Register } from "../circuit.ts";
import { standardGates } from "../gates/standard-gates.ts";
import { CircuitError } from "../primitive.ts";
import { libraryFiles, libraryGates } from "./library.ts";
import type { Version } from "./syntax.ts";
import { reserved } from "./token-stream.ts";

export interface Names {
  /** Those that the table of gates does not hide, each behind those it calls. */
  readonly definitions: readonly GateDefinition[];
  readonly quantumRegisters: readonly Register[];
  readonly classicalRegisters: readonly Register[];
  readonly gate: (name: string) => string;
  readonly qubit: (qubit: number) => string;
  readonly bit: (bit: number) => string;
  /** Some bits as one value, the first lowest. */
  readonly bits: (bits: readonly number[]) => string;
}

const taken = new Set([
  "true",
  "false",
  ...standardGates.keys(),
  ...libraryFiles.flatMap((file) => {
    const { standard, extra } = libraryGates(file);
    return [...standard.keys(), ...extra.keys()];
  }),
  ..."sin cos tan arcsin arccos arctan asin acos atan exp ln log sqrt abs floor ceiling mod pow popcount sizeof".split(
    " ",
  ),
]);

/** @throws CircuitError when the registers do not hold every qubit and bit once, in order */
export function namesFor(circuit: Circuit, version: Version): Names {
  const used = new Set<string>();
  const free = (wanted: string, fallback: string): string => {
    const isName = /^[a-z_][A-Za-z0-9_]*$/.test(wanted);
    const base = isName ? wanted : fallback;
    let name = base;
    const isTaken = () =>
      used.has(name) ||
      taken.has(name) ||
      /^round_\d+$/.test(name) ||
      reserved(version).has(name) ||
      reserved("3.1").has(name);
    for (let count = 1; isTaken(); count++) name = `${base}_${count}`;
    used.add(name);
    return name;
  };
  const definitions = ordered(circuit.definitions);
  const gates = new Map(definitions.map(({ name }) => [name, free(name, "gate_")]));
  const named = (registers: readonly Register[], size: number, fallback: string) => {
    let next = 0;
    for (const { first, size: own, name } of registers) {
      if (first !== next)
        throw new CircuitError(`the register ${name} begins at ${first}, not ${next}`);
      next += own;
    }
    if (next !== size) throw new CircuitError(`registers hold ${next} of ${size}`);
    return registers
      .filter((register) => register.size > 0)
      .map((register) => ({ ...register, name: free(register.name, fallback) }));
  };
  const quantumRegisters = named(circuit.quantumRegisters, circuit.qubits, "q");
  const classicalRegisters = named(circuit.classicalRegisters, circuit.bits, "c");
  const qubit = indexed(quantumRegisters, "qubit");
  const bit = indexed(classicalRegisters, "bit");
  return {
    definitions,
    quantumRegisters,
    classicalRegisters,
    gate: (name) => gates.get(name) ?? name,
    qubit,
    bit,
    bits: (bits) => {
      const whole = classicalRegisters.find(
        ({ first, size }) => size === bits.length && bits.every((each, at) => each === first + at),
      );
      if (whole !== undefined && bits.length > 1) return whole.name;
      return bits.length === 1 ? bit(bits[0]!) : `(${bits.map(bit).join(" ++ ")})`;
    },
  };
}

function ordered(definitions: readonly GateDefinition[]): readonly GateDefinition[] {
  const sorted = new Set<GateDefinition>();
  const open = new Set<string>();
  const visit = (definition: GateDefinition): void => {
    if (sorted.has(definition) || standardGates.has(definition.name)) return;
    if (open.has(definition.name)) throw new CircuitError(`${definition.name} calls itself`);
    open.add(definition.name);
    for (const operation of definition.body) {
      if (operation.kind !== "gate") continue;
      const called = definitions.find(({ name }) => name === operation.name);
      if (called !== undefined) visit(called);
    }
    open.delete(definition.name);
    sorted.add(definition);
  };
  for (const definition of definitions) visit(definition);
  return [...sorted];
}

function indexed(registers: readonly Register[], what: string): (number: number) => string {
  const names = registers.flatMap(({ name, size }) =>
    Array.from({ length: size }, (_, at) => `${name}[${at}]`),
  );
  return (number) => {
    const name = names[number];
    if (name === undefined) throw new CircuitError(`there is no ${what} ${number}`);
    return name;
  };
}
