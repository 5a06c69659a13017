/** A guided page: steps with a circuit, something to look at, something to do, and how to tell it is done. */
import type { CircuitDocument } from "./document.ts";

/** What the reader's own circuit must come to; all that is given must hold. */
export interface Goal {
  /** Basis states and their probabilities, all others 0. */
  readonly states?: readonly { readonly basis: number; readonly probability: number }[];
  /** A basis state that is at least this likely. */
  readonly likely?: { readonly basis: number; readonly probability: number };
  /** A wire whose Bloch vector has this length: 0 for one half of a Bell pair. */
  readonly length?: { readonly wire: number; readonly value: number };
  /** The playhead is at this step or beyond. */
  readonly step?: number;
  readonly isAtEnd?: boolean;
  /** Names of gates that the circuit must have. */
  readonly gates?: readonly string[];
}

export interface LessonStep {
  readonly title: string;
  readonly text: readonly string[];
  /** The circuit that the step begins with; the one before goes on where there is none. */
  readonly document?: CircuitDocument;
  readonly playhead?: number;
  /** What the reader is asked to do; none where it is enough to look. */
  readonly task?: string;
  readonly goal?: Goal;
  /** Said when it is done. */
  readonly done?: string;
  /** Part of the screen to look at. */
  readonly look?: "circuit" | "wires" | "state" | "counts" | "time" | "factoring";
  /** A factoring to carry out and read. */
  readonly factoring?: { readonly modulus: number; readonly base: number };
}

export interface Lesson {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly steps: readonly LessonStep[];
}
