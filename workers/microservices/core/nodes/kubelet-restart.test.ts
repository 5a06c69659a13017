import { expect, it } from "vitest";
import type { ContainerStatus } from "kubernetes-types/core/v1";
import { TestCluster } from "../scheduling/test-cluster.ts";
import { Kubelet } from "./kubelet.ts";

/** A pod as an earlier kubelet left it, and what this one makes of it. */
function resumed(told: Partial<ContainerStatus>) {
  const cluster = new TestCluster();
  const node = cluster.addNode("a");
  cluster.store.update({ ...node, spec: { podCIDR: "10.244.1.0/24" } });
  const kubelet = new Kubelet({
    store: cluster.store,
    events: cluster.events,
    host: {
      command(command) {
        if (command.kind === "pull") kubelet.hear({ ...command, kind: "pulled", sizeBytes: null });
        if (command.kind === "start") kubelet.hear({ ...command, kind: "started" });
      },
      watchesProbes: () => false,
    },
  });
  cluster.run(kubelet);
  const containers = [{ name: "main", image: "app:1" }];
  const pod = cluster.addPod("web", { spec: { nodeName: "a", containers } });
  const main = { name: "main", image: "app:1", imageID: "", ready: true, restartCount: 0, ...told };
  cluster.store.setStatus(pod, { ...pod.status, containerStatuses: [main] });
  cluster.settle();
  return cluster.pod("web").status!.containerStatuses![0]!;
}
const ran = { containerID: "demo://uid/main/4", restartCount: 3 };

it("counts the restart of what ran before, which is lost as in a reboot", () => {
  const startedAt = "2025-12-31T23:00:00Z";
  const status = resumed({ ...ran, state: { running: { startedAt } } });
  expect(status).toMatchObject({ restartCount: 4, ready: true, state: { running: {} } });
  expect(status.lastState?.terminated).toMatchObject({
    exitCode: 255,
    reason: "Unknown",
    startedAt,
    containerID: ran.containerID,
  });
  expect(status.containerID).not.toBe(ran.containerID);
});

it("keeps how it ended where it was waiting for its next start", () => {
  const terminated = { exitCode: 1, reason: "Error" };
  const waiting = { reason: "CrashLoopBackOff" };
  const status = resumed({ ...ran, state: { waiting }, lastState: { terminated } });
  expect(status).toMatchObject({ restartCount: 4, lastState: { terminated } });
  expect(resumed({ ...ran, state: { terminated } }).lastState).toEqual({ terminated });
});

it("counts nothing of what never ran", () => {
  const waiting = { reason: "ContainerCreating" };
  expect(resumed({ state: { waiting } })).toMatchObject({ restartCount: 0, lastState: {} });
});
