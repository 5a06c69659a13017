/** The verdict over a finished run. */
import { checkLinearizability } from "./checker/linearizability.ts";
import { keyValueModel } from "./checker/models.ts";
import { drawHistory } from "./checker/picture.ts";
import type { RunResult } from "./run.ts";

/** What went wrong, with the seed that shows it again; null when nothing did. */
export function checkRun(result: RunResult): string | null {
  const { failure, seed } = result;
  if (failure !== null) {
    return `seed ${seed}, event ${failure.event}: ${failure.kind}: ${failure.message}`;
  }
  const verdict = checkLinearizability(keyValueModel, result.history);
  switch (verdict.result) {
    case "linearizable":
      return null;
    case "undecided":
      return `seed ${seed}: the search was cut off at key ${verdict.part}`;
    default: {
      const { part, history } = verdict.failing;
      return `seed ${seed}: key ${part} is not linearizable:\n${drawHistory(keyValueModel, history)}`;
    }
  }
}
