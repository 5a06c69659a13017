import type { ErrorComponentProps } from "@tanstack/react-router";
import { PageFrame } from "./page-frame.tsx";
import { ProblemView } from "./problem-view.tsx";

/** A page that threw: the shell around it goes on. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  return (
    <PageFrame title="This page failed">
      <ProblemView error={error} onRetry={reset} />
    </PageFrame>
  );
}
