import { Button } from "@mantine/core";
import type { Lesson } from "./engine.worker.ts";
import type { Playground } from "./playground.ts";
import classes from "./playground.module.css";

/** The step of a lesson that a moment belongs to; -1 before the first. */
export function stepAt(lesson: Lesson, nowMs: number): number {
  // The slider knows whole milliseconds.
  return lesson.steps.findLastIndex(({ atMs }) => atMs <= nowMs + 0.5);
}

interface LessonStripProps {
  readonly lesson: Lesson;
  readonly playground: Playground;
  readonly nowMs: number;
}

/** The text of the moment above the picture that it speaks of. */
export function LessonStrip({ lesson, playground, nowMs }: LessonStripProps) {
  const place = stepAt(lesson, nowMs);
  const step = lesson.steps[place];
  const go = (index: number) => {
    const target = lesson.steps[index];
    playground.pause();
    if (target !== undefined) playground.follow(target.atMs);
  };
  return (
    <section className={classes.lessonStrip} aria-label={`Step of the lesson ${lesson.title}`}>
      <p aria-live="polite">
        <strong>
          {lesson.title}, {place + 1} of {lesson.steps.length}.
        </strong>{" "}
        {step?.text ?? lesson.summary}
      </p>
      <Button variant="default" disabled={place < 1} onClick={() => go(place - 1)}>
        Back
      </Button>
      <Button disabled={place + 1 >= lesson.steps.length} onClick={() => go(place + 1)}>
        Next step
      </Button>
    </section>
  );
}
