import classes from "./cluster.module.css";
import { diffLines } from "./line-diff.ts";

const signs = { same: " ", removed: "-", added: "+", gap: "…" } as const;

/** Two texts as the lines that went and came. */
export function Difference(props: {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}) {
  const lines = diffLines(props.before, props.after);
  if (lines.length === 0) return <p className="soft">No line differs.</p>;
  return (
    <pre
      className={classes.diff}
      // The keyboard scrolls what has the focus.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      role="region"
      aria-label={`Changes of ${props.name}`}
    >
      {lines.map(({ kind, text }, index) => (
        // Lines have no name but their place.
        // oxlint-disable-next-line react/no-array-index-key
        <span key={index} data-kind={kind}>
          {signs[kind]} {text}
        </span>
      ))}
    </pre>
  );
}
