/** After a start: what was agreed on before becomes known when a leader has committed all it holds. */
import { chainLimits } from "../limits.ts";
import type { ValidatorGroup } from "../validators/group.ts";

/** Between two looks. */
const lookMs = 2;

/** Resolves then, or after a time without a quorum: then it comes later. */
export async function leaderCommitted(
  group: ValidatorGroup,
  host: { after(ms: number, act: () => void): () => void },
): Promise<void> {
  const looks = chainLimits.agreementTimeoutMs / lookMs;
  for (let look = 0; look < looks && !isCommitted(group); look += 1) {
    await new Promise<void>((resolve) => {
      host.after(lookMs, resolve);
    });
  }
}

function isCommitted({ leader, lives }: ValidatorGroup): boolean {
  const status = leader === null ? undefined : lives.get(leader)?.manager.status();
  return status !== undefined && status.commitIndex === status.lastIndex;
}
