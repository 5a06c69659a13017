/**
 * OpenQASM 3 with the document's parameters as its inputs. Angles that are linear in the parameters stay
 * so when the text is read: the circuit is compiled at several values of each, and the coefficients are
 * what the angles change by.
 */
import { compileQasm, type Compiled } from "../core/qasm/compile-qasm.ts";
import { printAngle } from "../core/qasm/print-number.ts";
import { toQasm3 } from "../core/qasm/to-qasm3.ts";
import { circuitOfDocument } from "./compile.ts";
import type { CircuitDocument, Column, Item, Parameter } from "./document.ts";
import type { Angle } from "./expression.ts";
import { documentOfCircuit } from "./from-circuit.ts";
import { parametersMax } from "./limits.ts";

/** Numbers that no circuit has, one for each written angle; they are found again in the text. */
const markOf = (index: number): number => 9.000_000_1 + index * 1e-5 + 7.3e-11;

export function writeSymbolic(document: CircuitDocument): string {
  const { parameters } = document;
  if (parameters.length === 0) return toQasm3(circuitOfDocument(document));
  const written: string[] = [];
  const marked = withAngles(document.columns, (angle) => {
    if (typeof angle === "number") return angle;
    written.push(angle);
    return markOf(written.length - 1);
  });
  let text = toQasm3(circuitOfDocument({ ...document, columns: marked }));
  for (const [index, angle] of written.entries()) {
    const source = angle.replaceAll("^", "**").replaceAll(/\bln\b/g, "log");
    text = text.replaceAll(String(markOf(index)), source);
  }
  const inputs = parameters.map(({ name }) => `input float[64] ${name};`);
  return text.replace(/^(OPENQASM [\d.]+;\n(?:include "[^"]*";\n)*)/, `$1${inputs.join("\n")}\n`);
}

interface Read {
  readonly document: CircuitDocument;
  readonly warnings: readonly string[];
}

/** @throws QasmErrors for a text that cannot be read, CircuitError for what cannot be shown */
export function readSymbolic(text: string, title: string, before: readonly Parameter[]): Read {
  const names = inputsOf(text);
  const read = (values: readonly number[]): Compiled & { readonly document: CircuitDocument } => {
    const inputs = Object.fromEntries(names.map((name, at) => [name, values[at]!]));
    const compiled = compileQasm(text, { inputs });
    return { ...compiled, document: documentOfCircuit(compiled.circuit, title) };
  };
  const parameters = names.map(
    (name): Parameter =>
      before.find((each) => each.name === name) ?? { name, value: 1, min: 0, max: 2 * Math.PI },
  );
  const now = read(parameters.map(({ value }) => value));
  const warnings = now.warnings.map(({ line, column, message }) => `${line}:${column}: ${message}`);
  if (now.circuit.readout !== undefined) {
    warnings.push("wrong readings of the measuring device are not simulated here");
  }
  if (names.length === 0) return { document: now.document, warnings };
  const fixed = (document: CircuitDocument) => ({ ...document, parameters });
  // Numbers without a simple relation, so that what only looks linear at round ones is told apart.
  const base = names.map((_, at) => 0.731_4 + 0.193_7 * at);
  const origin = read(base).document;
  const slopes = names.map((_, at) => read(base.with(at, base[at]! + 1)).document);
  const probe = base.map((value, at) => value + 0.418_3 + 0.057_1 * at);
  const angles = linearAngles(anglesIn(origin), slopes.map(anglesIn), { base, probe, names });
  const isLinear =
    angles !== null &&
    anglesIn(read(probe).document).every(
      (angle, at) => Math.abs(angle - angles[at]!.atProbe) < 1e-9,
    ) &&
    anglesIn(now.document).length === angles.length;
  if (!isLinear) {
    const words =
      "the angles are no sums of multiples of the inputs, and stay at their present values";
    return { document: fixed(now.document), warnings: [...warnings, words] };
  }
  let at = 0;
  const columns = withAngles(now.document.columns, (angle) => angles[at++]?.text ?? angle);
  return { document: fixed({ ...now.document, columns }), warnings };
}

/** Inputs that are numbers; others need a value that nobody has given. */
function inputsOf(text: string): readonly string[] {
  const found = text.matchAll(/^[^\S\n]*input\s+float(?:\[\d+\])?\s+([a-z_]\w*)\s*;/gim);
  return Array.from(found, ([, name]) => name!).slice(0, parametersMax);
}

function anglesIn({ columns }: CircuitDocument): readonly number[] {
  const found: number[] = [];
  withAngles(columns, (angle) => {
    found.push(Number(angle));
    return angle;
  });
  return found;
}

interface Points {
  readonly base: readonly number[];
  readonly probe: readonly number[];
  readonly names: readonly string[];
}

/** null where a parameter changes more than angles. */
function linearAngles(
  origin: readonly number[],
  moved: readonly (readonly number[])[],
  { base, probe, names }: Points,
): readonly { readonly text: Angle; readonly atProbe: number }[] | null {
  if (moved.some(({ length }) => length !== origin.length)) return null;
  return origin.map((angle, place) => {
    const factors = moved.map((angles) => rounded(angles[place]! - angle));
    const rest = factors.reduce((sum, factor, at) => sum - factor * base[at]!, angle);
    const constant = rounded(rest);
    const atProbe = factors.reduce((sum, factor, at) => sum + factor * probe[at]!, constant);
    const terms = factors.flatMap((factor, at) => termOf(factor, names[at]!));
    const text =
      terms.length === 0
        ? constant
        : [...terms, ...(constant === 0 ? [] : [printAngle(constant)])].join(" + ");
    return { text: typeof text === "string" ? text.replaceAll("+ -", "- ") : text, atProbe };
  });
}

/** Differences of sums have dust in their last digits. */
function rounded(value: number): number {
  const simple = Math.round(value * 5040) / 5040;
  if (Math.abs(value - simple) < 1e-11) return simple;
  const angle = (Math.round((value * 5040) / Math.PI) * Math.PI) / 5040;
  return Math.abs(value - angle) < 1e-11 ? angle : value;
}

function termOf(factor: number, name: string): readonly string[] {
  if (factor === 0) return [];
  if (factor === 1) return [name];
  if (factor === -1) return [`-${name}`];
  const inverse = 1 / factor;
  return Number.isInteger(inverse)
    ? [`${inverse < 0 ? "-" : ""}${name} / ${Math.abs(inverse)}`]
    : [`${printAngle(factor)} * ${name}`];
}

function withAngles(
  columns: readonly Column[],
  change: (angle: Angle) => Angle,
): readonly Column[] {
  return columns.map((column) => {
    if (column.kind !== "items") return column;
    const items = column.items.map((item): Item => {
      if (item.kind !== "gate" || item.angles.length === 0) return item;
      return { ...item, angles: item.angles.map(change) };
    });
    return { ...column, items };
  });
}
