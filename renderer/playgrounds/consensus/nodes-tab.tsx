import { useMemo } from "react";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { capitalised } from "../../components/format.ts";
import type { TabProps } from "./details.tsx";
import type { NodeFrame } from "./engine.worker.ts";
import classes from "./details.module.css";
import { RoleMark, wordOf } from "./roles.tsx";
import { Scroller } from "./scroller.tsx";
import { useCalm } from "./use-answer.ts";

/** Every node as a row, and the log and the variables of one. */
export function NodesTab({ playground, snapshot, frame }: TabProps) {
  const { nodes, leader } = useCalm(frame, snapshot.playing);
  const chosen = snapshot.selected[0] ?? leader ?? 1;
  const termName = nodes[0]?.termName ?? "term";
  const columns = useMemo(() => withTermName(nodeColumns, termName), [termName]);
  const node = nodes.find(({ id }) => id === chosen) ?? nodes[0];
  return (
    <div className={classes.threeColumns}>
      <DataTable
        label="Nodes of the run"
        columns={columns}
        rows={nodes}
        rowKey={({ id }) => String(id)}
        selectedKey={String(node?.id)}
        onOpen={({ id }) => playground.select([id])}
        heightMax={300}
      />
      {node && <NodeLog node={node} />}
      {node && <NodeVariables node={node} />}
    </div>
  );
}

const nodeColumns: readonly Column<NodeFrame>[] = [
  { id: "node", header: "Node", value: ({ id }) => id, numeric: true, width: "56px" },
  { id: "role", header: "Role", value: wordOf, cell: (node) => <RoleMark node={node} /> },
  { id: "term", header: "Term", value: ({ term }) => term, numeric: true, width: "60px" },
  { id: "leader", header: "Follows", value: ({ leader }) => leader, numeric: true, width: "76px" },
  {
    id: "commit",
    header: "Commit",
    value: ({ commitIndex }) => commitIndex,
    numeric: true,
    width: "80px",
  },
  { id: "last", header: "Last", value: ({ lastIndex }) => lastIndex, numeric: true, width: "60px" },
  {
    id: "clock",
    header: "Clock off by",
    value: ({ clockOffsetMs }) => Number(clockOffsetMs.toFixed(1)),
    cell: ({ clockOffsetMs }) => (
      <>
        {clockOffsetMs.toFixed(1)} <span className="unit">ms</span>
      </>
    ),
    numeric: true,
    width: "112px",
  },
  { id: "reason", header: "Remark", value: ({ reason }) => reason },
];

/** The same columns with the algorithm's own word for its term. */
function withTermName<Row>(
  columns: readonly Column<Row>[],
  termName: string,
): readonly Column<Row>[] {
  return columns.map((column) =>
    column.id === "term" ? { ...column, header: capitalised(termName) } : column,
  );
}

interface LogRow {
  readonly index: number;
  readonly term: number;
  readonly command: string;
  readonly state: string;
}

const logColumns: readonly Column<LogRow>[] = [
  { id: "index", header: "Index", value: ({ index }) => index, numeric: true, width: "72px" },
  { id: "term", header: "Term", value: ({ term }) => term, numeric: true, width: "60px" },
  { id: "command", header: "Command", value: ({ command }) => command },
  { id: "state", header: "State", value: ({ state }) => state, width: "96px" },
];

function NodeLog({ node }: { readonly node: NodeFrame }) {
  const columns = useMemo(() => withTermName(logColumns, node.termName), [node.termName]);
  const rows = useMemo(
    () =>
      node.entries.map(({ index, term, command, state }) => ({
        index,
        term,
        command: command ?? "(the algorithm's own)",
        state,
      })),
    [node],
  );
  return (
    <DataTable
      label={`Log of node ${node.id}`}
      columns={columns}
      rows={rows}
      rowKey={({ index }) => String(index)}
      initialSort={{ id: "index", desc: true }}
      heightMax={300}
      empty="The log is empty."
    />
  );
}

function NodeVariables({ node }: { readonly node: NodeFrame }) {
  const variables = Object.entries(node.variables);
  return (
    <Scroller label={`Variables of node ${node.id}`} className={classes.variables}>
      <h3>Variables of node {node.id}</h3>
      <dl>
        {variables.map(([name, value]) => (
          <div key={name}>
            <dt className="mono">{name}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
      {variables.length === 0 && <p className="soft">It shows none now.</p>}
    </Scroller>
  );
}
