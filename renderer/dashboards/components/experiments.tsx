import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Thread } from "../../../workers/service/contract.ts";
import { useCommands } from "../../app/commands.ts";
import { ProblemView } from "../../components/problem-view.tsx";
import { client } from "../../data/client.ts";
import { useMay } from "../../data/hooks.ts";
import classes from "./components.module.css";
import { beginExperiment, type FaultKind, faults, withdrawExperiment } from "./experiment-store.ts";

/** Breaks the thread on purpose; the banner above follows how it comes back. */
export function Experiments({ thread }: { readonly thread: Thread }) {
  const mayOperate = useMay("operator");
  const inject = useMutation({
    mutationFn: (kind: FaultKind) => client.platform.fault({ id: thread.id, kind }),
    onMutate: (kind) => beginExperiment(thread, kind),
    onError: () => withdrawExperiment(thread.id),
  });
  const { mutate } = inject;
  const ready = thread.state === "ready";
  useCommands(
    useMemo(
      () =>
        ready && mayOperate
          ? faults.map(({ kind, verb }) => ({
              id: `fault:${thread.id}:${kind}`,
              title: `${verb} ${thread.title} thread (experiment)`,
              group: "This page",
              run: () => mutate(kind),
            }))
          : [],
      [ready, mayOperate, thread.id, thread.title, mutate],
    ),
  );
  return (
    <section aria-label="Experiments">
      <h3>Experiments</h3>
      <p className="soft">
        Each breaks this thread for real. The supervisor notices and starts it again; calls that are
        in flight may fail.
      </p>
      <ul className={classes.faults}>
        {faults.map(({ kind, verb, effect }) => (
          <li key={kind}>
            <Button
              variant="default"
              disabled={!mayOperate || !ready}
              loading={inject.isPending && inject.variables === kind}
              onClick={() => mutate(kind)}
            >
              {verb} {thread.title}
            </Button>
            <span className="soft">{effect}</span>
          </li>
        ))}
      </ul>
      {!ready && <p className="soft">Only a ready thread can be broken.</p>}
      {inject.error && <ProblemView error={inject.error} />}
    </section>
  );
}
