/**
 * The decisions that the safety of Paxos rests on, each alone with the clause of "Paxos Made Simple"
 * that asks for it. A test or a lesson that breaks one gives its own set.
 */
import { majoritySize } from "../quorum/quorum.ts";
import type { Accepted, Ballot } from "./types.ts";

export interface PaxosRules {
  /** Section 2.1: "a large enough set ... a majority of the agents". */
  quorumSize(members: number): number;
  /** P1a: accept "iff it has not responded to a prepare request having a number greater". */
  mayAccept(ballot: Ballot, promised: Ballot): boolean;
  /** P2c: the value of the highest-numbered proposal that the promises report. */
  chooseValue(reported: readonly Accepted[]): Accepted | undefined;
  /** Section 2.2: an acceptor "must remember this information even if it fails". */
  storedPromise(promised: Ballot): Ballot;
  /** The same: stable storage before the answer. */
  readonly answerAfterSync: boolean;
  /** Section 2.3: a learner counts acceptances of one ballot, not whatever it accepted itself. */
  isChosenHere(accepted: Accepted, leaderBallot: Ballot): boolean;
  /** Section 3: a new leader proposes "a special no-op command" in the gaps. */
  readonly fillGaps: boolean;
}

export const paxosRules: PaxosRules = {
  quorumSize: majoritySize,
  mayAccept: (ballot, promised) => ballot >= promised,
  chooseValue: (reported) => reported.toSorted((a, b) => b.ballot - a.ballot)[0],
  storedPromise: (promised) => promised,
  answerAfterSync: true,
  isChosenHere: (accepted, leaderBallot) => accepted.ballot === leaderBallot,
  fillGaps: true,
};
