import { useState } from "react";
import { Panel } from "../../components/page-frame.tsx";
import classes from "./error-correction.module.css";
import { tasks, type Tried } from "./tasks.ts";

interface TaskListProps {
  readonly tried: Tried;
  /** The decoder has answered to what is shown. */
  readonly isKnown: boolean;
}

/** What to try; a task that was done stays done while the page is open. */
export function TaskList({ tried, isKnown }: TaskListProps) {
  const [done, setDone] = useState<readonly string[]>([]);
  const fresh = isKnown
    ? tasks.filter((task) => task.isDone(tried) && !done.includes(task.title))
    : [];
  // Remembered while rendering: what was seen once must not wait for the next answer.
  if (fresh.length > 0) setDone([...done, ...fresh.map(({ title }) => title)]);
  return (
    <Panel title="Try this">
      <div className={classes.content}>
        <ol className={classes.tasks}>
          {tasks.map(({ title, text }) => (
            <li key={title}>
              <h3>
                {title}
                {done.includes(title) && <span className={classes.done}> ✓ done</span>}
              </h3>
              <p>{text}</p>
            </li>
          ))}
        </ol>
      </div>
    </Panel>
  );
}
