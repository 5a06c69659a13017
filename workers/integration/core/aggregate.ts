/** From the answers of the components to one result. Pure, and independent of their order. */
import type { Aggregate, Aggregation, ComponentRun } from "../contract.ts";

type Answered = Pick<ComponentRun, "id" | "status" | "outcome" | "result" | "durationMs">;

export function aggregate(
  how: Aggregation,
  components: readonly Answered[],
  firstId: string | null,
): Aggregate {
  if (how === "vote") return voteOf(components);
  if (how === "first") {
    const first = components.find(({ id }) => id === firstId);
    return { kind: "first", component: first?.id ?? null, value: first?.result ?? null };
  }
  const answered = components.filter(({ status }) => status === "ok");
  return {
    kind: "merge",
    values: Object.fromEntries(answered.map(({ id, result }) => [id, result])),
  };
}

/**
 * The electorate is everyone who was asked, so silence counts against: an outcome wins with more
 * than half of them, whoever else answers later.
 */
function voteOf(components: readonly Answered[]): Aggregate {
  const needed = Math.floor(components.length / 2) + 1;
  const votes = components.map(({ id, status, outcome }): [string, "pass" | "fail" | null] => [
    id,
    status === "ok" ? outcome : null,
  ]);
  const tally = { pass: 0, fail: 0 };
  for (const [, vote] of votes) if (vote !== null) tally[vote] += 1;
  const winner = (["pass", "fail"] as const).find((outcome) => tally[outcome] >= needed);
  return { kind: "vote", winner: winner ?? null, needed, tally, votes: Object.fromEntries(votes) };
}

/** ok: every asked component passed; partial: some did. */
export function verdictOf(components: readonly Answered[]): "ok" | "partial" | "failed" {
  const passed = components.filter(
    ({ status, outcome }) => status === "ok" && outcome === "pass",
  ).length;
  if (passed === 0) return "failed";
  return passed === components.length ? "ok" : "partial";
}
