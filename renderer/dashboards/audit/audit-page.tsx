import { Button, Group } from "@mantine/core";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { AuditEntry } from "../../../workers/integration/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { formatDateTime, formatTime, number } from "../../components/format.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { ProblemView } from "../../components/problem-view.tsx";
import { QueryBoundary } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import { TraceLink } from "../../components/trace-link.tsx";
import { client, orpc, queryClient } from "../../data/client.ts";
import { useLive, useMay } from "../../data/hooks.ts";
import { usePreferences } from "../../data/preferences.ts";
import { subsystemTitle } from "../../data/subsystem.ts";

const refreshMs = 5_000;
const rowsShown = 500;
const healthOf = { ok: "healthy", failed: "degraded", refused: "failed" } as const;
const verdictHealth = { intact: "healthy", tampered: "failed", unanchored: "unknown" } as const;

/** What operators did, and whether the roots on the ledger still fit. */
export function AuditPage(): React.JSX.Element {
  const { paused } = useLive();
  const { timeFormat } = usePreferences();
  const mayAnchor = useMay("operator");
  const query = useQuery(
    orpc.integration.audit.list.queryOptions({
      input: { limit: rowsShown },
      refetchInterval: paused ? false : refreshMs,
    }),
  );
  const verify = useMutation({ mutationFn: () => client.integration.audit.verify({}) });
  const anchor = useMutation({
    mutationFn: () => client.integration.audit.anchor({}),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: orpc.integration.audit.list.key() }),
  });
  const columns = useMemo(() => columnsFor(timeFormat), [timeFormat]);
  const { data } = query;
  const newest = data?.entries[0]?.sequence ?? 0;
  return (
    <PageFrame
      title="Audit"
      health={verify.data ? verdictHealth[verify.data.verdict] : "unknown"}
      verdict={
        verify.data
          ? verify.data.text
          : "What operators did; not compared with the ledger since this page was opened"
      }
      action={
        <Group gap="xs">
          <Button
            variant="default"
            disabled={!mayAnchor}
            loading={anchor.isPending}
            onClick={() => anchor.mutate()}
          >
            Anchor new entries
          </Button>
          <Button loading={verify.isPending} onClick={() => verify.mutate()}>
            Verify against the ledger
          </Button>
        </Group>
      }
      figures={
        data
          ? [
              {
                label: "Entries",
                quantity: { value: number(newest), unit: "" },
                note: "since the log began",
                evidence: "actions",
              },
              {
                label: "Under a root",
                quantity: { value: number(data.anchoredTo), unit: "" },
                note: "up to this entry",
                evidence: "actions",
              },
              {
                label: "Deleted by age",
                quantity: { value: number(data.trimmed), unit: "" },
                note: "the oldest go first",
                evidence: "actions",
              },
              {
                label: "Lost on the way",
                quantity: { value: number(data.lost), unit: "" },
                note: "normally none",
                evidence: "actions",
              },
            ]
          : []
      }
    >
      {verify.error && <ProblemView error={verify.error} onRetry={() => verify.mutate()} />}
      {anchor.error && <ProblemView error={anchor.error} onRetry={() => anchor.mutate()} />}
      <Panel title="Actions" id="actions">
        <QueryBoundary query={query} thread="integration">
          {({ entries }) => (
            <DataTable
              label="Actions"
              columns={columns}
              rows={entries}
              rowKey={({ sequence }) => String(sequence)}
              initialSort={{ id: "number", desc: true }}
              empty="Nothing yet: what needs an operator, such as a transfer, is listed here."
            />
          )}
        </QueryBoundary>
      </Panel>
    </PageFrame>
  );
}

function columnsFor(
  timeFormat: ReturnType<typeof usePreferences>["timeFormat"],
): Column<AuditEntry>[] {
  return [
    {
      id: "number",
      header: "Number",
      value: ({ sequence }) => sequence,
      numeric: true,
      width: "90px",
    },
    {
      id: "time",
      header: "Time",
      value: ({ at }) => at,
      cell: ({ at }) => (
        <time dateTime={new Date(at).toISOString()} title={formatDateTime(at, timeFormat)}>
          {formatTime(at, timeFormat)}
        </time>
      ),
      width: "130px",
    },
    {
      id: "operation",
      header: "Operation",
      value: ({ operation }) => operation,
      cell: ({ operation, method, route }) => (
        <span className="mono" title={`${method} ${route}`}>
          {operation}
        </span>
      ),
    },
    {
      id: "outcome",
      header: "Outcome",
      value: ({ outcome, code }) => code ?? outcome,
      cell: ({ outcome, code }) => <StatusMark health={healthOf[outcome]} word={code ?? outcome} />,
      width: "220px",
    },
    { id: "role", header: "Role", value: ({ role }) => role ?? "none", width: "100px" },
    {
      id: "port",
      header: "Port of",
      value: ({ subsystem }) => subsystemTitle(subsystem),
      width: "130px",
    },
    {
      id: "trace",
      header: "Trace",
      value: ({ traceId }) => traceId,
      cell: ({ traceId }) => (traceId === null ? "none" : <TraceLink id={traceId} />),
      width: "160px",
    },
  ];
}
