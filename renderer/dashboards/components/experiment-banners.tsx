import { CloseButton } from "@mantine/core";
import type { Thread } from "../../../workers/service/contract.ts";
import { duration, text } from "../../components/format.ts";
import { useNow } from "../../data/hooks.ts";
import { useStore } from "../../data/store.ts";
import classes from "./components.module.css";
import {
  type Experiment,
  experimentStore,
  faults,
  type Stage,
  stageOf,
  withdrawExperiment,
} from "./experiment-store.ts";

/** What was broken on purpose, for how long, and whether it is back. */
export function ExperimentBanners({ threads }: { readonly threads: readonly Thread[] }) {
  const experiments = useStore(experimentStore);
  return experiments.map((experiment) => {
    const thread = threads.find(({ id }) => id === experiment.thread);
    return thread ? <Banner key={thread.id} experiment={experiment} thread={thread} /> : null;
  });
}

interface BannerProps {
  readonly experiment: Experiment;
  readonly thread: Thread;
}

function Banner({ experiment, thread }: BannerProps) {
  const now = useNow(250);
  const stage = stageOf(experiment, thread);
  const elapsed = text(
    duration(Math.max(0, Math.round((now - experiment.injectedAt) / 100) * 100)),
  );
  const verb = faults.find(({ kind }) => kind === experiment.kind)?.verb ?? experiment.kind;
  return (
    <div className={classes.banner} data-stage={stage} role="status" aria-label="Experiment">
      <p>
        <strong>
          Experiment: {verb.toLowerCase()} {thread.title}.
        </strong>{" "}
        {sentenceOf(stage, thread, elapsed)}
      </p>
      {(stage === "recovered" || stage === "ended") && (
        <CloseButton aria-label="Dismiss" onClick={() => withdrawExperiment(thread.id)} />
      )}
    </div>
  );
}

function sentenceOf(stage: Stage, thread: Thread, elapsed: string): string {
  const downtime =
    thread.downtimeMs === null ? "" : ` after ${text(duration(thread.downtimeMs))} of downtime`;
  const sentences: Record<Stage, string> = {
    injected: `Injected ${elapsed} ago; the supervisor has not noticed yet.`,
    recovering: `The thread is ${thread.state}, ${elapsed} since the fault.`,
    recovered: `Ready again${downtime}: ${thread.lastExit?.reason ?? ""}`,
    ended: `The thread is ${thread.state} and does not come back by itself; start it again.`,
  };
  return sentences[stage];
}
