/** What the clients of a seeded run do. */
import type { NodeId } from "../cluster/process.ts";
import { Random } from "../cluster/random.ts";
import type { RunOptions } from "./run-options.ts";
import type { KeyValueOperation } from "./service/key-value.ts";

/** Operations by chance, each written value different from all others. */
export function operations(client: NodeId, options: RunOptions): () => KeyValueOperation | null {
  const random = new Random(options.seed).fork(`operations of ${client}`);
  let made = 0;
  let lastWritten: string | null = null;
  return () => {
    if (made >= options.operationsPerClient) return null;
    made += 1;
    const key = `k${random.below(options.keys)}`;
    const value = `${client}.${made}`;
    const kind = random.below(10);
    if (kind < 4) return { op: "get", key };
    const expected = lastWritten;
    lastWritten = value;
    if (kind < 7) return { op: "put", key, value };
    if (kind < 9) return { op: "append", key, value: `+${value}` };
    return { op: "cas", key, expected, value };
  };
}
