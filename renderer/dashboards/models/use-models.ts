import { useQuery } from "@tanstack/react-query";
import { notifications } from "@mantine/notifications";
import { orpc } from "../../data/client.ts";
import { useLive } from "../../data/hooks.ts";
import { toProblemError } from "../../data/problem.ts";
import { refreshModels } from "./model-files.ts";

const refreshMs = 2_000;

export function useModels() {
  const { paused } = useLive();
  const refetchInterval = paused ? false : refreshMs;
  return useQuery(orpc.analytics.registry.list.queryOptions({ input: {}, refetchInterval }));
}

export function useModel(name: string) {
  const { paused } = useLive();
  const refetchInterval = paused ? false : refreshMs;
  return useQuery(orpc.analytics.registry.get.queryOptions({ input: { name }, refetchInterval }));
}

export function useVersionHealth(name: string, version: number) {
  const { paused } = useLive();
  return useQuery(
    orpc.analytics.registry.health.queryOptions({
      input: { name, version: String(version) },
      refetchInterval: paused ? false : refreshMs,
    }),
  );
}

/** What a button does: it says how it went, and the page follows. */
export async function act(done: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
    notifications.show({ message: done });
  } catch (error) {
    const { title, detail } = toProblemError(error).data;
    notifications.show({ title, message: detail, color: "red", autoClose: false });
  } finally {
    void refreshModels();
  }
}
