/** Events as the screens list them. */
import type { ClusterEventRow } from "../contract-cluster.ts";
import type { ObjectOf } from "../core/store/objects.ts";
import { objectKey } from "../core/store/resource-table.ts";
import type { ClusterHost } from "./cluster-host.ts";
import { timeOf } from "./cluster-words.ts";

export interface EventFilter {
  readonly limit: number;
  readonly type?: "Normal" | "Warning" | undefined;
  readonly namespace?: string | undefined;
  readonly object?: string | undefined;
}

/** Newest first. `object` is "kind/name" with the kind in any case, as kubectl takes it. */
export function clusterEvents({ store }: ClusterHost, filter: EventFilter) {
  const wanted = filter.object?.toLowerCase();
  const events = [...store.all("events")]
    .map(eventRow)
    .filter(
      (event) =>
        (filter.type === undefined || event.type === filter.type) &&
        (filter.namespace === undefined || event.namespace === filter.namespace) &&
        (wanted === undefined || `${event.kind}/${event.name}`.toLowerCase() === wanted),
    )
    .toSorted((left, right) => right.lastAt - left.lastAt);
  return { events: events.slice(0, filter.limit), total: events.length };
}

export function eventRow(event: ObjectOf<"events">): ClusterEventRow {
  const { metadata, involvedObject, series, source, reportingComponent } = event;
  const made = timeOf(metadata.creationTimestamp);
  const last = series?.lastObservedTime ?? event.lastTimestamp ?? event.eventTime;
  const first = event.firstTimestamp ?? event.eventTime;
  return {
    key: objectKey(metadata.namespace, metadata.name),
    type: event.type === "Warning" ? "Warning" : "Normal",
    reason: event.reason ?? "",
    namespace: involvedObject.namespace ?? metadata.namespace ?? "",
    kind: involvedObject.kind ?? "",
    name: involvedObject.name ?? "",
    message: event.message ?? "",
    count: series?.count ?? event.count ?? 1,
    source: reportingComponent || source?.component || "",
    firstAt: first ? timeOf(first) : made,
    lastAt: last ? timeOf(last) : made,
  };
}
