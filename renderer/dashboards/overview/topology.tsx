import { SegmentedControl } from "@mantine/core";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Suspense, useMemo } from "react";
import { lazily } from "../../components/lazily.ts";
import type { PlatformState } from "../../../workers/service/contract.ts";
import { Panel } from "../../components/page-frame.tsx";
import { LoadingSkeleton } from "../../components/query-boundary.tsx";
import { orpc } from "../../data/client.ts";
import { useLive, useSession } from "../../data/hooks.ts";
import { servingSubsystem } from "../../data/subsystem.ts";
import { callsIn, linksOf } from "./topology-model.ts";
import { TopologyList } from "./topology-list.tsx";

const TopologyGraph = lazily(() => import("./topology-graph.tsx"));

/** Traces are looked at this often, and this many of them at a time. */
const refreshMs = 10_000;
const tracesMax = 12;

interface TopologyProps {
  readonly state: PlatformState;
  readonly view: "graph" | "list";
  readonly onView: (view: "graph" | "list") => void;
}

export function Topology({ state, view, onView }: TopologyProps) {
  const session = useSession();
  const calls = useCalls();
  const serving = session.phase === "signed-in" ? session.subsystem : servingSubsystem;
  const links = useMemo(() => linksOf(state, serving, calls), [state, serving, calls]);
  return (
    <Panel
      title="Topology of the threads"
      id="topology"
      tools={
        <SegmentedControl
          aria-label="View of the topology"
          value={view}
          onChange={onView}
          data={[
            { value: "graph", label: "Graph" },
            { value: "list", label: "List" },
          ]}
        />
      }
    >
      {view === "list" ? (
        <TopologyList state={state} links={links} />
      ) : (
        <Suspense fallback={<LoadingSkeleton rows={6} />}>
          <TopologyGraph state={state} links={links} />
        </Suspense>
      )}
    </Panel>
  );
}

/** Recent calls between subsystems. A stored trace never changes, so each is fetched once. */
function useCalls() {
  const { paused, freshness } = useLive();
  const follow = !paused && freshness === "live";
  const { data } = useQuery(
    orpc.integration.traces.list.queryOptions({
      input: { limit: 50 },
      refetchInterval: follow ? refreshMs : false,
    }),
  );
  const ids = (data?.traces ?? [])
    .filter(({ subsystems }) => subsystems.length > 1)
    .slice(0, tracesMax)
    .map(({ traceId }) => traceId);
  return useQueries({
    queries: ids.map((traceId) =>
      orpc.integration.traces.get.queryOptions({
        input: { traceId },
        staleTime: Number.POSITIVE_INFINITY,
      }),
    ),
    combine: combineCalls,
  });
}

function combineCalls(
  results: readonly {
    readonly data?: { readonly spans: Parameters<typeof callsIn>[0][number] } | undefined;
  }[],
) {
  return callsIn(results.flatMap(({ data }) => (data ? [data.spans] : [])));
}
