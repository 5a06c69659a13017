/** What a network's thread answers, as the API tells it. */
import { analyticsProblem } from "../errors.ts";
import { ThreadSilent } from "./network-threads.ts";

/** What a thread refuses is the asker's to mend; a silent one is ours. */
export async function asked<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    const { name, message } = error as Error;
    if (error instanceof ThreadSilent) throw analyticsProblem("TRAINING_BUSY", message);
    if (name === "DataProblem" || name === "OnnxError" || name === "RangeError")
      throw analyticsProblem("NETWORK_REFUSES", message);
    throw error;
  }
}
