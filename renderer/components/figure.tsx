import type { Quantity } from "./format.ts";
import classes from "./figure.module.css";
import { Sparkline } from "./sparkline.tsx";

export interface FigureProps {
  readonly label: string;
  /** null: not known yet, or not applicable now. */
  readonly quantity: Quantity | null;
  /** What is normal, or what the number counts. */
  readonly note: string;
  readonly trend?: readonly (number | null)[];
  /** The part of the page that shows where the number comes from. */
  readonly evidence: string;
}

/** Fewer readings than this are no trend. */
const trendMin = 5;

export function Figure({ label, quantity, note, trend, evidence }: FigureProps) {
  return (
    <li className={classes.figure}>
      <a href={`#${evidence}`} className={classes.link} onClick={(event) => show(event, evidence)}>
        <span className={classes.label}>{label}</span>
        <span className={classes.value}>
          {quantity === null ? (
            <span className="soft">unknown</span>
          ) : (
            <>
              {quantity.value} <span className="unit">{quantity.unit}</span>
            </>
          )}
        </span>
        <span className={classes.note}>{note}</span>
      </a>
      {trend && trend.length >= trendMin && (
        <span className={classes.trend}>
          <Sparkline values={trend} />
        </span>
      )}
    </li>
  );
}

function show(event: React.MouseEvent, evidence: string): void {
  event.preventDefault();
  const target = document.getElementById(evidence);
  target?.scrollIntoView({ block: "start", behavior: "smooth" });
  target?.focus({ preventScroll: true });
}
