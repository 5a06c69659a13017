import type { Rollout } from "../../../workers/microservices/contract.ts";
import { formatTime } from "../../components/format.ts";
import { usePreferences } from "../../data/preferences.ts";
import classes from "./cluster.module.css";

const width = 600;
const height = 120;
const colors = [
  "var(--series-1)",
  "var(--series-4)",
  "var(--series-2)",
  "var(--series-3)",
] as const;

/** A revision keeps its colour: it does not depend on which others are there. */
const colorOf = (revision: number) => colors[revision % colors.length]!;

/** Pods of each revision as stacked bars in time: starting and ending ones are lighter. */
export function RolloutPlot({ rollout }: { readonly rollout: Rollout }) {
  const { timeFormat } = usePreferences();
  const { history, name } = rollout;
  const first = history[0];
  const last = history.at(-1);
  if (first === undefined || last === undefined) {
    return <p className="soft">Nothing has moved since this thread started.</p>;
  }
  const most = Math.max(
    1,
    ...history.map(({ sets }) =>
      sets.reduce((sum, set) => sum + set.ready + set.starting + set.ending, 0),
    ),
  );
  const slot = width / history.length;
  const revisions = [
    ...new Set(history.flatMap(({ sets }) => sets.map(({ revision }) => revision))),
  ];
  return (
    <figure className={classes.bar} style={{ margin: 0 }}>
      <svg
        className={classes.plot}
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Pods of ${name} by revision, ${history.length} moments, at most ${most}`}
      >
        {history.map(({ at, sets }, index) => {
          let top = height;
          return (
            <g key={at}>
              {sets.flatMap(({ revision, ready, starting, ending }) =>
                [
                  { count: ready, opacity: 1 },
                  { count: starting, opacity: 0.55 },
                  { count: ending, opacity: 0.3 },
                ].map(({ count, opacity }) => {
                  const tall = (count / most) * height;
                  top -= tall;
                  return (
                    <rect
                      key={`${revision} ${opacity}`}
                      x={index * slot}
                      y={top}
                      width={Math.max(0.5, slot - 0.3)}
                      height={tall}
                      fill={colorOf(revision)}
                      fillOpacity={opacity}
                    />
                  );
                }),
              )}
            </g>
          );
        })}
      </svg>
      <figcaption className="soft">
        {formatTime(first.at, timeFormat)} to {formatTime(last.at, timeFormat)}, 0 to {most} pods.{" "}
        {revisions.map((revision) => (
          <span key={revision} style={{ color: colorOf(revision) }}>
            ■ revision {revision}{" "}
          </span>
        ))}
        Full colour: ready; lighter: starting; lightest: ending.
      </figcaption>
    </figure>
  );
}
