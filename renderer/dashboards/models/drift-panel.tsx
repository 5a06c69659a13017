import { Button } from "@mantine/core";
import type { DriftColumn, ModelVersion } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { client } from "../../data/client.ts";
import type { Health } from "../../data/health.ts";
import { useMay } from "../../data/hooks.ts";
import classes from "./models.module.css";
import { act, useVersionHealth } from "./use-models.ts";

const healthOf: Record<DriftColumn["word"], Health> = {
  stable: "healthy",
  "moderate shift": "degraded",
  "major shift": "failed",
  "not enough data": "unknown",
};

/** Whether requests are still like those that the model was made for. */
export function DriftPanel({ version }: { readonly version: ModelVersion }) {
  const query = useVersionHealth(version.model, version.version);
  const may = useMay("operator");
  return (
    <Panel
      title={`Drift of version ${version.version}`}
      id="drift"
      tools={
        <Button
          variant="subtle"
          size="compact-sm"
          disabled={!may}
          onClick={() =>
            void act("Requests are compared with the newest ones now.", () =>
              client.analytics.registry.renewReference({
                name: version.model,
                version: String(version.version),
              }),
            )
          }
        >
          Compare with the newest requests
        </Button>
      }
    >
      <QueryBoundary query={query} thread="analytics">
        {({ drift }) => (
          <>
            <p className={classes.note}>
              <StatusMark health={healthOf[drift.word]} word={drift.word} />: {drift.verdict}{" "}
              <span className="soft">
                Reference: {drift.source}; {number(drift.liveRows)} rows since.
              </span>
            </p>
            {drift.columns.length > 0 && (
              <DataTable
                label="Drift by column"
                columns={columns}
                rows={drift.columns}
                rowKey={({ column }) => column}
                heightMax={320}
              />
            )}
          </>
        )}
      </QueryBoundary>
    </Panel>
  );
}

const rounded = (value: number | null) =>
  value === null ? <span className="soft">none</span> : Number(value.toPrecision(3));

function Bins({
  bins,
  of,
}: {
  readonly bins: DriftColumn["bins"];
  readonly of: "reference" | "live";
}) {
  const most = Math.max(...bins.map(({ reference, live }) => Math.max(reference, live)), 1e-9);
  const words = bins.map((bin) => `${bin.label}: ${Math.round(bin[of] * 100)} %`).join(", ");
  return (
    <span className={classes.bins} role="img" aria-label={words} title={words}>
      {bins.map((bin) => (
        <span key={bin.label} style={{ height: `${(bin[of] / most) * 100}%` }} />
      ))}
    </span>
  );
}

const columns: readonly Column<DriftColumn>[] = [
  { id: "column", header: "Column", value: ({ column }) => column },
  {
    id: "word",
    header: "Verdict",
    value: ({ word }) => word,
    cell: ({ word }) => <StatusMark health={healthOf[word]} word={word} />,
    width: "140px",
  },
  {
    id: "psi",
    header: "PSI",
    value: ({ psi }) => psi,
    cell: ({ psi }) => rounded(psi),
    numeric: true,
    width: "70px",
  },
  {
    id: "p",
    header: "p-value",
    value: ({ pValue }) => pValue,
    cell: ({ pValue, test }) => <span title={test}>{rounded(pValue)}</span>,
    numeric: true,
    width: "90px",
  },
  {
    id: "reference",
    header: "Reference",
    value: ({ referenceMedian }) => referenceMedian,
    cell: ({ bins }) => <Bins bins={bins} of="reference" />,
    width: "110px",
  },
  {
    id: "live",
    header: "Now",
    value: ({ liveMedian }) => liveMedian,
    cell: ({ bins }) => <Bins bins={bins} of="live" />,
    width: "110px",
  },
];
