/** Reads .stim circuits (Stim, doc/file_format_stim_circuit.md and doc/gates.md). */
import type { StimCircuit, StimInstruction, StimTarget } from "./circuit.ts";
import {
  type Basis,
  instructionNamed,
  instructionNames,
  type InstructionKind,
} from "./instructions.ts";
import { observablesMax, stimIndexMax } from "./limits.ts";
import { readBlocks, type Statement, type Word } from "./statements.ts";
import { StimError } from "./stim-error.ts";

/** @throws StimError at the first mistake, with line, column and a hint */
export function parseStim(text: string): StimCircuit {
  return { body: readBlocks(text, readInstruction) };
}

const unsupported: Readonly<Record<string, string>> = {
  HERALDED_ERASE: "Heralded noise is not supported; use DEPOLARIZE1 and no herald.",
  HERALDED_PAULI_CHANNEL_1: "Heralded noise is not supported; use PAULI_CHANNEL_1 and no herald.",
};

function readInstruction({ name, tag, numbers, words }: Statement): StimInstruction {
  const instruction = instructionNamed(name.text);
  if (instruction === undefined) {
    const hint = unsupported[name.text.toUpperCase()] ?? nearest(name.text);
    throw new StimError(name, `there is no instruction ${name.text.slice(0, 60)}`, hint);
  }
  const [least, most] = instruction.numbers;
  if (numbers.length < least || numbers.length > most) {
    const range = least === most ? `${least}` : `${least} to ${most}`;
    throw new StimError(
      name,
      `${instruction.name} takes ${range} arguments, not ${numbers.length}`,
    );
  }
  checkNumbers(instruction.what, numbers, name);
  const targets = words.map(readTarget);
  checkTargets(instruction.what, instruction.name, targets, words, name);
  return { kind: "instruction", instruction, tag, numbers, targets, line: name.line };
}

function nearest(name: string): string | undefined {
  const upper = name.toUpperCase();
  const close = instructionNames.filter(
    (known) => known.startsWith(upper.slice(0, 3)) || upper.startsWith(known),
  );
  return close.length === 0 ? undefined : `Perhaps ${close.slice(0, 4).join(", ")}?`;
}

function checkNumbers(what: InstructionKind, numbers: readonly number[], name: Word): void {
  if (what.kind === "observable") {
    const [index] = numbers;
    if (!Number.isInteger(index) || index! < 0 || index! >= observablesMax) {
      throw new StimError(name, `an observable is an integer from 0 to ${observablesMax - 1}`);
    }
    return;
  }
  if (["detector", "coordinates", "shift", "nothing"].includes(what.kind)) return;
  for (const number of numbers) {
    if (number < 0 || number > 1) throw new StimError(name, "a probability is from 0 to 1");
  }
  if (numbers.reduce((sum, number) => sum + number, 0) > 1 + 1e-9) {
    throw new StimError(name, "the probabilities add up to more than 1");
  }
}

const targetPattern =
  /^(?:(?<not>!?)(?<basis>[XYZxyz]?)(?<qubit>\d{1,9})|rec\[-(?<back>\d{1,15})\]|sweep\[(?<sweep>\d{1,9})\]|(?<times>\*))$/;

function readTarget(word: Word): StimTarget {
  const parts = targetPattern.exec(word.text)?.groups;
  if (parts === undefined) {
    throw new StimError(
      word,
      `${word.text.slice(0, 60)} is no target`,
      "A target is a qubit (3, !3), a Pauli (X3), a record (rec[-1]) or *.",
    );
  }
  if (parts["times"] !== undefined) return { kind: "times" };
  if (parts["back"] !== undefined) {
    const back = Number(parts["back"]);
    if (back < 1) throw new StimError(word, "rec[-1] is the last measurement; there is no rec[0]");
    return { kind: "record", back };
  }
  const index = Number(parts["qubit"] ?? parts["sweep"]);
  if (index > stimIndexMax) throw new StimError(word, `the number is above ${stimIndexMax}`);
  if (parts["sweep"] !== undefined) return { kind: "sweep", bit: index };
  const inverted = parts["not"] === "!";
  const basis = parts["basis"]!.toUpperCase();
  if (basis === "") return { kind: "qubit", qubit: index, inverted };
  return { kind: "pauli", basis: basis as Basis, qubit: index, inverted };
}

interface Rule {
  readonly allows: (target: StimTarget) => boolean;
  readonly says: string;
  readonly isPaired?: boolean;
}

const plainQubit = (target: StimTarget) => target.kind === "qubit" && !target.inverted;
const anyQubit = (target: StimTarget) => target.kind === "qubit";
const qubitRule: Rule = { allows: plainQubit, says: "qubits" };
const measuredRule: Rule = { allows: anyQubit, says: "qubits, inverted or not" };
const productRule: Rule = {
  allows: ({ kind }) => kind === "pauli" || kind === "times",
  says: "products of Paulis such as X1*Z2",
};

function ruleOf(what: InstructionKind): Rule {
  switch (what.kind) {
    case "clifford":
    case "noise":
      return { ...qubitRule, isPaired: what.qubits === 2 };
    case "controlled":
      return {
        allows: (target) => plainQubit(target) || ["record", "sweep"].includes(target.kind),
        says: "pairs of qubits, or of a record and a qubit",
        isPaired: true,
      };
    case "collapse":
      return what.measures ? measuredRule : qubitRule;
    case "pair-measurement":
      return { ...measuredRule, isPaired: true };
    case "product-measurement":
    case "product-phase":
      return productRule;
    case "correlated":
      return {
        allows: (target) => target.kind === "pauli" && !target.inverted,
        says: "Paulis such as X1 Z2",
      };
    case "pad":
      return {
        allows: (target) => target.kind === "qubit" && !target.inverted && target.qubit <= 1,
        says: "the values 0 and 1",
      };
    case "detector":
    case "observable":
      return { allows: ({ kind }) => kind === "record", says: "records such as rec[-1]" };
    case "shift":
    case "tick":
      return { allows: () => false, says: "no targets" };
    default:
      return qubitRule;
  }
}

function checkTargets(
  what: InstructionKind,
  name: string,
  targets: readonly StimTarget[],
  words: readonly Word[],
  place: Word,
): void {
  const rule = ruleOf(what);
  const wrong = targets.findIndex((target) => !rule.allows(target));
  if (wrong >= 0) {
    const hint =
      what.kind === "observable" && targets[wrong]?.kind === "pauli"
        ? "Observables of Paulis are not supported; measure them with MPP."
        : undefined;
    throw new StimError(words[wrong]!, `${name} takes ${rule.says}`, hint);
  }
  if (rule.isPaired === true) checkPairs(what, name, targets, words, place);
  if (rule === productRule) checkProducts(name, targets, words);
  if (what.kind === "correlated") {
    const seen = new Set<number>();
    for (const [at, target] of targets.entries()) {
      if (target.kind !== "pauli") continue;
      if (seen.has(target.qubit)) {
        throw new StimError(words[at]!, `qubit ${target.qubit} stands twice in one error`);
      }
      seen.add(target.qubit);
    }
  }
}

function checkPairs(
  what: InstructionKind,
  name: string,
  targets: readonly StimTarget[],
  words: readonly Word[],
  place: Word,
): void {
  if (targets.length % 2 === 1) throw new StimError(place, `${name} takes pairs of targets`);
  for (let at = 0; at < targets.length; at += 2) {
    const [first, second] = [targets[at]!, targets[at + 1]!];
    if (first.kind === "qubit" && second.kind === "qubit") {
      if (first.qubit !== second.qubit) continue;
      throw new StimError(words[at + 1]!, `${name} needs two different qubits`);
    }
    if (what.kind !== "controlled") continue;
    const classical = first.kind === "qubit" ? 1 : 0;
    const both = first.kind !== "qubit" && second.kind !== "qubit";
    if (
      both ? what.control !== "either" : what.control !== "either" && what.control !== classical
    ) {
      throw new StimError(words[at + classical]!, `of ${name} only the control may be a record`);
    }
  }
}

/** Factors and stars in turn: the products are separated by a space alone. */
function checkProducts(name: string, targets: readonly StimTarget[], words: readonly Word[]): void {
  for (const [at, { kind }] of targets.entries()) {
    if (kind !== "times") continue;
    if (targets[at - 1]?.kind !== "pauli" || targets[at + 1]?.kind !== "pauli") {
      throw new StimError(words[at]!, `* of ${name} stands between two Paulis`);
    }
  }
}

/** The products that targets with stars stand for. */
export function productsOf(
  targets: readonly StimTarget[],
): readonly (readonly Extract<StimTarget, { kind: "pauli" }>[])[] {
  const products: Extract<StimTarget, { kind: "pauli" }>[][] = [];
  let joins = false;
  for (const target of targets) {
    if (target.kind === "times") joins = true;
    else if (target.kind === "pauli") {
      if (joins) products.at(-1)!.push(target);
      else products.push([target]);
      joins = false;
    }
  }
  return products;
}
