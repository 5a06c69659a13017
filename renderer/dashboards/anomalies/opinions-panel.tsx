import { useQuery } from "@tanstack/react-query";
import type { Anomaly, Opinion } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Panel } from "../../components/page-frame.tsx";
import { EmptyView, QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { orpc } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";

/** What each detector makes of the same readings, side by side. */
export function OpinionsPanel({ anomaly: { id, until } }: { readonly anomaly: Anomaly }) {
  const mayOperate = useMay("operator");
  const query = useQuery({
    ...orpc.analytics.detection.opinions.queryOptions({ input: { id } }),
    // One that is over is judged again once, and then never.
    queryKey: ["opinions", id, until === null ? "open" : "over"],
    staleTime: Infinity,
    retry: false,
    enabled: mayOperate,
  });
  return (
    <Panel title="What the detectors think" id="opinions">
      {mayOperate ? (
        <QueryBoundary
          query={query}
          thread="analytics"
          isEmpty={({ opinions }) => opinions.length === 0}
          empty={<p>{query.data?.note}</p>}
        >
          {({ opinions }) => (
            <DataTable
              label="Opinions"
              columns={columns}
              rows={opinions}
              rowKey={({ detector }) => detector}
              initialSort={{ id: "peak", desc: true }}
              heightMax={280}
            />
          )}
        </QueryBoundary>
      ) : (
        <EmptyView>
          <p>Asking the detectors needs the role operator.</p>
        </EmptyView>
      )}
    </Panel>
  );
}

const columns: Column<Opinion>[] = [
  { id: "detector", header: "Detector", width: "176px", value: ({ title }) => title },
  {
    id: "peak",
    header: "Peak score",
    numeric: true,
    width: "88px",
    value: ({ peak }) => peak,
    cell: ({ peak }) => peak.toFixed(2),
  },
  {
    id: "alarm",
    header: "Says",
    width: "96px",
    value: ({ alarm }) => (alarm ? "alarm" : "ordinary"),
    cell: ({ alarm }) =>
      alarm ? (
        <StatusMark health="degraded" word="alarm" />
      ) : (
        <StatusMark health="healthy" word="ordinary" />
      ),
  },
  {
    id: "reason",
    header: "Why",
    value: ({ reason }) => reason,
    cell: ({ reason }) =>
      reason === null ? (
        <span className="soft">nothing stands out</span>
      ) : (
        <span title={reason}>{reason}</span>
      ),
  },
];
