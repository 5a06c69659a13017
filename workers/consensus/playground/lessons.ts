/** Lessons: runs to look at, with steps of text bound to their moments. */
import type { RunDocument } from "./document.ts";

export interface LessonStep {
  readonly atMs: number;
  readonly text: string;
}

export interface Lesson {
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly document: RunDocument;
  readonly steps: readonly LessonStep[];
  readonly question: string;
  readonly answer: string;
  readonly next: string;
}

export const lessons: readonly Lesson[] = [];
