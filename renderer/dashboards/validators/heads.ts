/** What the graph and the list of the validators share. */
import type { ValidatorsStatus } from "../../../workers/blockchain/contract.ts";

/**
 * Letters for chain heads, so that equal ones are seen to be equal without reading a hash.
 * @returns a letter for each head hash; "A" is that of the node that answers.
 */
export function headLetters({
  headHash,
  validators,
}: Pick<ValidatorsStatus, "headHash" | "validators">): ReadonlyMap<string, string> {
  const hashes = new Set([headHash]);
  for (const validator of validators) {
    if (validator.headHash !== null) hashes.add(validator.headHash);
  }
  return new Map([...hashes].map((hash, place) => [hash, String.fromCharCode(65 + place)]));
}

/** Pairs of validators, with whether they exchange messages. */
export function linksOf({ validators }: Pick<ValidatorsStatus, "validators">) {
  return validators.flatMap((one) =>
    validators
      .filter((other) => other.id > one.id)
      .map((other) => ({ one, other, whole: one.reachable.includes(other.id) })),
  );
}
