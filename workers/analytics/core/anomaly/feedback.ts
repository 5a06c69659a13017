/** What labels change: how much less easily a series alarms, and how often detectors were right. */
import type { Opinion } from "../../contract.ts";
import { feedbackLimits as limits } from "./limits.ts";

export interface Labelled {
  readonly verdict: "true alarm" | "false alarm";
  /** Score of the peak over the threshold as it is without feedback; 1 or more. */
  readonly strength: number;
}

export const feedbackRule = `The threshold of a series is multiplied so that ${limits.quantile * 100} % of its anomalies that were called false alarms would have stayed below it, with ${Math.round((limits.headroom - 1) * 100)} % to spare; by ${limits.factorMax} at most, and never so far that one called a true alarm would have been missed. Taking labels back or resetting the series undoes it.`;

/** The factor on the threshold of a series, from 1 to `factorMax`; 1 without false alarms. */
export function adjustmentOf(labels: readonly Labelled[]): number {
  const strengthsOf = (verdict: Labelled["verdict"]) =>
    labels.flatMap((each) => (each.verdict === verdict ? each.strength : []));
  const falseOnes = strengthsOf("false alarm").toSorted((a, b) => a - b);
  if (falseOnes.length === 0) return 1;
  // Nearest rank: a strength that somebody did call false.
  const rank = Math.ceil(limits.quantile * falseOnes.length) - 1;
  const wanted = falseOnes[Math.max(0, rank)]! * limits.headroom;
  const weakestTrue = Math.min(Infinity, ...strengthsOf("true alarm"));
  return Math.max(1, Math.min(wanted, limits.factorMax, weakestTrue / limits.headroom));
}

interface Judged {
  readonly verdict: Labelled["verdict"];
  readonly opinions: readonly Pick<Opinion, "detector" | "title" | "alarm">[];
}

export interface Precision {
  readonly detector: string;
  readonly title: string;
  readonly trueAlarms: number;
  readonly falseAlarms: number;
  readonly precision: number | null;
}

/** The live detector alarmed in every labelled case; the others in those where they say so. */
export function precisionOf(
  labels: readonly Judged[],
  detectors: readonly { readonly id: string; readonly title: string }[],
): Precision[] {
  const live = { id: "live", title: "Live detector of the platform" };
  return [live, ...detectors].map(({ id, title }) => {
    const alarmed = labels.filter(
      ({ opinions }) =>
        id === live.id || opinions.some(({ detector, alarm }) => detector === id && alarm),
    );
    const trueAlarms = alarmed.filter(({ verdict }) => verdict === "true alarm").length;
    const falseAlarms = alarmed.length - trueAlarms;
    const precision = alarmed.length === 0 ? null : trueAlarms / alarmed.length;
    return { detector: id, title, trueAlarms, falseAlarms, precision };
  });
}
