/** Pods: look at them, read their logs, kill them. */
import type { Pod } from "../core/objects.ts";
import { viewPod } from "../core/views.ts";
import { problem } from "../errors.ts";
import type { Orchestrator } from "../pods/orchestrator.ts";

export function podHandlers(orchestrator: Orchestrator, now: () => number) {
  const { cluster, runtime } = orchestrator;
  const find = (name: string): Pod => {
    for (const pod of cluster.pods.values()) if (pod.name === name) return pod;
    throw problem("POD_UNKNOWN", `There is no pod named ${name}.`);
  };
  return {
    list({ deployment }: { deployment?: string | undefined }) {
      const pods = [...cluster.pods.values()].filter(
        (pod) => deployment === undefined || pod.deployment === deployment,
      );
      return { pods: pods.map(viewPod) };
    },
    get: ({ name }: { name: string }) => viewPod(find(name)),
    logs({ name, tail }: { name: string; tail: number }) {
      const log = runtime.logOf(find(name).uid);
      return { lines: log?.tail(tail) ?? [], dropped: log?.dropped ?? 0 };
    },
    kill({ name, target }: { name: string; target: "pod" | "container" }) {
      const pod = find(name);
      if (target === "container") {
        if (pod.container.kind !== "running" || pod.stopping) {
          throw problem("POD_NOT_RUNNING", `${name} has no running container to kill.`);
        }
        cluster.killContainer(pod, now());
      } else {
        cluster.killPod(pod, now());
      }
      orchestrator.step();
      return { name, target };
    },
  };
}
