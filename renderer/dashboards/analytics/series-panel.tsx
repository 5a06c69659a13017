import { useQuery } from "@tanstack/react-query";
import type { SeriesSummary } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { text } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { orpc } from "../../data/client.ts";
import { formatOf } from "./units.ts";
import { useRefresh } from "./use-refresh.ts";

interface SeriesPanelProps {
  readonly selected: string;
  readonly onSelect: (id: string) => void;
}

/** Every series with its newest reading; opening one draws it. */
export function SeriesPanel({ selected, onSelect }: SeriesPanelProps) {
  const query = useQuery(
    orpc.analytics.series.list.queryOptions({ input: {}, refetchInterval: useRefresh() }),
  );
  return (
    <Panel title="Live series" id="series">
      <QueryBoundary query={query} thread="analytics">
        {({ series }) => (
          <DataTable
            label="Live series"
            columns={columns}
            rows={series}
            rowKey={({ id }) => id}
            selectedKey={selected}
            onOpen={({ id }) => onSelect(id)}
            heightMax={320}
            empty="The first reading comes within a second."
          />
        )}
      </QueryBoundary>
    </Panel>
  );
}

const columns: Column<SeriesSummary>[] = [
  { id: "series", header: "Series", value: ({ title }) => title },
  {
    id: "latest",
    header: "Newest",
    numeric: true,
    width: "88px",
    value: ({ latest }) => latest,
    cell: ({ latest, unit }) =>
      latest === null ? <span className="soft">none</span> : text(formatOf(unit)(latest)),
  },
  {
    id: "score",
    header: "Score",
    numeric: true,
    width: "72px",
    value: ({ score }) => score,
    cell: ({ score }) =>
      score === null ? (
        <span className="soft">none</span>
      ) : (
        score.toFixed(1).replace(/^-0\.0$/, "0.0")
      ),
  },
  {
    id: "state",
    header: "Anomalies",
    width: "176px",
    value: (row) => stateOf(row).word,
    cell: (row) => <StatusMark {...stateOf(row)} />,
  },
];

function stateOf({ baseline, score }: SeriesSummary) {
  if (baseline.state === "warming up") {
    const word = `warming up, ${baseline.samples} of ${baseline.samplesNeeded}`;
    return { health: "unknown", word } as const;
  }
  const unusual = Math.abs(score ?? 0) > (baseline.threshold ?? Number.POSITIVE_INFINITY);
  return unusual
    ? ({ health: "degraded", word: "far out" } as const)
    : ({ health: "healthy", word: "usual" } as const);
}
