import type { Health } from "../data/health.ts";
import classes from "./status-mark.module.css";

/** Colour, shape and word together, so that none of the three is needed alone. */
export function StatusMark({
  health,
  word,
  hideWord = false,
}: {
  readonly health: Health;
  readonly word: string;
  readonly hideWord?: boolean;
}) {
  return (
    <span className={classes.mark} data-health={health} title={hideWord ? word : undefined}>
      <svg viewBox="0 0 12 12" width="10" height="10" aria-hidden="true">
        {shapes[health]}
      </svg>
      <span className={hideWord ? "visually-hidden" : undefined}>{word}</span>
    </span>
  );
}

const shapes: Record<Health, React.ReactNode> = {
  healthy: <circle cx="6" cy="6" r="5" fill="currentColor" />,
  degraded: <path d="M6 0.5 11.8 11H0.2Z" fill="currentColor" />,
  failed: <path d="M6 0 12 6 6 12 0 6Z" fill="currentColor" />,
  unknown: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="2" />,
};
