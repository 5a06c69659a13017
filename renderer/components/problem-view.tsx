import { Button } from "@mantine/core";
import { toProblemError } from "../data/problem.ts";
import { CopyButton } from "./copy-button.tsx";
import classes from "./query-boundary.module.css";
import { TraceLink } from "./trace-link.tsx";

interface ProblemViewProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

/** What happened, what to do, and the code to search for. */
export function ProblemView({ error, onRetry }: ProblemViewProps) {
  const { data } = toProblemError(error);
  return (
    <div className={classes.problem} role="alert">
      <h3>
        {data.title} <span className={`${classes.problemCode} mono`}>{data.code}</span>
      </h3>
      <p>
        {data.detail} {data.remedy}
      </p>
      {data.issues && data.issues.length > 0 && (
        <ul>
          {data.issues.map(({ path, message }) => (
            <li key={path + message}>
              <span className="mono">{path}</span> {message}
            </li>
          ))}
        </ul>
      )}
      <div className={classes.problemActions}>
        {onRetry && (
          <Button variant="default" onClick={onRetry}>
            Retry
          </Button>
        )}
        <CopyButton text={JSON.stringify(data, null, 2)} name="Copy details" />
        {data.traceId !== undefined && (
          <TraceLink id={data.traceId}>Trace of this request</TraceLink>
        )}
      </div>
    </div>
  );
}
