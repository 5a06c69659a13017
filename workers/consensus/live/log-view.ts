/** Entries of a log as people read them. */
import type { ConsensusEntry } from "../contract.ts";
import type { RaftState } from "../raft/state.ts";
import type { Entry } from "../raft/types.ts";
import { decodeSessionCommand } from "../service/sessions.ts";
import { shownCommandLengthMax } from "./limits.ts";

type Shown = Omit<ConsensusEntry, "committed">;

export function shownEntry({ index, term, payload }: Entry): Shown {
  const plain = { index, term, command: null, session: null, sequence: null };
  if (payload.kind !== "command") return { ...plain, kind: payload.kind };
  const decoded = decodeSessionCommand(payload.command);
  if (decoded.kind === "open") return { ...plain, kind: "session", session: index };
  const { session, sequence } = decoded;
  const command = decoded.command.slice(0, shownCommandLengthMax);
  return { ...plain, kind: "command", command, session, sequence };
}

/** The end of a log up to `lastIndex`, oldest first. */
export function tailOf(
  { log }: RaftState,
  lastIndex: number,
  limit: number,
): Pick<Shown, "index" | "term" | "kind">[] {
  return entriesOf(log, lastIndex + 1, limit)
    .map((entry) => {
      const { index, term, kind } = shownEntry(entry);
      return { index, term, kind };
    })
    .toReversed();
}

/** A page of a log, newest first: entries with indexes below `before`. */
export function logPage(
  { log, commitIndex }: RaftState,
  lastIndex: number,
  before: number,
  limit: number,
): { entries: ConsensusEntry[]; next: number | null } {
  const entries = entriesOf(log, Math.min(before, lastIndex + 1), limit).map((entry) => ({
    ...shownEntry(entry),
    committed: entry.index <= commitIndex,
  }));
  const oldest = entries.at(-1)?.index ?? log.firstIndex;
  return { entries, next: oldest > log.firstIndex ? oldest : null };
}

/** Newest first: at most `limit` entries with indexes below `before`. */
function entriesOf(log: RaftState["log"], before: number, limit: number): Entry[] {
  const from = Math.max(log.firstIndex, before - limit);
  if (from >= before) return [];
  return log.slice(from, before - from).toReversed();
}
