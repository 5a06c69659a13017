import { Button } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { Suspense, useMemo, useState } from "react";
import { lazily } from "../../components/lazily.ts";
import { useCommands } from "../../app/commands.ts";
import { PageFrame, Panel } from "../../components/page-frame.tsx";
import { LoadingSkeleton } from "../../components/query-boundary.tsx";
import { useStore } from "../../data/store.ts";
import { Details } from "./details.tsx";
import type { AlgorithmView, Frame } from "./engine.worker.ts";
import { LessonStrip } from "./lesson-strip.tsx";
import { nodeActions } from "./node-actions.ts";
import { MessageMenu, NodeMenu, type OpenMenu, type PickedMessage } from "./node-menu.tsx";
import { PacketList } from "./packets.tsx";
import type { Playground, Snapshot } from "./playground.ts";
import classes from "./playground.module.css";
import { RunBar } from "./run-bar.tsx";
import { Scroller } from "./scroller.tsx";
import { SidePanel, toggled } from "./side-panel.tsx";
import { Transport } from "./transport.tsx";
import { usePlayground } from "./use-playground.ts";

const RingGraph = lazily(() => import("./ring-graph.tsx"));
const route = getRouteApi("/playgrounds/consensus");

export function ConsensusPlaygroundPage(): React.JSX.Element {
  const search = route.useSearch();
  const { playground, untrusted, trust } = usePlayground();
  const snapshot = useStore(playground.store);
  const { frame, catalogue, course } = snapshot;
  const algorithm = useMemo(
    () => catalogue?.algorithms.find(({ id }) => id === course?.algorithm.id) ?? null,
    [catalogue, course],
  );
  usePlaygroundCommands(playground, snapshot, algorithm);
  const lesson = catalogue?.lessons.find(({ id }) => id === search.lesson);
  return (
    <PageFrame
      title="Consensus playground"
      health={frame === null ? "unknown" : healthOf(snapshot, frame)}
      verdict={frame === null ? (snapshot.error ?? "Starting the run") : verdictOf(snapshot, frame)}
    >
      <RunBar playground={playground} snapshot={snapshot} />
      {snapshot.error !== null && frame !== null && (
        <p className={classes.error} role="alert">
          {snapshot.error}
        </p>
      )}
      {snapshot.busy !== null && (
        <p className={classes.busy} role="status">
          {snapshot.busy}
        </p>
      )}
      {untrusted !== null && (
        <Panel title="This run brings an algorithm of its own">
          <p className={classes.note}>
            It came from a link or a file and has not run. Read it; it runs in a thread that reaches
            nothing, but it is somebody else&apos;s code all the same.
          </p>
          <Scroller label="Source of the algorithm" className={classes.source}>
            <pre>{untrusted}</pre>
          </Scroller>
          <div className={classes.actions}>
            <Button onClick={trust}>Run this algorithm</Button>
          </div>
        </Panel>
      )}
      {frame === null && untrusted === null && <LoadingSkeleton rows={8} />}
      {frame !== null && (
        <>
          {lesson !== undefined && (
            <LessonStrip lesson={lesson} playground={playground} nowMs={frame.nowMs} />
          )}
          <Stage playground={playground} snapshot={snapshot} frame={frame} algorithm={algorithm} />
          <Details
            playground={playground}
            snapshot={snapshot}
            frame={frame}
            tab={search.tab ?? "nodes"}
          />
        </>
      )}
    </PageFrame>
  );
}

interface StageProps {
  readonly playground: Playground;
  readonly snapshot: Snapshot;
  readonly frame: Frame;
  readonly algorithm: AlgorithmView | null;
}

/** The picture with its time, and beside it what can be done. */
function Stage({ playground, snapshot, frame, algorithm }: StageProps) {
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const [picked, setPicked] = useState<PickedMessage | null>(null);
  const { selected } = snapshot;
  return (
    <div className={classes.stage}>
      <div className={classes.main}>
        <div
          className={classes.picture}
          role="group"
          aria-label="Ring of the nodes; the tab Nodes has the same as a table"
        >
          <Suspense fallback={null}>
            <RingGraph
              frame={frame}
              selected={selected}
              onSelect={(id, extend) => playground.select(toggled(selected, id, extend))}
              onMenu={(id, at) => setMenu({ id, at })}
              onMessage={(message, at) => {
                playground.pause();
                setPicked({ message, at });
              }}
              onKey={(id, key) => {
                const node = frame.nodes.find((candidate) => candidate.id === id);
                if (node === undefined) return false;
                const found = nodeActions(node, frame, algorithm).find((each) => each.key === key);
                if (found !== undefined) void playground.act(found.action);
                return found !== undefined;
              }}
              onSides={(away) =>
                void playground.act(
                  away.length === 0
                    ? { kind: "heal" }
                    : { kind: "partition", groups: [[...away]], oneWay: false },
                )
              }
            />
          </Suspense>
        </div>
        <PacketList frame={frame} />
        <Transport playground={playground} snapshot={snapshot} />
      </div>
      <SidePanel playground={playground} snapshot={snapshot} frame={frame} algorithm={algorithm} />
      {picked !== null && (
        <MessageMenu
          {...picked}
          onAct={(action) => void playground.act(action)}
          onClose={() => setPicked(null)}
        />
      )}
      {menu !== null && (
        <NodeMenu
          menu={menu}
          frame={frame}
          algorithm={algorithm}
          onAct={(action) => void playground.act(action)}
          onClose={() => setMenu(null)}
        />
      )}
    </div>
  );
}

function healthOf({ verdict }: Snapshot, frame: Frame) {
  return verdict?.result === "not linearizable" ? "failed" : frame.health;
}

function verdictOf({ verdict }: Snapshot, frame: Frame): string {
  if (verdict === null || verdict.answered === 0) return `${frame.sentence}; nothing answered yet`;
  switch (verdict.result) {
    case "linearizable":
      return `${frame.sentence}; linearizable ${frame.finished ? "to the end" : "so far"}`;
    case "not linearizable":
      return `${frame.sentence}; not linearizable at key ${verdict.failing?.key ?? "?"}`;
    default:
      return `${frame.sentence}; whether the history is linearizable is undecided`;
  }
}

/** Everything that the page does is in the palette too. */
function usePlaygroundCommands(
  playground: Playground,
  { frame, selected }: Snapshot,
  algorithm: AlgorithmView | null,
): void {
  const node = frame?.nodes.find(({ id }) => id === selected[0]);
  const state = `${node?.id ?? 0} ${node?.state ?? ""} ${String(node?.leader === node?.id)}`;
  // The titles depend on little of a frame, and the list must not change sixty times a second.
  const key = `${state} ${algorithm?.id ?? ""} ${frame === null ? "" : "ready"}`;
  const commands = useMemo(() => {
    const group = "This page";
    const { frame: now } = playground.snapshot;
    if (now === null) return [];
    const chosen = now.nodes.find(({ id }) => id === playground.snapshot.selected[0]);
    return [
      {
        id: "playground:play",
        title: "Play or pause the run",
        group,
        keys: ["k"],
        run: () => (playground.snapshot.playing ? playground.pause() : playground.play()),
      },
      {
        id: "playground:step",
        title: "Step one event",
        group,
        keys: ["."],
        run: () => void playground.stepForward(),
      },
      {
        id: "playground:back",
        title: "Step back one event",
        group,
        keys: [","],
        run: () => void playground.stepBack(),
      },
      {
        id: "playground:heal",
        title: "Heal the network",
        group,
        run: () => void playground.act({ kind: "heal" }),
      },
      {
        id: "playground:undo",
        title: "Undo the last intervention",
        group,
        run: () => void playground.undo(),
      },
      ...(chosen === undefined ? [] : nodeActions(chosen, now, algorithm)).map(
        ({ id, title, action }) => ({
          id: `playground:${id}`,
          title,
          group,
          run: () => void playground.act(action),
        }),
      ),
    ];
    // oxlint-disable-next-line react/exhaustive-deps
  }, [playground, algorithm, key]);
  useCommands(commands);
}
