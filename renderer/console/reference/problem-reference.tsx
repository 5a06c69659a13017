import { useEffect } from "react";
import { Panel } from "../../components/page-frame.tsx";
import classes from "../console.module.css";
import type { OpenApi } from "./open-api.ts";

interface ProblemReferenceProps {
  readonly problems: OpenApi["x-problems"];
  /** The code that the address names, as the `type` of a problem does. */
  readonly selected: string | undefined;
}

/** What each problem code means and what to do about it. */
export function ProblemReference({ problems, selected }: ProblemReferenceProps) {
  useEffect(() => {
    if (selected !== undefined) document.querySelector(`#problem-${selected}`)?.scrollIntoView();
  }, [selected]);
  return (
    <Panel title="Problems">
      <p className={classes.problemIntro}>
        Every failure is answered as application/problem+json (RFC 9457) with one of these codes.
      </p>
      <dl className={classes.problems}>
        {problems.map(({ code, status, title, remedy }) => (
          <div key={code} id={`problem-${code}`} data-selected={code === selected || undefined}>
            <dt>
              <code>{code}</code> {status}
            </dt>
            <dd>
              {title}. {remedy}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
