/** Which node should answer: the one from which the client would have its answer first. */
import type { Candidate, Position } from "../contract.ts";
import type { EdgeNode, Waiting } from "./edge-node.ts";
import { greatCircleKm, roundTripMs } from "./network-model.ts";

/** Expected of a node that has not computed anything yet. */
const serviceMsUnknown = 1;

type Exclusion = "failed" | "queue full" | "too little memory";

export interface Ranking<Job extends Waiting> {
  /** Lowest score first; equal scores in the order of their ids. */
  readonly ranked: readonly { readonly node: EdgeNode<Job>; readonly candidate: Candidate }[];
  readonly excluded: readonly { readonly node: string; readonly reason: Exclusion }[];
}

/** @param bytes what the request would take up at the node */
export function rankNodes<Job extends Waiting>(
  nodes: Iterable<EdgeNode<Job>>,
  from: Position,
  bytes: number,
): Ranking<Job> {
  const ranked: { node: EdgeNode<Job>; candidate: Candidate }[] = [];
  const excluded: { node: string; reason: Exclusion }[] = [];
  for (const node of nodes) {
    const reason = exclusionOf(node, bytes);
    if (reason === null) ranked.push({ node, candidate: scoreOf(node, from) });
    else excluded.push({ node: node.id, reason });
  }
  ranked.sort(
    (a, b) => a.candidate.scoreMs - b.candidate.scoreMs || (a.node.id < b.node.id ? -1 : 1),
  );
  return { ranked, excluded };
}

function exclusionOf<Job extends Waiting>(node: EdgeNode<Job>, bytes: number): Exclusion | null {
  if (node.failed) return "failed";
  if (node.isFull) return "queue full";
  return node.hasRoomFor(bytes) ? null : "too little memory";
}

function scoreOf<Job extends Waiting>(node: EdgeNode<Job>, from: Position): Candidate {
  const distanceKm = greatCircleKm(from, node.at);
  const networkMs = roundTripMs(distanceKm);
  const computeMs = node.serviceMs ?? serviceMsUnknown;
  const waitMs = ((node.queue.length + node.running) / node.capabilities.cpu) * computeMs;
  const scoreMs = networkMs + waitMs + computeMs;
  return { node: node.id, distanceKm, networkMs, waitMs, computeMs, scoreMs };
}

/** The choice in a sentence. */
export function reasonOf(best: Candidate, second: Candidate | undefined, place: string): string {
  const expected = `expected answer in ${best.scoreMs.toFixed(1)} ms, of which ${best.networkMs.toFixed(1)} ms are modelled network over ${Math.round(best.distanceKm)} km`;
  if (second === undefined) return `${place} is the only node that can take it: ${expected}.`;
  const lead = (second.scoreMs - best.scoreMs).toFixed(1);
  return `${place} has the lowest score: ${expected}; ${lead} ms before ${second.node}.`;
}
