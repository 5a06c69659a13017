/** Metrics of pods as a whole that the autoscaler can ask for, from what the gateway and mesh measured. */
import type { Endpoints } from "../core/endpoints.ts";
import type { ObjectOf } from "../core/store/objects.ts";

/** Names that are in use for the same thing: this cluster's, and those of common adapters. */
const requestRates = new Set([
  "requests-per-second",
  "requests_per_second",
  "http_requests",
  "http_requests_per_second",
]);

/**
 * Answers a second over the last ten seconds, in thousandths; undefined where the pod serves nothing.
 * A pod of two services answers for both.
 */
export function podMetric(
  endpoints: Endpoints,
  { metadata }: ObjectOf<"pods">,
  metric: string,
  now: number,
): number | undefined {
  if (!requestRates.has(metric)) return undefined;
  const { namespace = "default", name } = metadata;
  return endpoints.requestRateOf(namespace, name, now);
}
