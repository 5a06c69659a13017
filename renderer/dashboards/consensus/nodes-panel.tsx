import { Button } from "@mantine/core";
import { useMemo } from "react";
import type { ConsensusNode, ConsensusStatus } from "../../../workers/consensus/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { number } from "../../components/format.ts";
import { Panel } from "../../components/page-frame.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import classes from "./consensus.module.css";
import { GroupGraph, roleOf } from "./group-graph.tsx";

interface NodesPanelProps {
  readonly status: ConsensusStatus;
  readonly disabled: boolean;
  readonly onCrash: (id: number) => void;
  readonly onRestart: (id: number) => void;
}

export function NodesPanel({ status, disabled, onCrash, onRestart }: NodesPanelProps) {
  const columns = useMemo<Column<ConsensusNode>[]>(
    () => [
      { id: "node", header: "Node", value: ({ id }) => id, numeric: true, width: "64px" },
      {
        id: "role",
        header: "Role",
        value: roleOf,
        cell: (node) => (
          <StatusMark health={node.state === "up" ? "healthy" : "failed"} word={roleOf(node)} />
        ),
      },
      { id: "term", header: "Term", value: ({ term }) => term, numeric: true },
      {
        id: "vote",
        header: "Votes for",
        value: ({ votedFor }) => (votedFor === null ? "nobody" : `node ${votedFor}`),
      },
      {
        id: "votes",
        header: "Votes of",
        value: ({ votes }) => (votes.length === 0 ? "none" : votes.join(", ")),
      },
      {
        id: "reachable",
        header: "Reaches",
        value: ({ reachable }) => (reachable.length === 0 ? "nobody" : reachable.join(", ")),
      },
      {
        id: "commit",
        header: "Commit",
        value: ({ commitIndex }) => commitIndex,
        numeric: true,
      },
      { id: "last", header: "Last entry", value: ({ lastIndex }) => lastIndex, numeric: true },
      {
        id: "match",
        header: "Matches leader",
        value: ({ matchIndex }) => matchIndex,
        numeric: true,
      },
      {
        id: "state",
        header: "State hash",
        value: ({ fingerprint }) => fingerprint?.slice(0, 8) ?? null,
        cell: ({ fingerprint, applied }) => (
          <span className="mono" title={`${number(applied)} commands applied`}>
            {fingerprint === null ? "lost" : fingerprint.slice(0, 8) || "empty"}
          </span>
        ),
      },
      {
        id: "action",
        header: "Experiment",
        value: () => null,
        cell: ({ id, state }) =>
          state === "crashed" ? (
            <Button size="compact-xs" disabled={disabled} onClick={() => onRestart(id)}>
              Restart node {id}
            </Button>
          ) : (
            <Button
              size="compact-xs"
              variant="default"
              disabled={disabled || state === "failed"}
              onClick={() => onCrash(id)}
            >
              Crash node {id}
            </Button>
          ),
      },
    ],
    [disabled, onCrash, onRestart],
  );
  return (
    <Panel title="Nodes" id="nodes">
      <GroupGraph status={status} />
      <p className={classes.note}>
        Solid lines replicate from the leader, thin ones only elect, dashed ones are cut.
      </p>
      <DataTable
        label="Nodes of the group"
        columns={columns}
        rows={status.nodes}
        rowKey={({ id }) => String(id)}
      />
    </Panel>
  );
}
