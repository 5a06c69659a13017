/**
 * Where the clients of federated averaging stand: the places of the edge, with the one-way latency
 * from there to Frankfurt by the edge's own model (ITU-T Y.1541), which a test compares.
 */
export const edgeProfile = [
  { name: "Frankfurt", latencyMs: 0.2 },
  { name: "London", latencyMs: 5.08 },
  { name: "Ashburn", latencyMs: 42.03 },
  { name: "Los Angeles", latencyMs: 59.54 },
  { name: "Sao Paulo", latencyMs: 62.93 },
  { name: "Singapore", latencyMs: 65.62 },
  { name: "Tokyo", latencyMs: 59.73 },
  { name: "Johannesburg", latencyMs: 55.66 },
  { name: "Sydney", latencyMs: 105.32 },
  { name: "Mumbai", latencyMs: 42.12 },
  { name: "Paris", latencyMs: 3.88 },
  { name: "Stockholm", latencyMs: 7.9 },
] as const;
