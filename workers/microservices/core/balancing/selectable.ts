/**
 * Which hosts may be chosen: the healthy ones, or all of them in panic. Envoy's panic threshold:
 * when fewer than this share are healthy, sparing the others would only bury the rest.
 */
export function selectable<H extends { readonly healthy: boolean }>(
  hosts: readonly H[],
  panicThresholdPercent: number,
): { readonly hosts: readonly H[]; readonly panic: boolean } {
  const healthy = hosts.filter((host) => host.healthy);
  if (healthy.length === hosts.length) return { hosts, panic: false };
  const panic = (healthy.length / hosts.length) * 100 < panicThresholdPercent;
  return { hosts: panic ? hosts : healthy, panic };
}
