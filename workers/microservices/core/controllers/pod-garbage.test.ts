import { expect, it } from "vitest";
import { PodGarbage } from "./pod-garbage.ts";
import { SteppedCluster } from "./testing/stepped-cluster.ts";

it("deletes the oldest finished pods beyond the limit, and none that run", () => {
  const cluster = SteppedCluster.with(({ store }) => [new PodGarbage(store, 3)]);
  for (let number = 0; number < 6; number++) {
    cluster.addPod(`pod-${number}`);
    cluster.advance(1_000);
  }
  for (const number of [5, 4, 3, 2, 1]) cluster.finish(cluster.pod(`pod-${number}`), number % 2);
  expect([...cluster.store.all("pods")].map(({ metadata }) => metadata.name)).toEqual([
    "pod-0",
    "pod-3",
    "pod-4",
    "pod-5",
  ]);
});
