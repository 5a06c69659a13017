import { expect, it } from "vitest";
import { radiusInWords, radiusOf } from "./blast-radius.ts";
import type { PodRow } from "./pod-table.ts";

const pod = (name: string, owner: string, node: string, more: Partial<PodRow> = {}): PodRow => ({
  key: `default/${name}`,
  namespace: "default",
  name,
  node,
  status: "Running",
  ready: 1,
  containers: 1,
  restarts: 0,
  createdAt: 0,
  owner,
  image: "",
  ip: "",
  ...more,
});
const pods = [
  pod("web-1", "web", "n1"),
  pod("web-2", "web", "n2"),
  pod("api-1", "api", "n1"),
  pod("api-2", "api", "n2", { ready: 0 }),
  pod("alone", "", "n3"),
  pod("job-1", "job", "n1", { namespace: "team" }),
];

it("names the workloads that would have no ready pod left", () => {
  const radius = radiusOf(pods, ({ node }) => node === "n1");
  expect(radius).toEqual({ pods: 3, workloads: 3, lost: ["default/api", "team/job"] });
  expect(radiusInWords(radius)).toBe(
    "Hits 3 pods of 3 workloads; no ready pod is left of default/api, team/job.",
  );
});

it("says that each workload keeps one, and that nobody is hit", () => {
  const one = radiusOf(pods, ({ name }) => name === "web-1");
  expect(radiusInWords(one)).toBe("Hits 1 pod of 1 workload; each keeps a ready pod.");
  expect(radiusOf(pods, ({ name }) => name === "alone").lost).toEqual(["default/alone"]);
  expect(radiusInWords(radiusOf(pods, () => false))).toBe("No pod is hit.");
});
