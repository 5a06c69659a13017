/** Waiting for a block as long as senders are kept waiting. */
import type { Mined } from "../core/pool.ts";
import { chainLimits } from "../limits.ts";

/** Calls back once after a time; returns how to cancel it. */
export type After = (ms: number, act: () => void) => () => void;

/** @returns null where no block came in time. @throws TransactionRefused */
export async function minedSoon(
  mined: Promise<Mined>,
  after: After,
  waitMs: number = chainLimits.blockWaitMs,
): Promise<Mined | null> {
  const waited = Promise.withResolvers<null>();
  const callOff = after(waitMs, () => waited.resolve(null));
  try {
    return await Promise.race([mined, waited.promise]);
  } finally {
    callOff();
  }
}
