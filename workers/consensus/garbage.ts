/** A node that sends rubbish: wrong types, absurd numbers, forged signatures, all by chance. */
import type { NodeId, Process } from "../cluster/process.ts";
import type { Random } from "../cluster/random.ts";

const everyMs = 20;
const depthMax = 2;

const fields = [
  "view",
  "n",
  "digest",
  "command",
  "replica",
  "signature",
  "stable",
  "proof",
  "prepared",
  "prePrepare",
  "prepares",
  "viewChanges",
  "prePrepares",
  "active",
  "executed",
  "data",
  "block",
  "justify",
  "votes",
  "parent",
  "height",
  "blocks",
  "timeouts",
] as const;

/** `kinds`: of the messages that it imitates. */
export function garbage<Message, Stored>(kinds: readonly string[]) {
  return (id: NodeId, members: readonly NodeId[]): Process<Message, Stored> => ({
    onStart: (context) => context.setTimer("garbage", everyMs),
    onMessage: () => undefined,
    onTimer: (context) => {
      context.setTimer("garbage", everyMs);
      for (const to of members) {
        if (to !== id) context.send(to, drawMessage(kinds, context.random) as Message);
      }
    },
    onSynced: () => undefined,
  });
}

function drawMessage(kinds: readonly string[], random: Random): unknown {
  if (random.chance(0.1)) return drawValue(kinds, random, depthMax);
  const message: Record<string, unknown> = { kind: random.pick(kinds) };
  for (const field of fields) {
    if (random.chance(0.7)) message[field] = drawValue(kinds, random, 0);
  }
  return message;
}

function drawValue(kinds: readonly string[], random: Random, depth: number): unknown {
  const plain = [undefined, null, -1, 0, 1, 2, 3, Number.NaN, 1e308, "", "x", true, false] as const;
  const drawn = random.below(plain.length + 4);
  if (drawn < plain.length) return plain[drawn];
  if (drawn === plain.length) return random.below(100);
  if (depth >= depthMax) return [];
  if (drawn === plain.length + 1) return [drawValue(kinds, random, depth + 1)];
  const message: Record<string, unknown> = { kind: random.pick(kinds) };
  for (const field of fields) {
    if (random.chance(0.2)) message[field] = drawValue(kinds, random, depth + 1);
  }
  return message;
}
