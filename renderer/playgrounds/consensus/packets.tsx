import { useReducedMotion } from "@mantine/hooks";
import type { Frame, MessageView } from "./engine.worker.ts";
import ring from "./ring.module.css";
import classes from "./playground.module.css";
import { nodeSize, type Point } from "./ring-layout.ts";

/** Packets that are labelled; with more under way the labels would cover each other. */
const labelsMax = 24;

/** Messages that the list names; the tab Sequence has all. */
const listedMax = 8;

interface PacketsProps {
  readonly frame: Frame;
  readonly positions: ReadonlyMap<number, Point>;
  readonly onPick: (message: MessageView, at: Point) => void;
}

/** Messages under way, each as far on its link as its time has come. */
export function Packets({ frame, positions, onPick }: PacketsProps) {
  const reduced = useReducedMotion();
  if (reduced) return null;
  const moving = frame.flying.filter(({ state }) => state === "flying");
  return (
    <div aria-hidden="true" className={ring.packets}>
      {moving.map((message) => {
        const at = place(message, frame.nowMs, positions);
        return at === null ? null : (
          <button
            key={message.id}
            type="button"
            // The list of messages is how this is reached without a pointer.
            tabIndex={-1}
            className={ring.packet}
            onClick={({ clientX, clientY }) => onPick(message, { x: clientX, y: clientY })}
            style={{
              "--kind": colourOf(message.kind),
              transform: `translate(${at.x}px, ${at.y}px)`,
            }}
          >
            {moving.length <= labelsMax && <span>{message.kind}</span>}
          </button>
        );
      })}
    </div>
  );
}

function place(
  { from, to, sentMs, arriveMs }: MessageView,
  nowMs: number,
  positions: ReadonlyMap<number, Point>,
): Point | null {
  const [start, end] = [positions.get(from), positions.get(to)];
  if (start === undefined || end === undefined || arriveMs === null) return null;
  const share = Math.min(1, Math.max(0, (nowMs - sentMs) / Math.max(arriveMs - sentMs, 0.001)));
  // From edge to edge, so that no packet covers what a node shows.
  const inset = edgeShare(start, end);
  const along = inset + share * (1 - 2 * inset);
  return { x: start.x + (end.x - start.x) * along, y: start.y + (end.y - start.y) * along };
}

/** The part of the way between two centers that lies within a node. */
function edgeShare(start: Point, end: Point): number {
  const [width, height] = [nodeSize.width / 2 + 6, nodeSize.height / 2 + 8];
  const [dx, dy] = [Math.abs(end.x - start.x), Math.abs(end.y - start.y)];
  return Math.min(0.45, width / Math.max(dx, 1), height / Math.max(dy, 1));
}

/** A kind keeps its colour; there are more kinds than colours, so the label says it too. */
export function colourOf(kind: string): string {
  let sum = 0;
  for (const character of kind) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 997;
  return `var(--series-${(sum % 7) + 1})`;
}

/** The same in words, for whoever wants no motion. */
export function PacketList({ frame }: { readonly frame: Frame }) {
  const reduced = useReducedMotion();
  if (!reduced) return null;
  return (
    <ul className={classes.packetList} aria-label="Messages under way">
      {frame.flying.slice(0, listedMax).map(({ id, from, to, kind, state }) => (
        <li key={id}>
          {from} → {to} {kind}
          {state === "held" && ", waits"}
        </li>
      ))}
      {frame.flying.length === 0 && <li className="soft">No message is under way.</li>}
    </ul>
  );
}
