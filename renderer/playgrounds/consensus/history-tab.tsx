import { type Column, DataTable } from "../../components/data-table.tsx";
import { LoadingSkeleton } from "../../components/query-boundary.tsx";
import { StatusMark } from "../../components/status-mark.tsx";
import type { TabProps } from "./details.tsx";
import type { HistoryVerdict, OperationView } from "./engine.worker.ts";
import classes from "./details.module.css";
import { Scroller } from "./scroller.tsx";
import { useAnswer } from "./use-answer.ts";

const operationsMax = 400;
const drawnMax = 40;
const operationWidth = 44;
const characterWidth = 6.3;

/** What the clients saw, and whether one copy of the data could have answered so. */
export function HistoryTab({ playground, snapshot }: TabProps) {
  const answer = useAnswer(playground, snapshot, async (engine) => ({
    operations: await engine.ask("operations", { max: operationsMax }),
    verdict: await engine.ask("verdict"),
  }));
  if (answer === null) return <LoadingSkeleton rows={6} />;
  const { operations, verdict } = answer;
  const { failing } = verdict;
  return (
    <div className={classes.tab}>
      <p className={classes.tabTools} role="status">
        <StatusMark health={healths[verdict.result]} word={verdict.result} />
        <span className="soft">{explain(verdict)}</span>
      </p>
      <div className={classes.twoColumns}>
        <figure className={classes.history}>
          <figcaption>
            {failing === null
              ? "The last operations, by client and time"
              : `The smallest part that no order explains: key ${failing.key}`}
          </figcaption>
          <HistoryPicture operations={(failing?.operations ?? operations).slice(-drawnMax)} />
        </figure>
        <DataTable
          label={failing === null ? "Operations of the clients" : "Operations that fail together"}
          columns={columns}
          rows={failing?.operations ?? operations}
          rowKey={({ id }) => id}
          initialSort={{ id: "called", desc: failing === null }}
          heightMax={300}
          empty="No client has asked for anything yet."
        />
      </div>
    </div>
  );
}

const healths = {
  linearizable: "healthy",
  "not linearizable": "failed",
  undecided: "unknown",
} as const;

function explain({ result, operations, answered }: HistoryVerdict): string {
  const counted = `${answered} of ${operations} operations are answered.`;
  if (result === "linearizable") {
    return `${counted} One order of them, each between its call and its answer, explains every answer.`;
  }
  if (result === "undecided") return `${counted} The search was cut off before it found an order.`;
  return `${counted} No order of them explains the answers: clients have seen what one copy of the data could not show.`;
}

const seconds = (atMs: number | null): number | null =>
  atMs === null ? null : Number((atMs / 1000).toFixed(3));

const columns: readonly Column<OperationView>[] = [
  { id: "client", header: "Client", value: ({ client }) => client, numeric: true, width: "72px" },
  { id: "operation", header: "Operation and answer", value: ({ text }) => text },
  {
    id: "called",
    header: "Called, s",
    value: ({ invokedMs }) => seconds(invokedMs),
    numeric: true,
    width: "104px",
  },
  {
    id: "answered",
    header: "Answered, s",
    value: ({ returnedMs }) => seconds(returnedMs),
    numeric: true,
    width: "112px",
  },
];

/** A bar for each operation from its call to its answer, a row for each client. */
function HistoryPicture({ operations }: { readonly operations: readonly OperationView[] }) {
  const clients = [...new Set(operations.map(({ client }) => client))].toSorted((a, b) => a - b);
  const first = operations[0]?.invokedMs ?? 0;
  const last = Math.max(
    first + 1,
    ...operations.map(({ invokedMs, returnedMs }) => returnedMs ?? invokedMs + 1),
  );
  const width = Math.max(560, operations.length * operationWidth);
  const x = (atMs: number) => 70 + ((atMs - first) / (last - first)) * (width - 190);
  const labels = labelled(operations, x);
  return (
    <Scroller
      className={classes.historyScroll}
      label="Operations in time; the table has the same in words"
    >
      <svg width={width} height={clients.length * 46 + 10} role="presentation">
        {clients.map((client, row) => (
          <text key={client} x={4} y={row * 46 + 29} className={classes.tick}>
            client {client}
          </text>
        ))}
        {operations.map(({ id, client, text, invokedMs, returnedMs }) => {
          const top = clients.indexOf(client) * 46;
          const start = x(invokedMs);
          const end = returnedMs === null ? width - 4 : x(returnedMs);
          return (
            <g key={id}>
              <title>{text}</title>
              <rect
                x={start}
                y={top + 18}
                width={Math.max(3, end - start)}
                height={14}
                rx={2}
                className={classes.operation}
                data-open={returnedMs === null || undefined}
              />
              {labels.has(id) && (
                <text x={start} y={top + (labels.get(id) === 0 ? 13 : 43)} className={classes.tick}>
                  {text}
                </text>
              )}
            </g>
          );
        })}
      </svg>
    </Scroller>
  );
}

/** Which operations have room for their words, above (0) or below (1) their bar. */
function labelled(
  operations: readonly OperationView[],
  x: (atMs: number) => number,
): ReadonlyMap<string, number> {
  const free = new Map<string, number>();
  const labels = new Map<string, number>();
  for (const { id, client, text, invokedMs } of operations) {
    const start = x(invokedMs);
    const side = [0, 1].find((each) => start >= (free.get(`${client} ${each}`) ?? 0));
    if (side === undefined) continue;
    labels.set(id, side);
    free.set(`${client} ${side}`, start + text.length * characterWidth + 8);
  }
  return labels;
}
