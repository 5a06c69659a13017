/** A .stim circuit as it is written: the parser's result and the printer's source. */
import type { Basis, Instruction } from "./instructions.ts";
import type { Block } from "./statements.ts";

export type StimTarget =
  | { readonly kind: "qubit"; readonly qubit: number; readonly inverted: boolean }
  | {
      readonly kind: "pauli";
      readonly basis: Basis;
      readonly qubit: number;
      readonly inverted: boolean;
    }
  /** The measurement that many before this one: 1 is the last. */
  | { readonly kind: "record"; readonly back: number }
  /** A bit that differs from shot to shot by choice; 0 here. */
  | { readonly kind: "sweep"; readonly bit: number }
  /** `*`: joins Paulis to a product. */
  | { readonly kind: "times" };

export interface StimInstruction {
  readonly kind: "instruction";
  readonly instruction: Instruction;
  readonly tag: string | null;
  readonly numbers: readonly number[];
  readonly targets: readonly StimTarget[];
  /** Where it was written, from 1; 0 when it was made by program. */
  readonly line: number;
}

export type StimBlock = Block<StimInstruction>;

export interface StimCircuit {
  readonly body: readonly (StimInstruction | StimBlock)[];
}
