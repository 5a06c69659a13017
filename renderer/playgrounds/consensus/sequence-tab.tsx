import { Button, NativeSelect, SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { LoadingSkeleton } from "../../components/query-boundary.tsx";
import type { TabProps } from "./details.tsx";
import type { MessageView } from "./engine.worker.ts";
import { delayByMs } from "./node-menu.tsx";
import { colourOf } from "./packets.tsx";
import type { Playground } from "./playground.ts";
import classes from "./details.module.css";
import { Scroller } from "./scroller.tsx";
import { useAnswer } from "./use-answer.ts";

const messagesMax = 240;
const laneWidth = 150;
const left = 74;
const top = 28;

/** Messages between the nodes as arrows in time, and the same as a table. */
export function SequenceTab({ playground, snapshot, frame }: TabProps) {
  const [view, setView] = useState<"diagram" | "list">("diagram");
  const [windowMs, setWindowMs] = useState(200);
  const [chosen, setChosen] = useState<number | null>(null);
  const messages = useAnswer(
    playground,
    snapshot,
    (engine) =>
      engine.ask("messages", {
        sinceMs: (playground.snapshot.frame?.nowMs ?? 0) - windowMs,
        max: messagesMax,
      }),
    String(windowMs),
  );
  if (messages === null) return <LoadingSkeleton rows={6} />;
  const message = messages.find(({ id }) => id === chosen) ?? null;
  return (
    <div className={classes.tab}>
      <div className={classes.tabTools}>
        <SegmentedControl
          aria-label="View of the messages"
          value={view}
          data={[
            { value: "diagram", label: "Diagram" },
            { value: "list", label: "List" },
          ]}
          onChange={(next) => setView(next)}
        />
        <NativeSelect
          aria-label="Span shown"
          value={String(windowMs)}
          data={[50, 100, 200, 500, 1000, 3000].map((each) => ({
            value: String(each),
            label: `last ${each} ms`,
          }))}
          onChange={(event) => setWindowMs(Number(event.currentTarget.value))}
        />
        <MessageDetails message={message} playground={playground} />
      </div>
      {view === "list" ? (
        <DataTable
          label="Messages between the nodes"
          columns={columns}
          rows={messages}
          rowKey={({ id }) => String(id)}
          selectedKey={String(chosen)}
          onOpen={({ id }) => setChosen(id)}
          initialSort={{ id: "id", desc: true }}
          heightMax={340}
          empty="No message in this span."
        />
      ) : (
        <Diagram
          messages={messages}
          nodes={frame.nodes.length}
          fromMs={Math.max(0, frame.nowMs - windowMs)}
          nowMs={frame.nowMs}
          chosen={chosen}
          onChoose={setChosen}
        />
      )}
    </div>
  );
}

const columns: readonly Column<MessageView>[] = [
  { id: "id", header: "Message", value: ({ id }) => id, numeric: true, width: "88px" },
  { id: "from", header: "From", value: ({ from }) => from, numeric: true, width: "64px" },
  { id: "to", header: "To", value: ({ to }) => to, numeric: true, width: "56px" },
  { id: "kind", header: "Kind", value: ({ kind }) => kind, width: "160px" },
  {
    id: "sent",
    header: "Sent",
    value: ({ sentMs }) => Number(sentMs.toFixed(3)),
    numeric: true,
    width: "104px",
  },
  {
    id: "arrives",
    header: "Arrives",
    value: ({ arriveMs }) => (arriveMs === null ? null : Number(arriveMs.toFixed(3))),
    numeric: true,
    width: "104px",
  },
  { id: "state", header: "State", value: ({ state }) => state, width: "96px" },
  { id: "text", header: "Content", value: ({ text }) => text },
];

function MessageDetails(props: {
  readonly message: MessageView | null;
  readonly playground: Playground;
}) {
  const { message, playground } = props;
  if (message === null) return <p className="soft">Choose a message to see, drop or delay it.</p>;
  const { id, from, to, text, state } = message;
  const isFlying = state === "flying";
  return (
    <>
      <p>
        Message {id}, {from} → {to}, {state}: <span className="mono">{text}</span>
      </p>
      <Button
        variant="default"
        disabled={!isFlying}
        onClick={() => void playground.act({ kind: "drop-message", message: id })}
      >
        Drop it
      </Button>
      <Button
        variant="default"
        disabled={!isFlying}
        onClick={() => void playground.act({ kind: "delay-message", message: id, byMs: delayByMs })}
      >
        Delay it by {delayByMs} ms
      </Button>
    </>
  );
}

interface DiagramProps {
  readonly messages: readonly MessageView[];
  readonly nodes: number;
  readonly fromMs: number;
  readonly nowMs: number;
  readonly chosen: number | null;
  readonly onChoose: (id: number) => void;
}

function Diagram({ messages, nodes, fromMs, nowMs, chosen, onChoose }: DiagramProps) {
  const span = Math.max(nowMs - fromMs, 1);
  const height = Math.min(2400, Math.max(320, messages.length * 15));
  const width = left + nodes * laneWidth;
  const x = (node: number) => left + (node - 0.5) * laneWidth;
  const y = (atMs: number) =>
    top + (Math.min(Math.max(atMs - fromMs, 0), span) / span) * (height - top - 12);
  const ticks = Array.from({ length: Math.floor(height / 60) + 1 }, (_, place) => place * 60);
  return (
    <Scroller className={classes.sequence} label="Sequence diagram; the list has the same in words">
      <svg width={width} height={height} role="presentation">
        {Array.from({ length: nodes }, (_, place) => place + 1).map((node) => (
          <g key={node}>
            <text x={x(node)} y={16} className={classes.lane}>
              Node {node}
            </text>
            <line x1={x(node)} x2={x(node)} y1={top - 6} y2={height} className={classes.life} />
          </g>
        ))}
        {ticks.map((offset) => (
          <text key={offset} x={4} y={top + offset + 4} className={classes.tick}>
            {((fromMs + (offset / (height - top - 12)) * span) / 1000).toFixed(3)} s
          </text>
        ))}
        {messages.map((message) => (
          <Arrow
            key={message.id}
            message={message}
            start={{ x: x(message.from), y: y(message.sentMs) }}
            end={endOf(message, { x, y, nowMs })}
            chosen={message.id === chosen}
            onChoose={onChoose}
          />
        ))}
      </svg>
    </Scroller>
  );
}

/** Where an arrow ends: at its receiver, where it is now, or on the way when it never arrives. */
function endOf(
  { from, to, sentMs, arriveMs, state }: MessageView,
  scale: { x(node: number): number; y(atMs: number): number; nowMs: number },
): { readonly x: number; readonly y: number } {
  const [start, end] = [scale.x(from), scale.x(to)];
  if (arriveMs === null || state === "blocked" || state === "lost") {
    return { x: start + (end - start) * 0.4, y: scale.y(sentMs) + 4 };
  }
  const share = Math.min(1, (scale.nowMs - sentMs) / Math.max(arriveMs - sentMs, 0.001));
  return { x: start + (end - start) * share, y: scale.y(Math.min(arriveMs, scale.nowMs)) };
}

interface ArrowProps {
  readonly message: MessageView;
  readonly start: { readonly x: number; readonly y: number };
  readonly end: { readonly x: number; readonly y: number };
  readonly chosen: boolean;
  readonly onChoose: (id: number) => void;
}

function Arrow({ message, start, end, chosen, onChoose }: ArrowProps) {
  const angle = (Math.atan2(end.y - start.y, end.x - start.x) * 180) / Math.PI;
  const isGone = message.state === "lost" || message.state === "blocked";
  return (
    // The list is how this is reached without a pointer.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
    <g
      className={classes.arrow}
      style={{ "--kind": colourOf(message.kind) }}
      data-state={message.state}
      data-chosen={chosen || undefined}
      onClick={() => onChoose(message.id)}
    >
      <title>{`${message.kind}, ${message.state}: ${message.text}`}</title>
      <line x1={start.x} y1={start.y} x2={end.x} y2={end.y} className={classes.hit} />
      <line x1={start.x} y1={start.y} x2={end.x} y2={end.y} className={classes.shaft} />
      <g transform={`translate(${end.x} ${end.y})`}>
        {isGone ? (
          <path d="M-4 -4 4 4M4 -4-4 4" className={classes.shaft} />
        ) : (
          <path d="M0 0-7-3.5V3.5Z" transform={`rotate(${angle})`} className={classes.head} />
        )}
      </g>
      {chosen && (
        <text x={(start.x + end.x) / 2} y={(start.y + end.y) / 2 - 4} className={classes.lane}>
          {message.kind}
        </text>
      )}
    </g>
  );
}
