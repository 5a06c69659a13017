/**
 * The decisions that PBFT's safety rests on, each alone with the clause of Castro and Liskov (OSDI
 * 1999) that asks for it. A test or a lesson that breaks one gives its own set.
 */
import { byzantineQuorum } from "../quorum/byzantine.ts";
import type { PreparedCertificate } from "./types.ts";

export interface PbftRules {
  /** Section 4.2: 2f + 1 replicas, of which any two sets share an honest one. */
  quorumSize(members: number): number;
  /** Section 4.2: prepares and commits count only for the digest of the pre-prepare. */
  readonly matchDigests: boolean;
  /** Section 4.2: no pre-prepare for a view and number in which another digest was accepted. */
  readonly onePrePrepare: boolean;
  /** Section 4.4: a view-change names everything that was prepared. */
  reportedInViewChange(prepared: readonly PreparedCertificate[]): readonly PreparedCertificate[];
  /** Section 4.4: the new view takes up the certificate of the highest view. */
  chooseCertificate(certificates: readonly PreparedCertificate[]): PreparedCertificate | undefined;
  /** Section 4.4: backups compute O themselves before they enter a view. */
  readonly verifyNewView: boolean;
  /** What was said must be remembered after a crash. */
  readonly answerAfterSync: boolean;
}

export const pbftRules: PbftRules = {
  quorumSize: byzantineQuorum,
  matchDigests: true,
  onePrePrepare: true,
  reportedInViewChange: (prepared) => prepared,
  chooseCertificate: (certificates) =>
    certificates.toSorted((a, b) => b.prePrepare.view - a.prePrepare.view)[0],
  verifyNewView: true,
  answerAfterSync: true,
};
