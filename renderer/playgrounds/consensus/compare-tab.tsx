import { Button, NativeSelect } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { StatusMark } from "../../components/status-mark.tsx";
import { useStore } from "../../data/store.ts";
import type { TabProps } from "./details.tsx";
import classes from "./details.module.css";
import type { AlgorithmView, RunDocument } from "./engine.worker.ts";
import { type Fork, Playground } from "./playground.ts";
import { CompareView } from "./compare-view.tsx";

/** Courses that were kept, and the same faults under another algorithm. */
export default function CompareTab({ playground, snapshot, frame }: TabProps) {
  const forks = useStore(playground.forks);
  const { course, catalogue } = snapshot;
  const [rivalId, setRivalId] = useState<string | null>(null);
  if (course === null || catalogue === null) return null;
  const rivals = catalogue.algorithms.filter(({ id }) => id !== course.algorithm.id);
  return (
    <div className={classes.tab}>
      <div className={classes.tabTools}>
        <Button variant="default" onClick={() => void playground.keepFork()}>
          Fork the run here
        </Button>
        <NativeSelect
          aria-label="Compare with"
          value={rivalId ?? ""}
          data={[
            { value: "", label: "Compare with…" },
            ...rivals.map(({ id, title }) => ({ value: id, label: title })),
          ]}
          onChange={(event) => setRivalId(event.currentTarget.value || null)}
        />
        <span className="soft">
          A fork keeps what was done so far. A comparison runs the same document, interventions and
          all, under another algorithm.
        </span>
      </div>
      <ForkList
        forks={forks}
        onOpen={({ document, javascript, atMs }) =>
          void playground.open(document, { javascript, timeMs: atMs })
        }
      />
      {rivalId !== null && (
        <Rival
          key={rivalId}
          algorithm={rivals.find(({ id }) => id === rivalId) ?? null}
          document={course.document}
          nowMs={frame.nowMs}
          main={snapshot}
        />
      )}
    </div>
  );
}

function ForkList(props: {
  readonly forks: readonly Fork[];
  readonly onOpen: (fork: Fork) => void;
}) {
  if (props.forks.length === 0) return null;
  return (
    <ul className={classes.checks} aria-label="Forks">
      {props.forks.map((fork) => (
        <li key={fork.id}>
          <strong>Fork {fork.id}</strong>
          <span>
            {fork.title} at {(fork.atMs / 1000).toFixed(3)} s, seed {fork.document.seed},{" "}
            {fork.document.interventions.length} interventions
          </span>
          <Button size="compact-xs" variant="default" onClick={() => props.onOpen(fork)}>
            Go to fork {fork.id}
          </Button>
        </li>
      ))}
    </ul>
  );
}

interface RivalProps {
  readonly algorithm: AlgorithmView | null;
  readonly document: RunDocument;
  readonly nowMs: number;
  readonly main: TabProps["snapshot"];
}

/** A second run in a thread of its own, which follows the first in time and in what is done to it. */
function Rival({ algorithm, document, nowMs, main }: RivalProps) {
  const [rival] = useState(() => new Playground());
  const now = useRef(nowMs);
  useEffect(() => () => rival.close(), [rival]);
  useEffect(() => {
    now.current = nowMs;
    rival.follow(nowMs);
  }, [rival, nowMs]);
  useEffect(() => {
    if (algorithm === null) return;
    void rival.open(underAlgorithm(document, algorithm), { timeMs: now.current });
  }, [rival, algorithm, document]);
  return <RivalView main={main} rival={rival} />;
}

function RivalView({
  main,
  rival,
}: {
  readonly main: RivalProps["main"];
  readonly rival: Playground;
}) {
  const other = useStore(rival.store);
  if (other.error !== null) {
    return (
      <p className={classes.compileError}>
        <StatusMark health="unknown" word="cannot compare" /> {other.error}
      </p>
    );
  }
  return (
    <div className={classes.twoColumns}>
      <CompareView snapshot={main} />
      <CompareView snapshot={other} />
    </div>
  );
}

/** The same run for another algorithm: what names single messages or lies means nothing there. */
function underAlgorithm(document: RunDocument, algorithm: AlgorithmView): RunDocument {
  return {
    ...document,
    algorithm: { id: algorithm.id },
    interventions: document.interventions.filter(
      ({ kind }) => kind !== "drop-message" && kind !== "delay-message" && kind !== "byzantine",
    ),
  };
}
