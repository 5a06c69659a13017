/**
 * The decisions that HotStuff's safety rests on, each alone with the clause of Yin et al. (PODC 2019)
 * that asks for it. A test or a lesson that breaks one gives its own set.
 */
import { byzantineQuorum } from "../quorum/byzantine.ts";
import type { Certificate } from "./types.ts";

export interface HotStuffRules {
  /** Section 3: n - f of n = 3f + 1, of which any two sets share an honest replica. */
  quorumSize(members: number): number;
  /**
   * Algorithm 1, safeNode: the proposal extends the locked block, or its certificate is newer than the
   * lock.
   */
  safeNode(extendsLocked: boolean, justify: Certificate, locked: Certificate): boolean;
  /** Algorithm 2, commit phase: a replica locks on the certificate of the pre-commit phase. */
  lock(locked: Certificate, precommitted: Certificate): Certificate;
  /** Section 4.2: a replica votes once in each phase of a view. */
  readonly voteOncePerPhase: boolean;
  /** Algorithm 2, prepare phase: the leader extends the highest certificate it is told of. */
  highest(certificates: readonly Certificate[]): Certificate | undefined;
  /** Section 3: a certificate needs a quorum of different signers. */
  readonly countSigners: boolean;
  /** What was said must be remembered after a crash. */
  readonly answerAfterSync: boolean;
}

export const hotStuffRules: HotStuffRules = {
  quorumSize: byzantineQuorum,
  safeNode: (extendsLocked, justify, locked) => extendsLocked || justify.view > locked.view,
  lock: (locked, precommitted) => (precommitted.view > locked.view ? precommitted : locked),
  voteOncePerPhase: true,
  highest: (certificates) => certificates.toSorted((a, b) => b.view - a.view)[0],
  countSigners: true,
  answerAfterSync: true,
};
