/** Who a node is at the moment: a word, a shape and a colour, always together. */
import type { NodeFrame } from "./engine.worker.ts";
import classes from "./ring.module.css";

export type Look = "leads" | "stands" | "follows" | "paused" | "down" | "lies";

export function lookOf(node: NodeFrame): Look {
  if (node.state === "crashed" || node.state === "failed") return "down";
  if (node.lying) return "lies";
  if (node.state === "paused" || node.state === "starting") return "paused";
  if (node.leader === node.id) return "leads";
  return node.role?.includes("candidate") === true ? "stands" : "follows";
}

export function wordOf(node: NodeFrame): string {
  if (node.state === "failed") return "stopped";
  if (node.state !== "up") return node.state;
  if (node.lying) return "Byzantine";
  return node.role ?? "starting";
}

const shapes: Record<Look, React.ReactNode> = {
  leads: <path d="M7 0.5 8.9 5 13.7 5.3 10 8.4 11.2 13.1 7 10.5 2.8 13.1 4 8.4 0.3 5.3 5.1 5Z" />,
  stands: <path d="M7 1 13.5 12.5H0.5Z" />,
  follows: <circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" strokeWidth="2" />,
  paused: <path d="M3 2h3v10H3ZM8 2h3v10H8Z" />,
  down: (
    <path d="M2.2 0.8 7 5.6 11.8 0.8 13.2 2.2 8.4 7 13.2 11.8 11.8 13.2 7 8.4 2.2 13.2 0.8 11.8 5.6 7 0.8 2.2Z" />
  ),
  lies: <path d="M1 1h12v12H1ZM6 3.5v4.5h2V3.5ZM6 9.3v2h2v-2Z" fillRule="evenodd" />,
};

export function RoleMark({ node }: { readonly node: NodeFrame }) {
  const look = lookOf(node);
  return (
    <span className={classes.role} data-look={look}>
      <svg viewBox="0 0 14 14" width="12" height="12" fill="currentColor" aria-hidden="true">
        {shapes[look]}
      </svg>
      {wordOf(node)}
    </span>
  );
}
