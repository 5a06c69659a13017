/**
 * The experiment "no transaction is lost": many transfers, and at the end each one that was
 * acknowledged is looked up on the chain. Pure but for its ports.
 */
export interface StreamPlan {
  readonly count: number;
  /** Transfers that may wait for their answer at the same time. */
  readonly inFlightMax: number;
  /** Between two transfers of one lane, so that there is time to break something. */
  readonly pauseMs: number;
}

export type SendResult =
  | { readonly kind: "acknowledged"; readonly hash: string }
  | { readonly kind: "refused"; readonly why: string }
  /** Cancelled, or the server is gone: the transfer may or may not have taken effect. */
  | { readonly kind: "unanswered" };

export interface StreamPorts {
  send(index: number, signal: AbortSignal): Promise<SendResult>;
  /** Whether a block of the chain holds the transaction. */
  find(hash: string): Promise<boolean>;
  nowMs(): number;
  wait(ms: number): Promise<void>;
  onProgress(progress: StreamProgress): void;
}

export interface StreamProgress {
  readonly phase: "sending" | "checking" | "done";
  readonly count: number;
  readonly sent: number;
  readonly acknowledged: number;
  readonly refused: number;
  readonly unanswered: number;
  /** Acknowledged transfers that were found on the chain. */
  readonly mined: number;
  /** Acknowledged and in no block. */
  readonly missing: readonly string[];
  readonly lastRefusal: string | null;
  /** The longest that an acknowledged transfer waited for its answer. */
  readonly slowestMs: number;
}

/** Aborting ends the sending; what was acknowledged is looked up all the same. */
export async function streamTransfers(
  plan: StreamPlan,
  ports: StreamPorts,
  signal: AbortSignal,
): Promise<StreamProgress> {
  const hashes: string[] = [];
  let progress: StreamProgress = {
    phase: "sending",
    count: plan.count,
    sent: 0,
    acknowledged: 0,
    refused: 0,
    unanswered: 0,
    mined: 0,
    missing: [],
    lastRefusal: null,
    slowestMs: 0,
  };
  const note = (change: Partial<StreamProgress>) => {
    progress = { ...progress, ...change };
    ports.onProgress(progress);
  };
  const sendOne = async (index: number) => {
    const startedMs = ports.nowMs();
    const result = await ports.send(index, signal);
    if (result.kind === "acknowledged") {
      hashes.push(result.hash);
      const slowestMs = Math.max(progress.slowestMs, ports.nowMs() - startedMs);
      note({ acknowledged: progress.acknowledged + 1, slowestMs });
    } else if (result.kind === "refused") {
      note({ refused: progress.refused + 1, lastRefusal: result.why });
    } else note({ unanswered: progress.unanswered + 1 });
  };
  const sendLane = async () => {
    while (progress.sent < plan.count && !signal.aborted) {
      const index = progress.sent;
      note({ sent: index + 1 });
      await sendOne(index);
      await ports.wait(plan.pauseMs);
    }
  };
  const checkLane = async () => {
    for (let hash = hashes.pop(); hash !== undefined; hash = hashes.pop()) {
      if (await ports.find(hash)) note({ mined: progress.mined + 1 });
      else note({ missing: [...progress.missing, hash] });
    }
  };
  const lanes = Array.from({ length: plan.inFlightMax });
  note({});
  await Promise.all(lanes.map(sendLane));
  note({ phase: "checking" });
  await Promise.all(lanes.map(checkLane));
  note({ phase: "done" });
  return progress;
}

/** What the experiment has shown, once it is done. */
export function streamVerdict(progress: StreamProgress): {
  readonly health: "healthy" | "failed" | "unknown";
  readonly text: string;
} {
  const { acknowledged, mined, missing, refused, unanswered } = progress;
  if (acknowledged === 0) {
    return { health: "unknown", text: "No transfer was acknowledged, so none could be lost." };
  }
  const rest = [
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(unanswered > 0 ? [`${unanswered} without an answer, which promises nothing`] : []),
  ];
  const others = rest.length === 0 ? "" : ` Of the others: ${rest.join(", ")}.`;
  return missing.length === 0
    ? {
        health: "healthy",
        text: `No transaction was lost: ${mined} of ${acknowledged} acknowledged transfers are in blocks.${others}`,
      }
    : {
        health: "failed",
        text: `${missing.length} of ${acknowledged} acknowledged transfers are in no block.${others}`,
      };
}
