/** The tabs under the picture, by the names that the address has for them. */
export const playgroundTabs = [
  "nodes",
  "events",
  "sequence",
  "history",
  "checks",
  "lessons",
  "algorithm",
  "compare",
] as const;
export type PlaygroundTab = (typeof playgroundTabs)[number];
