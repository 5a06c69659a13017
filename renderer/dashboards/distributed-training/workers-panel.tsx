import { Button } from "@mantine/core";
import { useMemo } from "react";
import type { TrainingView } from "../../../workers/analytics/contract.ts";
import { type Column, DataTable } from "../../components/data-table.tsx";
import { Panel } from "../../components/page-frame.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import type { Health } from "../../data/health.ts";
import classes from "./distributed-training.module.css";

type TrainingWorker = TrainingView["workers"][number];
export type WorkerDeed = "crash" | "slow" | "add" | "remove";

interface WorkersPanelProps {
  readonly workers: readonly TrainingWorker[];
  readonly isReal: boolean;
  readonly isAtWork: boolean;
  readonly onAct: (deed: WorkerDeed, worker: number | null, amount: number) => void;
}

const healthOf: Record<TrainingWorker["state"], Health> = {
  training: "healthy",
  joining: "degraded",
  leaving: "degraded",
  crashed: "failed",
  stopped: "unknown",
  absent: "unknown",
  left: "unknown",
};
/** How much a worker is slowed by the button: milliseconds a step, or times as long. */
const slowBy = { real: 20, virtual: 8 };

/** Who takes part, and what can be done to them. */
export function WorkersPanel({ workers, isReal, isAtWork, onAct }: WorkersPanelProps) {
  const shown = workers.filter(({ state }) => state !== "absent");
  const columns = useMemo<Column<TrainingWorker>[]>(
    () => [
      { id: "name", header: "Worker", value: ({ name }) => name },
      {
        id: "state",
        header: "State",
        value: ({ state }) => state,
        cell: ({ state, slow }) => (
          <>
            <StatusMark health={healthOf[state]} word={state} />
            {isSlow(slow, isReal) && <span className="soft"> slowed {slowText(slow, isReal)}</span>}
          </>
        ),
      },
      {
        id: "deeds",
        header: "Experiments",
        value: () => "",
        cell: ({ id, name, state, slow }) => {
          const can = isAtWork && state === "training";
          const act = (deed: WorkerDeed, amount = 0) => onAct(deed, id, amount);
          return (
            <span className={classes.deeds}>
              <Button
                size="compact-sm"
                variant="default"
                disabled={!can}
                aria-label={`Crash ${name}`}
                onClick={() => act("crash")}
              >
                Crash
              </Button>
              {name !== "server" && (
                <>
                  <Button
                    size="compact-sm"
                    variant="default"
                    disabled={!can}
                    aria-label={isSlow(slow, isReal) ? `Speed up ${name}` : `Slow down ${name}`}
                    onClick={() =>
                      act("slow", isSlow(slow, isReal) ? 0 : isReal ? slowBy.real : slowBy.virtual)
                    }
                  >
                    {isSlow(slow, isReal) ? "Speed up" : "Slow down"}
                  </Button>
                  <Button
                    size="compact-sm"
                    variant="default"
                    disabled={!can}
                    aria-label={`Remove ${name}`}
                    onClick={() => act("remove")}
                  >
                    Remove
                  </Button>
                </>
              )}
            </span>
          );
        },
      },
    ],
    [isReal, isAtWork, onAct],
  );
  return (
    <Panel
      title="Workers"
      id="workers"
      tools={
        <Button size="compact-sm" disabled={!isAtWork} onClick={() => onAct("add", null, 0)}>
          Add a worker
        </Button>
      }
    >
      <DataTable
        label="Workers"
        columns={columns}
        rows={shown}
        rowKey={({ id }) => String(id)}
        heightMax={260}
      />
    </Panel>
  );
}

function isSlow(slow: number, isReal: boolean): boolean {
  return isReal ? slow > 0 : slow > 1;
}

function slowText(slow: number, isReal: boolean): string {
  return isReal ? `by ${slow} ms a step` : `${slow} times`;
}
