import { useQuery } from "@tanstack/react-query";
import type { Insight } from "../../../workers/analytics/contract.ts";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { PathLink } from "../../components/path-link.tsx";
import { orpc } from "../../data/client.ts";
import classes from "./analytics.module.css";
import { useRefresh } from "./use-refresh.ts";

const marks = {
  info: { health: "unknown", word: "for information" },
  advice: { health: "degraded", word: "advice" },
  warning: { health: "failed", word: "warning" },
} as const satisfies Record<Insight["level"], object>;

/** Forecasts and findings in sentences, each with the series it rests on. */
export function InsightsPanel({ onSelect }: { readonly onSelect: (series: string) => void }) {
  const query = useQuery(
    orpc.analytics.insights.queryOptions({ input: {}, refetchInterval: useRefresh(5_000) }),
  );
  return (
    <Panel title="Predictive insights" id="insights">
      <QueryBoundary
        query={query}
        thread="analytics"
        isEmpty={({ insights }) => insights.length === 0}
        empty={<p>Forecasts begin after 30 readings, half a minute after the start.</p>}
      >
        {({ insights }) => (
          <ul className={classes.insights}>
            {insights.map(({ id, level, title, detail, action, series, evidence }) => (
              <li key={id} data-level={level}>
                <p>
                  <StatusMark {...marks[level]} hideWord /> <strong>{title}</strong>
                </p>
                <p>{detail}</p>
                {action !== null && <p>{action}</p>}
                {series !== null && (
                  <button type="button" className="link" onClick={() => onSelect(series)}>
                    Show {series}
                  </button>
                )}
                {evidence.length > 0 && (
                  <p className={classes.evidence}>
                    {evidence.map(({ label, path }) => (
                      <PathLink key={path} path={path}>
                        {label}
                      </PathLink>
                    ))}
                  </p>
                )}
              </li>
            ))}
          </ul>
        )}
      </QueryBoundary>
    </Panel>
  );
}
