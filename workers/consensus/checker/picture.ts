/** A history as text: one line for each operation, a bar for its span, clients by letter. */
import type { Model, Operation } from "./history.ts";

/** `width`: characters of the time axis. Operations stand in the order of their calls. */
export function drawHistory<Input, Output, State>(
  model: Model<Input, Output, State>,
  history: readonly Operation<Input, Output>[],
  width = 60,
): string {
  const ordered = history.toSorted((a, b) => a.invokedAt - b.invokedAt);
  const times = ordered.flatMap(({ invokedAt, returnedAt }) => [invokedAt, returnedAt]);
  const finite = times.filter((time) => time < Infinity);
  const start = Math.min(...finite);
  const span = Math.max(...finite) - start || 1;
  const column = (time: number): number =>
    time === Infinity ? width : Math.round(((time - start) / span) * (width - 1));
  const lines = ordered.map((operation) => {
    const from = column(operation.invokedAt);
    const to = column(operation.returnedAt);
    const open = operation.returnedAt === Infinity;
    const bar = open
      ? `[${"-".repeat(Math.max(0, width - from - 1))}…`
      : `[${"-".repeat(Math.max(0, to - from - 1))}]`;
    const name = model.describe(operation.input, operation.output);
    return `${(" ".repeat(from) + bar).padEnd(width + 2)} client ${operation.client}: ${name}`;
  });
  return lines.join("\n");
}
