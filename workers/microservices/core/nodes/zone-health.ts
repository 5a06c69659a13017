/** How fast nodes of a zone may lose their pods, by how many of the zone are well (kube-controller-manager). */
export type ZoneState = "Normal" | "PartialDisruption" | "FullDisruption";

/** --unhealthy-zone-threshold, --large-cluster-size-threshold, --node-eviction-rate and the secondary. */
const unhealthyFraction = 0.55;
const largeZoneNodes = 50;
const evictionsPerSecond = 0.1;
const evictionsPerSecondSecondary = 0.01;

/** ComputeZoneState. */
export function zoneStateOf(ready: number, notReady: number): ZoneState {
  if (ready === 0 && notReady > 0) return "FullDisruption";
  if (notReady > 2 && notReady / (notReady + ready) >= unhealthyFraction)
    return "PartialDisruption";
  return "Normal";
}

/** Nodes a second that are given the NoExecute taint. `allFull`: no zone has a node that is well. */
export function evictionRateOf(state: ZoneState, nodes: number, allFull: boolean): number {
  // Then it is rather the control plane that is cut off.
  if (allFull) return 0;
  if (state !== "PartialDisruption") return evictionsPerSecond;
  return nodes > largeZoneNodes ? evictionsPerSecondSecondary : 0;
}
