import { Button } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { useState } from "react";
import type { TabProps } from "./details.tsx";
import type { Lesson } from "./engine.worker.ts";
import { stepAt } from "./lesson-strip.tsx";
import type { Playground } from "./playground.ts";
import classes from "./details.module.css";

const route = getRouteApi("/playgrounds/consensus");

/** The classic situations, each a run with text at its moments. */
export function LessonsTab({ playground, snapshot, frame }: TabProps) {
  const { lesson: openId } = route.useSearch();
  const navigate = route.useNavigate();
  const lessons = snapshot.catalogue?.lessons ?? [];
  const open = (lesson: Lesson | null) => {
    void navigate({
      to: ".",
      search: (before) => ({ ...before, lesson: lesson?.id }),
      replace: true,
      resetScroll: false,
    });
    if (lesson !== null) void playground.open(lesson.document);
  };
  const lesson = lessons.find(({ id }) => id === openId);
  if (lesson !== undefined) {
    return (
      <LessonView
        key={lesson.id}
        lesson={lesson}
        playground={playground}
        nowMs={frame.nowMs}
        onLeave={() => open(null)}
      />
    );
  }
  return (
    <ul className={classes.lessons} aria-label="Lessons">
      {lessons.map((each) => (
        <li key={each.id}>
          <h3>{each.title}</h3>
          <p className="soft">{each.summary}</p>
          <Button variant="default" onClick={() => open(each)}>
            Open the lesson {each.title.toLowerCase()}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function LessonView(props: {
  readonly lesson: Lesson;
  readonly playground: Playground;
  readonly nowMs: number;
  readonly onLeave: () => void;
}) {
  const { lesson, playground, nowMs, onLeave } = props;
  const [answered, setAnswered] = useState(false);
  const present = stepAt(lesson, nowMs);
  const go = (atMs: number) => {
    playground.pause();
    playground.follow(atMs);
  };
  return (
    <article className={classes.lesson} aria-label={`Lesson: ${lesson.title}`}>
      <header className={classes.tabTools}>
        <h3>{lesson.title}</h3>
        <Button variant="default" onClick={onLeave}>
          All lessons
        </Button>
      </header>
      <ol className={classes.steps}>
        {lesson.steps.map(({ atMs, text }, place) => (
          <li key={atMs} aria-current={place === present ? "step" : undefined}>
            <button type="button" className="link" onClick={() => go(atMs)}>
              {(atMs / 1000).toFixed(2)} s
            </button>{" "}
            {text}
          </li>
        ))}
      </ol>
      <p>
        <strong>Question.</strong> {lesson.question}{" "}
        {answered ? (
          lesson.answer
        ) : (
          <button type="button" className="link" onClick={() => setAnswered(true)}>
            Show the answer
          </button>
        )}
      </p>
      <p>
        <strong>Next.</strong> {lesson.next}
      </p>
    </article>
  );
}
