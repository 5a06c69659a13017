/** Texts and named algorithms as circuits and back: what needs no state vector, or makes its own. */
import { factor, type Factoring } from "./algorithms/factor.ts";
import { buildFromGallery } from "./algorithms/gallery.ts";
import type { Circuit } from "./circuit.ts";
import { toCirq } from "./export/to-cirq.ts";
import { toQiskit } from "./export/to-qiskit.ts";
import { toQuantikz } from "./export/to-quantikz.ts";
import { toQuirk } from "./export/to-quirk.ts";
import { toStim } from "./export/to-stim.ts";
import { factoringQubitsMax } from "./limits.ts";
import { compileQasm } from "./qasm/compile-qasm.ts";
import { QasmErrors } from "./qasm/qasm-error.ts";
import { toQasm2 } from "./qasm/to-qasm2.ts";
import { toQasm3 } from "./qasm/to-qasm3.ts";

const writers = {
  qasm3: toQasm3,
  qasm2: toQasm2,
  qiskit: toQiskit,
  cirq: toCirq,
  quirk: (circuit: Circuit) => JSON.stringify(toQuirk(circuit)),
  quantikz: toQuantikz,
  stim: toStim,
} as const;
type ExportFormat = keyof typeof writers;

export type ProgramOrder =
  | {
      readonly kind: "import";
      readonly source: string;
      readonly inputs: Readonly<Record<string, number | string>>;
    }
  | { readonly kind: "export"; readonly circuit: Circuit; readonly format: ExportFormat }
  | {
      readonly kind: "build";
      readonly id: string;
      readonly parameters: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: "factor";
      readonly modulus: number;
      readonly base: number | undefined;
      readonly counting: number | undefined;
      readonly seed: number;
    };

interface Remark {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type ProgramAnswer =
  | { readonly kind: "circuit"; readonly circuit: Circuit; readonly warnings: readonly Remark[] }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "factored"; readonly factoring: Factoring }
  /** What was asked for is at fault; a source's mistakes have their places. */
  | { readonly kind: "refused"; readonly message: string; readonly mistakes: readonly Remark[] };

export function perform(order: ProgramOrder): ProgramAnswer {
  try {
    return answerTo(order);
  } catch (error) {
    if (error instanceof QasmErrors && order.kind === "import") {
      const { errors } = error;
      return {
        kind: "refused",
        message: errors[0]?.render(order.source) ?? error.message,
        mistakes: errors.map(({ line, column, message, hint }) => ({
          line,
          column,
          message: hint === undefined ? message : `${message} (${hint})`,
        })),
      };
    }
    // Only what is wrong with the order itself; anything else is a fault of ours.
    if (!(error instanceof RangeError)) throw error;
    return { kind: "refused", message: error.message, mistakes: [] };
  }
}

function answerTo(order: ProgramOrder): ProgramAnswer {
  switch (order.kind) {
    case "import": {
      const { circuit, warnings } = compileQasm(order.source, { inputs: order.inputs });
      return {
        kind: "circuit",
        circuit,
        warnings: warnings.map(({ line, column, message }) => ({ line, column, message })),
      };
    }
    case "export":
      return { kind: "text", text: writers[order.format](order.circuit) };
    case "build":
      return {
        kind: "circuit",
        circuit: buildFromGallery(order.id, order.parameters),
        warnings: [],
      };
    default:
      return { kind: "factored", factoring: factor({ ...order, qubitsMax: factoringQubitsMax }) };
  }
}
