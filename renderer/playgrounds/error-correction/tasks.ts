/** The guided tour: what to try, and how the page sees that it was done. */
import type { PlacedError } from "./errors-text.ts";

export interface Tried {
  readonly code: string;
  readonly distance: number;
  readonly errors: readonly PlacedError[];
  readonly isCorrected: boolean;
  readonly pointsDone: number;
}

export interface Task {
  readonly title: string;
  readonly text: string;
  readonly isDone: (tried: Tried) => boolean;
}

export const tasks: readonly Task[] = [
  {
    title: "Make one error",
    text: "Click a qubit. The checks that touch it fire: they see that something happened, never the state itself. The decoder answers with a correction.",
    isDone: ({ errors, isCorrected }) => errors.length === 1 && isCorrected,
  },
  {
    title: "Make an error that no check tells from another",
    text: "On a surface code of distance 3, put two errors X above one another, in one column. The decoder takes the shorter way out, and that together with your errors crosses the code: a logical error.",
    isDone: ({ errors, isCorrected }) => errors.length >= 2 && !isCorrected,
  },
  {
    title: "Let a larger code correct it",
    text: "Choose distance 5 and make two errors again. A code of distance d corrects any (d − 1)/2 of them.",
    isDone: ({ errors, distance, isCorrected }) =>
      distance >= 5 && errors.length >= 2 && isCorrected,
  },
  {
    title: "Find the threshold",
    text: "Sample the curves below. Left of the crossing a larger code is better, right of it worse: under circuit noise near 1 %.",
    isDone: ({ pointsDone }) => pointsDone >= 4,
  },
];
