/** What the clients of a run ask for, by chance; every written value differs from all others. */
import type { NodeId } from "../../cluster/process.ts";
import { Random } from "../../cluster/random.ts";
import type { KeyValueOperation } from "../service/key-value.ts";

interface OperationsOptions {
  readonly seed: number;
  readonly keys: number;
  readonly operations: number;
}

export function operationsOf(
  client: NodeId,
  options: OperationsOptions,
): () => KeyValueOperation | null {
  const random = new Random(options.seed).fork(`operations of ${client}`);
  let made = 0;
  let lastWritten: string | null = null;
  return () => {
    if (made >= options.operations) return null;
    made += 1;
    const key = `k${random.below(options.keys)}`;
    const value = `${client}.${made}`;
    const kind = random.below(10);
    if (kind < 4) return { op: "get", key };
    const expected = lastWritten;
    lastWritten = value;
    if (kind < 8) return { op: "put", key, value };
    return { op: "cas", key, expected, value };
  };
}
