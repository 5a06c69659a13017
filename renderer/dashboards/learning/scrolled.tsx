import classes from "./learning.module.css";

/** A wide table in a box of its own; focusable, because the keyboard scrolls what has the focus. */
export function Scrolled(props: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className={classes.scrolled} tabIndex={0} role="region" aria-label={props.label}>
      {props.children}
    </div>
  );
}
