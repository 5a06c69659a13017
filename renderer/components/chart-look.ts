/** Axes and grid, the same on every chart. */
export const axisLook = {
  tick: { fill: "var(--ink-soft)", fontSize: 11 },
  tickLine: false,
  axisLine: { stroke: "var(--line-strong)" },
  stroke: "var(--line-strong)",
} as const;

export const gridLook = { stroke: "var(--line)", vertical: false } as const;
