import { Button } from "@mantine/core";
import { useMutation, type UseQueryResult } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Feedback } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Panel } from "../../components/page-frame.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { orpc, queryClient } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import classes from "./anomalies.module.css";

type Adjustment = Feedback["adjustments"][number];
type Precision = Feedback["detectors"][number];

/** What labels have changed, how to set it back, and how often each detector was right. */
export function FeedbackPanel({ query }: { readonly query: UseQueryResult<Feedback, unknown> }) {
  const mayOperate = useMay("operator");
  const reset = useMutation(
    orpc.analytics.detection.reset.mutationOptions({
      onSuccess: () =>
        queryClient.invalidateQueries({ queryKey: orpc.analytics.detection.feedback.key() }),
    }),
  );
  const { mutate, isPending } = reset;
  const adjustments = useMemo<Column<Adjustment>[]>(
    () => [
      ...adjustmentColumns,
      {
        id: "reset",
        header: "Action",
        width: "112px",
        value: () => null,
        cell: ({ series }) => (
          <Button
            size="compact-xs"
            variant="default"
            disabled={!mayOperate || isPending}
            onClick={() => mutate({ series })}
          >
            Reset {series}
          </Button>
        ),
      },
    ],
    [mayOperate, isPending, mutate],
  );
  return (
    <Panel title="Labels and what they change" id="feedback">
      <QueryBoundary query={query} thread="analytics">
        {({ rule, kept, labels, detectors, adjustments: rows }) => (
          <>
            <p className={classes.padded}>
              {rule} {labels.length === 1 ? "One label is" : `${labels.length} labels are`} kept{" "}
              {kept}.
            </p>
            <div className={classes.halves}>
              <DataTable
                label="Adjusted thresholds"
                columns={adjustments}
                rows={rows}
                rowKey={({ series }) => series}
                heightMax={260}
                empty="No anomaly is labelled yet."
              />
              <DataTable
                label="Precision of detectors"
                columns={precisionColumns}
                rows={detectors}
                rowKey={({ detector }) => detector}
                heightMax={260}
              />
            </div>
          </>
        )}
      </QueryBoundary>
    </Panel>
  );
}

const adjustmentColumns: Column<Adjustment>[] = [
  { id: "series", header: "Series", value: ({ series }) => series },
  {
    id: "factor",
    header: "Threshold",
    numeric: true,
    width: "96px",
    value: ({ factor }) => factor,
    cell: ({ factor }) => (factor === 1 ? "as it was" : `× ${factor.toFixed(2)}`),
  },
  { id: "true", header: "True", numeric: true, width: "64px", value: (row) => row.trueAlarms },
  { id: "false", header: "False", numeric: true, width: "64px", value: (row) => row.falseAlarms },
];

const precisionColumns: Column<Precision>[] = [
  { id: "detector", header: "Detector", value: ({ title }) => title },
  { id: "right", header: "Right", numeric: true, width: "64px", value: (row) => row.trueAlarms },
  { id: "wrong", header: "Wrong", numeric: true, width: "64px", value: (row) => row.falseAlarms },
  {
    id: "precision",
    header: "Precision",
    numeric: true,
    width: "88px",
    value: ({ precision }) => precision,
    cell: ({ precision }) =>
      precision === null ? (
        <span className="soft">unknown</span>
      ) : (
        `${(precision * 100).toFixed(0)} %`
      ),
  },
];
