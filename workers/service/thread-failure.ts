/** Ways in which a thread fails: to start, and on purpose. */
import type { Fault } from "./lifecycle.ts";

/** A start that cannot succeed, with a sentence for the person who started the platform. */
export class StartError extends Error {
  override name = "StartError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Time for the answer to the request that ordered the fault to leave, should it come from here. */
export const faultDelayMs = 20;

export function throwFault(kind: Fault): void {
  setTimeout(() => {
    if (kind === "crash") throw new Error("Crashed on purpose (fault injection).");
    if (kind === "exit") process.exit(70);
    for (;;) {
      // Spins until the supervisor ends the thread.
    }
  }, faultDelayMs);
}
