/** What the parts of the API server work with. */
import type { ObjectStore } from "../../core/store/object-store.ts";
import type { ResourceMetrics } from "./subresources/metrics.ts";
import type { Machinery } from "./machinery.ts";
import type { ServedTable } from "./served.ts";
import type { PodStreams } from "./streams/pod-streams.ts";
import type { WatchHub } from "./watch.ts";

export interface ApiContext {
  readonly store: ObjectStore;
  readonly machinery: Machinery;
  readonly served: ServedTable;
  readonly watches: WatchHub;
  readonly streams: PodStreams;
  /** What nodes and pods use now; null where nobody measures. */
  readonly metrics: () => ResourceMetrics | null;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** A clock that never goes back. */
  readonly monotonicMs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}
