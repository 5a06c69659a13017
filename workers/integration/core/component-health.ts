/** From what was observed of each thread to a verdict over all of them. Pure. */
import type { Thread } from "../../service/contract.ts";
import { statusLimits } from "../limits.ts";

export type Health = "healthy" | "degraded" | "failed" | "unknown";

export interface ComponentHealth {
  readonly status: Health;
  readonly detail: string;
}

/** @param roundTripMs last ping over the message port; null: no answer, undefined: not tried yet */
export function componentHealth(
  thread: Thread,
  roundTripMs: number | null | undefined,
): ComponentHealth {
  if (thread.state === "failed") {
    return { status: "failed", detail: thread.lastExit?.reason ?? "The thread cannot be started." };
  }
  if (thread.state === "stopped" || thread.state === "stopping") {
    return { status: "failed", detail: "Stopped by an operator." };
  }
  if (thread.state !== "ready") {
    return { status: "degraded", detail: `The thread is ${thread.state}.` };
  }
  if (roundTripMs === null) {
    return {
      status: "degraded",
      detail: `No answer within ${statusLimits.pingTimeoutMs} ms over its message port.`,
    };
  }
  const delayMs = thread.vitals?.eventLoopDelayP99Ms ?? 0;
  if (delayMs > statusLimits.eventLoopDelayP99MsMax) {
    return { status: "degraded", detail: `Event loop late by ${Math.round(delayMs)} ms (p99).` };
  }
  if (roundTripMs === undefined) return { status: "unknown", detail: "Not observed yet." };
  return { status: "healthy", detail: `Answers in ${roundTripMs.toFixed(1)} ms.` };
}

export function verdictOver(
  components: readonly { readonly title: string; readonly status: Health }[],
): {
  status: "healthy" | "degraded" | "failed";
  verdict: string;
} {
  const healthy = components.filter(({ status }) => status === "healthy");
  const troubled = components.filter(({ status }) => status !== "healthy" && status !== "unknown");
  const ratio = `${healthy.length} of ${components.length} components healthy`;
  if (troubled.length === 0) return { status: "healthy", verdict: ratio };
  const names = troubled.map(({ title, status }) => `${title} ${status}`).join(", ");
  const allFailed = components.every(({ status }) => status === "failed");
  return { status: allFailed ? "failed" : "degraded", verdict: `${ratio}; ${names}` };
}
