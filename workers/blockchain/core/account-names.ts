/** Abbreviated addresses: 0x123... names the one known account that begins so, as git does. */
export type Resolution =
  | { readonly kind: "found"; readonly address: string }
  | { readonly kind: "ambiguous"; readonly candidates: readonly string[] }
  | { readonly kind: "unknown" };

/** The digits of a reference, lower case, without 0x and without the dots that stand for the rest. */
export function referencePrefix(reference: string): string {
  return reference
    .slice(2)
    .replace(/(\.\.\.|…)$/, "")
    .toLowerCase();
}

/**
 * @param prefix lower-case hexadecimal digits
 * @param groups known addresses in falling precedence: a later group counts only where no address
 * of an earlier one begins so, so that strangers cannot make a name of ours ambiguous
 */
export function resolvePrefix(
  prefix: string,
  groups: readonly (() => readonly string[])[],
): Resolution {
  for (const group of groups) {
    const candidates = group().filter((address) => address.toLowerCase().startsWith(`0x${prefix}`));
    const [only] = candidates;
    if (only === undefined) continue;
    return candidates.length === 1
      ? { kind: "found", address: only }
      : { kind: "ambiguous", candidates };
  }
  return { kind: "unknown" };
}
