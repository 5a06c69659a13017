import { Button } from "@mantine/core";
import type { Playground } from "./playground.ts";
import classes from "./playground.module.css";
import { useSlice } from "./use-slice.ts";

const fields = ["catalogue"] as const;

export function LessonsTab(props: { readonly playground: Playground }) {
  const { playground } = props;
  const { catalogue } = useSlice(playground, fields);
  const lessons = catalogue?.lessons ?? [];
  return (
    <ul className={classes.cards} aria-label="Lessons">
      {lessons.map(({ id, title, summary, steps }) => (
        <li key={id} className={classes.card}>
          <h3>{title}</h3>
          <p>
            {summary} <span className="soft">{steps.length} steps</span>
          </p>
          <div>
            <Button
              variant="default"
              aria-label={`Begin: ${title}`}
              onClick={() => void playground.lesson({ lesson: id, step: 0 })}
            >
              Begin
            </Button>
          </div>
        </li>
      ))}
    </ul>
  );
}
