import { Button } from "@mantine/core";
import { StatusMark } from "../../components/status-mark.tsx";
import type { TabProps } from "./details.tsx";
import classes from "./details.module.css";
import { useCalm } from "./use-answer.ts";

/** What must hold after every event, and what went wrong. */
export function ChecksTab({ playground, snapshot, frame }: TabProps) {
  const { invariants, problems } = useCalm(frame, snapshot.playing);
  return (
    <div className={classes.tab}>
      <ul className={classes.checks} aria-label="Invariants, checked after every event">
        {invariants.map(({ name, violated }) => (
          <li key={name}>
            <StatusMark
              health={violated === null ? "healthy" : "failed"}
              word={violated === null ? "holds" : "violated"}
            />
            <strong>{name}</strong>
            {violated !== null && (
              <>
                <span>{violated.message}</span>
                <Button
                  size="compact-xs"
                  variant="default"
                  onClick={() => void playground.seekEvent(violated.event)}
                >
                  Go to event {violated.event}
                </Button>
              </>
            )}
          </li>
        ))}
      </ul>
      <h3 className={classes.smallTitle}>Problems of the run</h3>
      <ul className={classes.checks} aria-label="Problems of the run">
        {problems.map(({ event, atMs, kind, message }) => (
          <li key={`${event} ${message}`}>
            <StatusMark health="failed" word={kind} />
            <span>
              {(atMs / 1000).toFixed(3)} s: {message}
            </span>
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => void playground.seekEvent(Math.max(0, event - 1))}
            >
              Go to before event {event}
            </Button>
          </li>
        ))}
        {problems.length === 0 && <li className="soft">None so far.</li>}
      </ul>
    </div>
  );
}
