/** An empty cluster: what the screens show until the thread has one that runs. */
import { ObjectStore, type StoreHost } from "../core/store/object-store.ts";
import { problem } from "../errors.ts";
import type { ClusterHost } from "./cluster-host.ts";

export function absentCluster(
  host: StoreHost & { readonly monotonicMs: () => number },
): ClusterHost {
  const absent = () => problem("CLUSTER_ABSENT", "No cluster runs in this thread.");
  const refuse = () => Promise.reject(absent());
  return {
    store: new ObjectStore(host),
    now: host.now,
    monotonicMs: host.monotonicMs,
    kubernetes: { dispatch: refuse },
    logs: () => {
      throw absent();
    },
    exec: refuse,
    chaos: { inject: refuse, restore: refuse, active: () => [] },
    metrics: () => ({ at: null, pods: new Map(), nodes: new Map() }),
    mesh: () => ({ services: [], traffic: [] }),
  };
}
