import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { Panel } from "../../components/page-frame.tsx";
import type { AlgorithmView, Frame, NodeFrame } from "./engine.worker.ts";
import { nodeActions } from "./node-actions.ts";
import type { Playground, Snapshot } from "./playground.ts";
import classes from "./playground.module.css";
import { otherSide } from "./ring-layout.ts";
import { RoleMark } from "./roles.tsx";

interface SidePanelProps {
  readonly playground: Playground;
  readonly snapshot: Snapshot;
  readonly frame: Frame;
  readonly algorithm: AlgorithmView | null;
}

/** What can be done now: to the selected nodes, to the network, and what was done so far. */
export function SidePanel({ playground, snapshot, frame, algorithm }: SidePanelProps) {
  const { selected } = snapshot;
  return (
    <div className={classes.side}>
      {selected.length === 1 ? (
        <NodePanel playground={playground} frame={frame} id={selected[0]!} algorithm={algorithm} />
      ) : (
        <SelectionPanel
          playground={playground}
          frame={frame}
          selected={selected}
          tolerates={snapshot.course?.algorithm.tolerates ?? 0}
        />
      )}
      <NetworkPanel playground={playground} frame={frame} />
      <CoursePanel playground={playground} snapshot={snapshot} />
    </div>
  );
}

interface NodePanelProps {
  readonly playground: Playground;
  readonly frame: Frame;
  readonly id: number;
  readonly algorithm: AlgorithmView | null;
}

function NodePanel({ playground, frame, id, algorithm }: NodePanelProps) {
  const [command, setCommand] = useState("set colour blue");
  const node = frame.nodes.find((candidate) => candidate.id === id);
  if (node === undefined) return null;
  const actions = nodeActions(node, frame, algorithm);
  return (
    <Panel title={`Node ${id}`} tools={<RoleMark node={node} />}>
      <div className={classes.actions}>
        {actions
          .filter(({ key }) => key !== undefined)
          .map(({ id: name, title, action }) => (
            <Button key={name} variant="default" onClick={() => void playground.act(action)}>
              {title}
            </Button>
          ))}
        <NativeSelect
          aria-label={`More to do to node ${id}`}
          value=""
          data={[
            { value: "", label: "More…" },
            ...actions
              .filter(({ key }) => key === undefined)
              .map(({ id: value, title }) => ({ value, label: title })),
          ]}
          onChange={(event) => {
            const chosen = actions.find((each) => each.id === event.currentTarget.value);
            if (chosen !== undefined) void playground.act(chosen.action);
          }}
        />
      </div>
      {node.state === "up" && !node.lying && (
        <form
          className={classes.propose}
          onSubmit={(event) => {
            event.preventDefault();
            void playground.act({ kind: "propose", node: id, command });
          }}
        >
          <TextInput
            aria-label="Command"
            value={command}
            maxLength={200}
            onChange={(event) => setCommand(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" disabled={command === ""}>
            Propose
          </Button>
        </form>
      )}
    </Panel>
  );
}

function SelectionPanel(props: {
  readonly playground: Playground;
  readonly frame: Frame;
  readonly selected: readonly number[];
  readonly tolerates: number;
}) {
  const { playground, frame, selected, tolerates } = props;
  const faulty = frame.nodes.filter(isFaulty).length;
  return (
    <Panel title={selected.length === 0 ? "Nodes" : `Nodes ${selected.join(", ")}`}>
      <ul className={classes.picker} aria-label="Select nodes">
        {frame.nodes.map((node) => (
          <li key={node.id}>
            <button
              type="button"
              aria-pressed={selected.includes(node.id)}
              onClick={(event) => playground.select(toggled(selected, node.id, event.shiftKey))}
            >
              Node {node.id} <RoleMark node={node} />
            </button>
          </li>
        ))}
      </ul>
      <p className={classes.note} data-warning={faulty > tolerates || undefined}>
        {faulty} of {frame.nodes.length} {faulty === 1 ? "node is" : "nodes are"} faulty now; it
        survives {tolerates}
        {faulty > tolerates && ", so nothing is promised any more"}.
      </p>
      <p className={classes.note}>
        Select a node to crash, pause or skew it; hold Shift to select more. On a node, C crashes, S
        pauses, X cuts it off.
      </p>
    </Panel>
  );
}

function isFaulty({ state, lying, reason }: NodeFrame): boolean {
  return lying || reason !== null || (state !== "up" && state !== "starting");
}

export function toggled(
  selected: readonly number[],
  id: number,
  extend: boolean,
): readonly number[] {
  if (!extend) return selected.length === 1 && selected[0] === id ? [] : [id];
  return selected.includes(id) ? selected.filter((each) => each !== id) : [...selected, id];
}

const networks = {
  calm: { label: "5 to 60 ms, no loss", lossChance: 0, minMs: 5, meanMs: 12, maxMs: 60 },
  fast: { label: "1 ms, no loss", lossChance: 0, minMs: 0.5, meanMs: 1, maxMs: 20 },
  slow: { label: "50 to 400 ms", lossChance: 0, minMs: 50, meanMs: 120, maxMs: 400 },
  lossy: { label: "20 % lost", lossChance: 0.2, minMs: 5, meanMs: 12, maxMs: 60 },
  awful: { label: "50 % lost, slow", lossChance: 0.5, minMs: 20, meanMs: 60, maxMs: 300 },
} as const;

function NetworkPanel(props: { readonly playground: Playground; readonly frame: Frame }) {
  const { playground, frame } = props;
  const { selected } = playground.snapshot;
  const away = otherSide(frame);
  const canPartition = selected.length > 0 && selected.length < frame.nodes.length;
  const { leader } = frame;
  return (
    <Panel title="Network">
      <div className={classes.actions}>
        <Button
          variant="default"
          disabled={!canPartition}
          onClick={() =>
            void playground.act({ kind: "partition", groups: [[...selected]], oneWay: false })
          }
        >
          Partition selected
        </Button>
        <Button
          variant="default"
          disabled={leader === null || frame.nodes.length < 2}
          onClick={() =>
            void playground.act({ kind: "partition", groups: [[leader ?? 1]], oneWay: false })
          }
        >
          Cut off the leader
        </Button>
        <Button
          variant={frame.cut.length > 0 ? "filled" : "default"}
          disabled={frame.cut.length === 0}
          onClick={() => void playground.act({ kind: "heal" })}
        >
          Heal the network
        </Button>
        <NativeSelect
          aria-label="Delay and loss of messages"
          value=""
          data={[
            { value: "", label: "Delay and loss…" },
            ...Object.entries(networks).map(([value, { label }]) => ({ value, label })),
          ]}
          onChange={(event) => {
            const chosen = networks[event.currentTarget.value as keyof typeof networks];
            const { label: _, ...network } = chosen;
            void playground.act({ kind: "network", ...network });
          }}
        />
      </div>
      <p className={classes.note} role="status">
        {away.length > 0
          ? `Cut off: node ${away.join(", ")}.`
          : frame.cut.length > 0
            ? `${frame.cut.length} links are cut.`
            : "Every node reaches every other."}
      </p>
    </Panel>
  );
}

function CoursePanel({ playground, snapshot }: Pick<SidePanelProps, "playground" | "snapshot">) {
  const { course } = snapshot;
  if (course === null) return null;
  const { interventions, document } = course;
  return (
    <Panel
      title="What was done"
      tools={
        <Button
          size="compact-xs"
          variant="default"
          disabled={interventions.length === 0}
          onClick={() => void playground.undo()}
        >
          Undo
        </Button>
      }
    >
      <ol className={classes.course} aria-label="Interventions">
        {interventions.map((text, place) => {
          const atMs = document.interventions[place]?.atMs ?? 0;
          return (
            <li key={`${atMs} ${text}`}>
              <button
                type="button"
                className="link"
                onClick={() => {
                  playground.pause();
                  void playground.seek(atMs);
                }}
              >
                {(atMs / 1000).toFixed(3)} s
              </button>{" "}
              {text}
            </li>
          );
        })}
        {interventions.length === 0 && <li className="soft">Nothing yet.</li>}
      </ol>
    </Panel>
  );
}
