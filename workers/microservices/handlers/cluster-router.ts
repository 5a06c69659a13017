/** The cluster's contract over a host. */
import { implement } from "@orpc/server";
import { clusterContract } from "../contract-cluster.ts";
import { clusterScreenLimits } from "../limits.ts";
import { clusterActionHandlers } from "./cluster-actions.ts";
import { Drains } from "./cluster-drains.ts";
import { clusterEvents } from "./cluster-events.ts";
import { TimedFaults } from "./cluster-faults.ts";
import type { ClusterHost } from "./cluster-host.ts";
import { clusterNodes } from "./cluster-nodes.ts";
import { applyYaml, clusterObject, deleteObjects } from "./cluster-objects.ts";
import { clusterOverview } from "./cluster-overview.ts";
import { clusterExec, clusterLogs } from "./cluster-pod-access.ts";
import { clusterPods } from "./cluster-pods.ts";
import { clusterRollout, RolloutHistory } from "./cluster-rollouts.ts";
import { TopologyRecorder } from "./cluster-topology.ts";
import { clusterWorkloads } from "./cluster-workloads.ts";

/** The procedures, and the recorders behind them; `close` ends these. */
export function clusterScreens(host: ClusterHost) {
  const history = new RolloutHistory(host.store);
  const recorder = new TopologyRecorder(host);
  const drains = new Drains(host);
  const faults = new TimedFaults(host);
  const actions = clusterActionHandlers(host);
  const os = implement(clusterContract);
  const timer = setInterval(() => {
    history.sample(host.now());
    recorder.sample(host.now());
  }, clusterScreenLimits.sampleMs);
  timer.unref();
  const router = os.router({
    overview: os.overview.handler(() => clusterOverview(host)),
    pods: os.pods.handler(({ input }) => clusterPods(host, input)),
    nodes: os.nodes.handler(() => clusterNodes(host)),
    workloads: os.workloads.handler(() => ({
      at: host.now(),
      workloads: clusterWorkloads(host.store),
    })),
    rollout: os.rollout.handler(({ input }) => clusterRollout(host.store, history, input)),
    events: os.events.handler(({ input }) => clusterEvents(host, input)),
    object: os.object.handler(({ input }) => clusterObject(host, input)),
    logs: os.logs.handler(({ input, signal }) => clusterLogs(host, input, signal)),
    topology: os.topology.handler(() => recorder.topology()),
    recording: os.recording.handler(() => recorder.recording()),
    faults: os.faults.handler(() => ({ at: host.now(), faults: faults.active() })),
    apply: os.apply.handler(({ input }) => applyYaml(host, input)),
    delete: os.delete.handler(({ input }) => deleteObjects(host, input)),
    scale: os.scale.handler(({ input }) => actions.scale(input)),
    restart: os.restart.handler(({ input }) => actions.restart(input)),
    undo: os.undo.handler(({ input }) => actions.undo(input)),
    pause: os.pause.handler(({ input }) => actions.pause(input)),
    resume: os.resume.handler(({ input }) => actions.resume(input)),
    cordon: os.cordon.handler(({ input }) => actions.cordon(input)),
    uncordon: os.uncordon.handler(({ input }) => actions.uncordon(input)),
    drain: {
      start: os.drain.start.handler(({ input }) => drains.start(input.node)),
      list: os.drain.list.handler(() => drains.list()),
      cancel: os.drain.cancel.handler(({ input }) => drains.cancel(input.id)),
    },
    exec: os.exec.handler(({ input, signal }) => clusterExec(host, input, signal)),
    inject: os.inject.handler(async ({ input }) => ({
      fault: await faults.inject(input.fault, input.forSeconds),
    })),
    restore: os.restore.handler(async ({ input }) => ({
      restored: await faults.restore(input.id),
    })),
  });
  return {
    router,
    close(): void {
      clearInterval(timer);
      history.close();
      drains.close();
      faults.close();
    },
  };
}
