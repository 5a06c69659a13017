import { Button } from "@mantine/core";
import { useMemo } from "react";
import type { ValidatorsStatus, ValidatorView } from "../../../workers/blockchain/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { abbreviate } from "../../components/format.ts";
import { StatusMark } from "../../components/status-mark.tsx";
import { BlockLink } from "../blockchain/explorer-link.tsx";
import { headLetters } from "./heads.ts";
import { roleOf } from "./validator-graph.tsx";
import classes from "./validators.module.css";

interface ValidatorTableProps {
  readonly status: ValidatorsStatus;
  readonly disabled: boolean;
  readonly onCrash: (id: number) => void;
  readonly onRestart: (id: number) => void;
}

/** The graph in words, with what can be done to each validator. */
export function ValidatorTable({ status, disabled, onCrash, onRestart }: ValidatorTableProps) {
  const { leader, height } = status;
  const letters = useMemo(() => headLetters(status), [status]);
  const columns = useMemo<Column<ValidatorView>[]>(
    () => [
      { id: "validator", header: "Validator", value: ({ id }) => id, numeric: true },
      {
        id: "role",
        header: "Role",
        value: roleOf,
        cell: (validator) => (
          <span title={validator.reason ?? undefined}>
            <StatusMark
              health={healthOf(validator)}
              word={validator.id === leader ? "leads" : roleOf(validator)}
            />
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
              Restart validator {id}
            </Button>
          ) : (
            <Button
              size="compact-xs"
              variant="default"
              disabled={disabled}
              title="Cuts its power: its memory is gone, its disk stays"
              onClick={() => onCrash(id)}
            >
              Crash validator {id}
            </Button>
          ),
      },
      { id: "term", header: "Term", value: ({ term }) => term, numeric: true },
      {
        id: "height",
        header: "Height",
        value: ({ height: own }) => own,
        cell: ({ height: own }) =>
          own === null ? <span className="soft">not open</span> : <BlockLink number={own} />,
        numeric: true,
      },
      {
        id: "head",
        header: "Head",
        value: ({ headHash }) => headHash,
        cell: ({ headHash }) =>
          headHash === null ? (
            <span className="soft">unknown</span>
          ) : (
            <span title={headHash}>
              <span className={classes.letter} data-letter={letters.get(headHash)}>
                {letters.get(headHash)}
              </span>{" "}
              <span className="mono">{abbreviate(headHash, 6)}</span>
            </span>
          ),
      },
      {
        id: "behind",
        header: "Behind",
        value: ({ height: own }) => (own === null ? null : Math.max(0, height - own)),
        numeric: true,
      },
      {
        id: "lag",
        header: "Lag",
        value: ({ lag, state }) => (state === "up" ? lag : null),
        numeric: true,
      },
      {
        id: "agrees",
        header: "Chain",
        value: (validator) => agreement(validator).word,
        cell: (validator) => <StatusMark {...agreement(validator)} />,
      },
      {
        id: "reaches",
        header: "Reaches",
        value: ({ reachable }) => (reachable.length === 0 ? "nobody" : reachable.join(", ")),
      },
    ],
    [leader, height, letters, disabled, onCrash, onRestart],
  );
  return (
    <DataTable
      label="Validators of the ledger"
      columns={columns}
      rows={status.validators}
      rowKey={({ id }) => String(id)}
    />
  );
}

function agreement({ agrees, state }: ValidatorView) {
  if (agrees === false) return { health: "failed", word: "another chain" } as const;
  if (state === "crashed") return { health: "unknown", word: "stands still" } as const;
  if (agrees === true) return { health: "healthy", word: "agrees" } as const;
  return { health: "unknown", word: "too far behind to tell" } as const;
}

/** One that is up and follows nobody is looking for a leader. */
function healthOf({ state, follows }: ValidatorView) {
  if (state === "crashed") return "failed";
  return follows === null ? "degraded" : "healthy";
}
