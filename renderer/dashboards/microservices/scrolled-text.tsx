import classes from "./microservices.module.css";

/** Long text in a box of its own; focusable, because the keyboard scrolls what has the focus. */
export function ScrolledText(props: {
  readonly label: string;
  readonly children: React.ReactNode;
}) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre className={classes.log} tabIndex={0} role="region" aria-label={props.label}>
      {props.children}
    </pre>
  );
}
