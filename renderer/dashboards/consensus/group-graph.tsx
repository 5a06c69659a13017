import type { ConsensusNode, ConsensusStatus } from "../../../workers/consensus/contract.ts";
import classes from "./consensus.module.css";

const width = 640;
const height = 320;
const radius = 34;

/** The nodes in a ring: who reaches whom, who leads, and how far each follower's log has come. */
export function GroupGraph({ status }: { readonly status: ConsensusStatus }) {
  const { nodes, leader } = status;
  const at = (id: number) => place(id, nodes.length);
  const pairs = nodes.flatMap((one) =>
    nodes.filter((other) => other.id > one.id).map((other) => [one, other] as const),
  );
  return (
    <figure
      className={classes.graph}
      aria-label="Graph of the nodes; the table below has the same in words"
    >
      <svg viewBox={`0 0 ${width} ${height}`} role="presentation">
        {pairs.map(([one, other]) => {
          const [from, to] = [at(one.id), at(other.id)];
          const replicates = leader === one.id || leader === other.id;
          return (
            <line
              key={`${one.id}-${other.id}`}
              x1={from.x}
              y1={from.y}
              x2={to.x}
              y2={to.y}
              data-cut={!one.reachable.includes(other.id) || undefined}
              data-replicates={replicates || undefined}
              className={classes.link}
            />
          );
        })}
        {nodes.map((node) => (
          <g key={node.id} transform={`translate(${at(node.id).x} ${at(node.id).y})`}>
            <circle r={radius} className={classes.node} data-role={roleOf(node)} />
            <text className={classes.nodeName} y={-4}>
              Node {node.id}
            </text>
            <text className={classes.nodeRole} y={12}>
              {roleOf(node)}
            </text>
            <text className={classes.nodeFacts} y={radius + 16}>
              {factsOf(node, status)}
            </text>
          </g>
        ))}
      </svg>
    </figure>
  );
}

export function roleOf(node: ConsensusNode): string {
  return node.role ?? node.state;
}

function factsOf(node: ConsensusNode, { leader }: ConsensusStatus): string {
  const term = `term ${node.term}`;
  if (node.state !== "up") return `${term}, ${node.lastIndex} on disk`;
  if (node.id === leader) return `${term}, commit ${node.commitIndex}`;
  const match = node.matchIndex === null ? "" : `, matches ${node.matchIndex}`;
  return `${term}${match}`;
}

function place(id: number, count: number): { x: number; y: number } {
  const angle = ((id - 1) / count) * 2 * Math.PI - Math.PI / 2;
  return {
    x: Math.round(width / 2 + 210 * Math.cos(angle)),
    y: Math.round(height / 2 + (count === 3 ? 14 : -6) + 100 * Math.sin(angle)),
  };
}
