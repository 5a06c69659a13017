import type { Health } from "../data/health.ts";
import { useLive } from "../data/hooks.ts";
import { Figure, type FigureProps } from "./figure.tsx";
import classes from "./page-frame.module.css";
import { StatusMark } from "./status-mark.tsx";

interface PageFrameProps {
  readonly title: string;
  /** The answer to "is it well?", in words. */
  readonly verdict?: React.ReactNode;
  readonly health?: Health;
  readonly action?: React.ReactNode;
  /** Links to the other pages of the same system. */
  readonly tabs?: React.ReactNode;
  /** At most five figures that matter. */
  readonly figures?: readonly FigureProps[];
  /** Whether the content is of the live stream, and so grows old with it. */
  readonly live?: boolean;
  readonly children: React.ReactNode;
}

/** What every page has: name, verdict, one action, figures, then the evidence. */
export function PageFrame(props: PageFrameProps) {
  const { title, verdict, health, action, tabs, figures = [], live = false, children } = props;
  const { freshness } = useLive();
  const offline = live && freshness === "offline";
  const stale = offline || (live && freshness === "stale");
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <h1>{title}</h1>
        <p className={classes.verdict} aria-label="Verdict">
          {offline ? (
            <StatusMark health="unknown" word="unknown" hideWord />
          ) : (
            health && <StatusMark health={health} word={health} hideWord />
          )}
          <span>
            {offline && "Last known: "}
            {verdict}
          </span>
        </p>
        {action && <div className={classes.action}>{action}</div>}
      </header>
      {tabs}
      <div className={classes.body} data-stale={stale || undefined}>
        {figures.length > 0 && (
          <ul className={classes.figures} aria-label="Figures">
            {figures.slice(0, 5).map((figure) => (
              <Figure key={figure.label} {...figure} />
            ))}
          </ul>
        )}
        {children}
      </div>
    </div>
  );
}

/** A titled part of a page. */
export function Panel(props: {
  readonly title: string;
  readonly id?: string;
  readonly tools?: React.ReactNode;
  readonly children: React.ReactNode;
}) {
  return (
    <section className={classes.panel} aria-label={props.title} id={props.id} tabIndex={-1}>
      <div className={classes.panelHead}>
        <h2>{props.title}</h2>
        {props.tools}
      </div>
      {props.children}
    </section>
  );
}
