/** Pods: look at them, read their logs, kill them. */
import type { Orchestrator } from "../cluster/orchestrator.ts";
import { viewPod } from "../cluster/views.ts";
import { workloadOf } from "../cluster/workload.ts";
import type { ObjectOf } from "../core/store/objects.ts";
import { problem } from "../errors.ts";
import { keyOf, PodRuntimeError } from "../pods/container-spec.ts";

type Pod = ObjectOf<"pods">;

export function podHandlers({ cluster }: Orchestrator) {
  const { store, runtime, real, events } = cluster;
  /** In the namespace default first; a name is rarely in two. */
  const find = (name: string): Pod => {
    const own = store.get("pods", "default", name);
    if (own !== undefined) return own;
    for (const pod of store.all("pods")) if (pod.metadata.name === name) return pod;
    throw problem("POD_UNKNOWN", `There is no pod named ${name}.`);
  };
  const keyOfFirst = ({ metadata, spec }: Pod): string =>
    keyOf({ podUid: metadata.uid, container: spec?.containers[0]?.name ?? "" });
  return {
    list({ deployment }: { deployment?: string | undefined }) {
      const pods = [...store.all("pods")].filter((pod) => {
        if (deployment === undefined) return true;
        const { kind, name } = workloadOf(store, pod);
        return kind === "Deployment" && name === deployment;
      });
      return { pods: pods.map((pod) => viewPod(store, real, pod)) };
    },
    get: ({ name }: { name: string }) => viewPod(store, real, find(name)),
    async logs({ name, tail }: { name: string; tail: number }) {
      const lines: { at: number; text: string }[] = [];
      try {
        const options = { tailLines: tail, timestamps: true };
        for await (const line of runtime.logs(keyOfFirst(find(name)), options)) {
          const space = line.indexOf(" ");
          const text = line.slice(space + 1).replace(/\n$/, "");
          lines.push({ at: Date.parse(line.slice(0, space)), text });
        }
      } catch (error) {
        // A container that never started has written nothing.
        if (!(error instanceof PodRuntimeError)) throw error;
      }
      return { lines, dropped: 0 };
    },
    kill({ name, target }: { name: string; target: "pod" | "container" }) {
      const pod = find(name);
      if (target === "container") {
        const running = pod.status?.containerStatuses?.some(({ state }) => state?.running);
        if (running !== true) {
          throw problem("POD_NOT_RUNNING", `${name} has no running container to kill.`);
        }
        events.as("kubelet").record(pod, "Normal", "Killing", "Container killed on request");
        runtime.kill(keyOfFirst(pod));
      } else {
        events.as("kubelet").record(pod, "Normal", "Killing", "Killed on request");
        const { namespace } = pod.metadata;
        store.delete("pods", namespace, name, { gracePeriodSeconds: 0 });
      }
      return { name, target };
    },
  };
}
