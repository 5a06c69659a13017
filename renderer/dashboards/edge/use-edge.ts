/** What the edge page asks for, once a second while the page is live. */
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import type { EdgeNode } from "../../../workers/edge/contract.ts";
import { orpc, queryClient } from "../../data/client.ts";
import { useLive } from "../../data/hooks.ts";
import type { SeriesRow } from "../../data/samples.ts";

const refreshMs = 1_000;
const historyMax = 300;
/** Readings further apart than this have a gap between them on a chart. */
const gapMs = 5_000;
export const requestsShown = 100;

export function useEdgeStatus() {
  return useQuery(orpc.edge.status.queryOptions({ input: {}, refetchInterval: useInterval() }));
}

export function useEdgeRequests() {
  return useQuery(
    orpc.edge.requests.queryOptions({
      input: { limit: requestsShown },
      refetchInterval: useInterval(),
    }),
  );
}

export function useEdgeModels() {
  return useQuery(orpc.edge.models.queryOptions({ input: {}, refetchInterval: useInterval() }));
}

export function useEdgePlaces() {
  return useQuery(orpc.edge.places.queryOptions({ input: {} }));
}

function useInterval(): number | false {
  const { paused, freshness } = useLive();
  return !paused && freshness === "live" ? refreshMs : false;
}

/** After a change of the fleet or an answered request everything shown is out of date. */
export function refreshEdge(): void {
  void queryClient.invalidateQueries({ queryKey: orpc.edge.key() });
}

interface Observation {
  readonly at: number;
  readonly nodes: readonly EdgeNode[];
}

type Reading = "rate" | "cpu" | "memory";
interface Sample extends Readonly<Record<Reading, number | null>> {
  readonly at: number;
  readonly completed: number;
}

/** Readings of the fleet since the page was opened, each as the rows of its chart. */
export function useFleetHistory(
  status: Observation | undefined,
): Readonly<Record<Reading, readonly SeriesRow[]>> {
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  const previous = samples.at(-1);
  // Taken while rendering, as React advises for state that follows from earlier values.
  if (status !== undefined && (previous === undefined || status.at > previous.at)) {
    setSamples([...samples.slice(1 - historyMax), sampleOf(status, previous)]);
  }
  return useMemo(
    () => ({
      rate: rowsOf(samples, "rate"),
      cpu: rowsOf(samples, "cpu"),
      memory: rowsOf(samples, "memory"),
    }),
    [samples],
  );
}

function sampleOf({ at, nodes }: Observation, previous: Sample | undefined): Sample {
  const sum = (read: (node: EdgeNode) => number): number =>
    nodes.reduce((total, node) => total + read(node), 0);
  const completed = sum((node) => node.completed);
  // A removed node takes its count away with it.
  const since = previous && completed >= previous.completed ? previous : undefined;
  return {
    at,
    completed,
    rate: since ? ((completed - since.completed) * 1_000) / (at - since.at) : null,
    cpu: Math.max(0, ...nodes.map((node) => node.cpuFraction)),
    memory: sum((node) => node.memoryUsedBytes),
  };
}

function rowsOf(samples: readonly Sample[], reading: Reading): SeriesRow[] {
  return samples.flatMap((sample, index) => {
    const row = { at: sample.at, values: { [reading]: sample[reading] } };
    const previous = samples[index - 1];
    const isGap = previous !== undefined && sample.at - previous.at > gapMs;
    return isGap ? [{ at: previous.at + 1, values: {} }, row] : [row];
  });
}
