/**
 * A circuit as OpenQASM 2 (arXiv 1707.03429). What that language lacks is expressed by gates of
 * qelib1.inc where they give exactly the same, but for the global phase, and refused where none do.
 */
import type { Circuit, Operation } from "../circuit.ts";
import { standardGates } from "../gates/standard-gates.ts";
import { qasmOperationsMax } from "../limits.ts";
import { CircuitError } from "../primitive.ts";
import { qelibGates } from "../qelib-gates.ts";
import { gateTexts } from "./library.ts";
import { namesFor, type Names } from "./print-names.ts";
import { printAngle } from "./print-number.ts";

/** In Qiskit's qelib1.inc, though not in the texts of the language itself. */
const inQelib1 = new Set(["u", "sxdg", "csx", "rxx", "rzz"]);

/** @throws CircuitError that names an operation which version 2 cannot say */
export function toQasm2(circuit: Circuit): string {
  if (circuit.readout !== undefined) refuse("readout errors");
  const names = namesFor(circuit, "2.0");
  const used = new Set<string>();
  const body = lines(circuit, names, used, circuit.operations);
  const definitions = names.definitions.map((definition) => {
    const parameters = Array.from({ length: definition.qubits }, (_, at) => `q${at}`);
    const inner = { ...names, qubit: (at: number) => parameters[at]! };
    const statements = lines(circuit, inner, used, definition.body);
    return `gate ${names.gate(definition.name)} ${parameters.join(", ")} { ${statements.join(" ")} }`;
  });
  const texts = [...gateTexts].filter(([name]) => used.has(name)).map(([, text]) => text);
  return [
    "OPENQASM 2.0;",
    'include "qelib1.inc";',
    ...texts,
    ...definitions,
    ...names.quantumRegisters.map(({ name, size }) => `qreg ${name}[${size}];`),
    ...names.classicalRegisters.map(({ name, size }) => `creg ${name}[${size}];`),
    ...body,
    "",
  ].join("\n");
}

function lines(
  circuit: Circuit,
  names: Names,
  used: Set<string>,
  operations: readonly Operation[],
): readonly string[] {
  return operations
    .flatMap((operation) => qelibGates(operation, circuit.definitions))
    .flatMap((operation): readonly string[] => {
      const { qubit, bit } = names;
      switch (operation.kind) {
        case "gate": {
          const { name, parameters, qubits } = operation;
          if (gateTexts.has(name) && !inQelib1.has(name) && standardGates.has(name)) used.add(name);
          const angles = parameters.map((each) => printAngle(each)).join(", ");
          const list = parameters.length === 0 ? "" : `(${angles})`;
          return [`${names.gate(name)}${list} ${qubits.map(qubit).join(", ")};`];
        }
        case "measure":
          return [`measure ${qubit(operation.qubit)} -> ${bit(operation.bit)};`];
        case "reset":
          return [`reset ${qubit(operation.qubit)};`];
        case "barrier":
          return operation.qubits.length === 0
            ? []
            : [`barrier ${operation.qubits.map(qubit).join(", ")};`];
        case "if":
          return conditional(circuit, names, used, operation);
        case "repeat": {
          const body = lines(circuit, names, used, operation.body);
          if (body.length * operation.count > qasmOperationsMax) refuse("so long a repetition");
          return Array.from({ length: operation.count }, () => body).flat();
        }
        default:
          return refuse(operation.kind);
      }
    });
}

/** if (register == number) before each statement, none of which may change the register. */
function conditional(
  circuit: Circuit,
  names: Names,
  used: Set<string>,
  { condition, whenTrue, whenFalse }: Operation & { kind: "if" },
): readonly string[] {
  if (whenFalse.length > 0) refuse("else");
  if (condition.kind !== "compare" || condition.operator !== "==") {
    return refuse("any condition but register == number:", "if");
  }
  const register = names.classicalRegisters.find(
    ({ first, size }) =>
      size === condition.bits.length && condition.bits.every((bit, at) => bit === first + at),
  );
  if (register === undefined) return refuse("a condition on a part of a register:", "if");
  const changes = whenTrue.findIndex(
    (each) => each.kind === "measure" && condition.bits.includes(each.bit),
  );
  if (changes >= 0 && changes < whenTrue.length - 1) {
    return refuse("a measurement into the register of its own condition:", "if");
  }
  if (whenTrue.some(({ kind }) => kind === "if"))
    return refuse("a condition inside another:", "if");
  return lines(circuit, names, used, whenTrue).map(
    (line) => `if (${register.name} == ${condition.value}) ${line}`,
  );
}

function refuse(what: string, name = ""): never {
  throw new CircuitError(`OpenQASM 2 cannot say ${what}${name && ` ${name}`}; version 3 can`);
}
