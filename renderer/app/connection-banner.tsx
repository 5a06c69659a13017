import { Button } from "@mantine/core";
import { formatAge } from "../components/format.ts";
import { useLive, useNow } from "../data/hooks.ts";
import { reconnectNow } from "../data/live.ts";
import { servingSubsystem, subsystemTitle } from "../data/subsystem.ts";
import classes from "./shell.module.css";

/** Says that the stream is lost, since when, and what the page is doing about it. */
export function ConnectionBanner() {
  const { freshness, receivedAt, problem, retryAt, state } = useLive();
  const now = useNow();
  if (freshness === "live" || (freshness === "connecting" && problem === null)) return null;
  const offline = freshness === "offline" || receivedAt === null;
  const age = receivedAt === null ? null : formatAge(now - receivedAt);
  const waitSeconds = retryAt === null ? 0 : Math.max(0, Math.ceil((retryAt - now) / 1_000));
  const others = state?.threads.filter(({ id, url }) => id !== servingSubsystem && url !== null);
  return (
    <div className={classes.banner} data-tone={offline ? "offline" : "stale"} role="alert">
      <p>
        <strong>
          {offline
            ? `${subsystemTitle(servingSubsystem)} does not answer.`
            : "Live updates are interrupted."}
        </strong>{" "}
        {age === null ? "No data have arrived yet." : `The data below are ${age} old.`}{" "}
        {waitSeconds > 0 ? `Next attempt in ${waitSeconds} s.` : "Trying to reconnect."}{" "}
        {offline &&
          others?.map(({ id, title, url }) => (
            <span key={id}>
              <a href={url ?? "/"}>Open the control center on {title}</a>.{" "}
            </span>
          ))}
        {problem && <span className="mono">{problem.code}</span>}
      </p>
      <Button variant="default" onClick={reconnectNow}>
        Reconnect now
      </Button>
    </div>
  );
}
