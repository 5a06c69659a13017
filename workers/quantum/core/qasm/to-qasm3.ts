/**
 * A circuit as OpenQASM 3 (openqasm.com, live specification). Matrices, diagonals, permutations and
 * initial states become gates; all else reads back as exactly what it was.
 */
import type { Channel, Circuit, Condition, Control, Operation } from "../circuit.ts";
import { decomposed } from "../decompose.ts";
import { standardGates } from "../gates/standard-gates.ts";
import { CircuitError } from "../primitive.ts";
import { gateTexts } from "./library.ts";
import { namesFor, type Names } from "./print-names.ts";
import { printAngle, printNumber } from "./print-number.ts";

/** @throws CircuitError for a circuit that makes no sense */
export function toQasm3(circuit: Circuit): string {
  const names = namesFor(circuit, "3.0");
  const printer = new Printer(names);
  const body = printer.block(circuit.operations, "");
  const definitions = names.definitions.map((definition) => {
    const parameters = Array.from({ length: definition.qubits }, (_, at) => `q${at}`);
    const inner = new Printer({ ...names, qubit: (at) => parameters[at]! }, printer.used);
    const head = `gate ${names.gate(definition.name)} ${parameters.join(", ")}`;
    return [`${head} {`, ...inner.block(definition.body, "  "), "}"].join("\n");
  });
  const texts = [...gateTexts].filter(([name]) => printer.used.has(name)).map(([, text]) => text);
  return [
    `OPENQASM ${printer.used.has("switch") ? "3.1" : "3.0"};`,
    'include "stdgates.inc";',
    ...texts,
    ...definitions,
    ...names.quantumRegisters.map(({ name, size }) => `qubit[${size}] ${name};`),
    ...names.classicalRegisters.map(({ name, size }) => `bit[${size}] ${name};`),
    ...(circuit.readout === undefined
      ? []
      : [`pragma demo.noise readout(${circuit.readout.oneFor0}, ${circuit.readout.zeroFor1})`]),
    ...body,
    "",
  ].join("\n");
}

class Printer {
  readonly #names: Names;
  /** The gates that stdgates.inc lacks, and "switch". */
  readonly used: Set<string>;

  constructor(names: Names, used = new Set<string>()) {
    this.#names = names;
    this.used = used;
  }

  block(operations: readonly Operation[], indent: string): readonly string[] {
    return operations.flatMap((operation) => this.#lines(operation, indent));
  }

  #lines(operation: Operation, indent: string): readonly string[] {
    const { qubit, bit } = this.#names;
    const line = (text: string) => [indent + text];
    switch (operation.kind) {
      case "gate":
        return line(this.#gate(operation));
      case "global-phase": {
        const { angle, controls = [] } = operation;
        const operands = controls.map((control) => qubit(control.qubit)).join(", ");
        const call = `${modifiers(controls)}gphase(${printAngle(angle)})`;
        return line(operands === "" ? `${call};` : `${call} ${operands};`);
      }
      case "unitary":
      case "diagonal":
      case "permutation":
      case "initialise":
        return this.block(decomposed(operation), indent);
      case "measure":
        return line(`${bit(operation.bit)} = measure ${qubit(operation.qubit)};`);
      case "assign": {
        const { value } = operation;
        const text = typeof value === "number" ? String(value) : this.#condition(value);
        return line(`${bit(operation.bit)} = ${text};`);
      }
      case "reset":
        return line(`reset ${qubit(operation.qubit)};`);
      case "barrier":
        // A barrier of nothing would be one of everything.
        if (operation.qubits.length === 0) return [];
        return line(`barrier ${operation.qubits.map(qubit).join(", ")};`);
      case "noise":
        return line(noisePragma(operation));
      default:
        return this.#control(operation, indent);
    }
  }

  #control(
    operation: Extract<Operation, { kind: "if" | "while" | "repeat" | "switch" }>,
    indent: string,
  ): readonly string[] {
    const inner = (body: readonly Operation[], more = "  ") => this.block(body, indent + more);
    const close = `${indent}}`;
    switch (operation.kind) {
      case "if": {
        const { condition, whenTrue, whenFalse } = operation;
        const otherwise = whenFalse.length === 0 ? [] : [`${indent}} else {`, ...inner(whenFalse)];
        const head = `${indent}if (${this.#condition(condition)}) {`;
        return [head, ...inner(whenTrue), ...otherwise, close];
      }
      case "while":
        return [
          `${indent}while (${this.#condition(operation.condition)}) {`,
          ...inner(operation.body),
          close,
        ];
      case "repeat":
        return [
          `${indent}for uint round_${indent.length} in [0:${operation.count - 1}] {`,
          ...inner(operation.body),
          close,
        ];
      default: {
        this.used.add("switch");
        const { bits, cases, otherwise } = operation;
        const arms = cases.flatMap(({ values, body }) => [
          `${indent}  case ${values.join(", ")} {`,
          ...inner(body, "    "),
          `${indent}  }`,
        ]);
        const last =
          otherwise.length === 0
            ? []
            : [`${indent}  default {`, ...inner(otherwise, "    "), `${indent}  }`];
        const subject = `uint[${bits.length}](${this.#names.bits(bits)})`;
        return [`${indent}switch (${subject}) {`, ...arms, ...last, close];
      }
    }
  }

  #gate(operation: Operation & { kind: "gate" }): string {
    const { name, parameters, qubits, controls = [], power = 1 } = operation;
    if (standardGates.has(name) && gateTexts.has(name)) this.used.add(name);
    const operands = [...controls.map((control) => control.qubit), ...qubits];
    return [
      modifiers(controls),
      power === 1 ? "" : `pow(${Number.isInteger(power) ? power : printNumber(power)}) @ `,
      this.#names.gate(name),
      parameters.length === 0 ? "" : `(${parameters.map((each) => printAngle(each)).join(", ")})`,
      ` ${operands.map(this.#names.qubit).join(", ")};`,
    ].join("");
  }

  #condition(condition: Condition): string {
    switch (condition.kind) {
      case "compare":
        return `${this.#names.bits(condition.bits)} ${condition.operator} ${condition.value}`;
      case "not":
        return `!(${this.#condition(condition.of)})`;
      default: {
        const isAll = condition.kind === "all";
        if (condition.of.length === 0) return String(isAll);
        const parts = condition.of.map((part) => `(${this.#condition(part)})`);
        return parts.join(isAll ? " && " : " || ");
      }
    }
  }
}

/** ctrl and negctrl, one after another as the controls stand. */
function modifiers(controls: readonly Control[]): string {
  let text = "";
  for (let at = 0; at < controls.length;) {
    const { value } = controls[at]!;
    let end = at + 1;
    while (controls[end]?.value === value) end += 1;
    text += `${value === 1 ? "ctrl" : "negctrl"}${end - at === 1 ? "" : `(${end - at})`} @ `;
    at = end;
  }
  return text;
}

/** Read back by noise-pragma.ts. */
function noisePragma({ channel, qubits }: Operation & { kind: "noise" }): string {
  const values = (each: Channel): readonly number[] =>
    each.kind === "pauli" ? [each.x, each.y, each.z] : [each.probability];
  const count = channel.kind === "depolarising" ? [1, 2] : [1];
  if (!count.includes(qubits.length)) {
    throw new CircuitError(`${channel.kind} acts on ${count.join(" or ")} qubits`);
  }
  return `pragma demo.noise ${channel.kind}(${values(channel).join(", ")}) ${qubits.join(", ")}`;
}
