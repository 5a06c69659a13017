/** Live queries of the microservices thread, and actions on it. */
import { notifications } from "@mantine/notifications";
import { useMutation } from "@tanstack/react-query";
import { orpc, queryClient } from "../../data/client.ts";
import { useLive } from "../../data/hooks.ts";
import { toProblemError } from "../../data/problem.ts";

/** Fetched anew this often, but not while the page is paused. */
export function useRefresh(intervalMs: number): number | false {
  const { paused, freshness } = useLive();
  return paused || freshness !== "live" ? false : intervalMs;
}

/** An action that says how it ended, after which everything of the thread is fetched anew. */
export function useAct<Input>(
  act: (input: Input) => Promise<unknown>,
  done: (input: Input) => string,
) {
  return useMutation({
    mutationFn: (input: Input) => act(input),
    onSuccess: (_answer, input) => notifications.show({ message: done(input) }),
    onError: (error) => {
      const { data } = toProblemError(error);
      notifications.show({
        color: "red",
        title: `${data.title} (${data.code})`,
        message: `${data.detail} ${data.remedy}`,
      });
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: orpc.microservices.key() }),
  });
}
