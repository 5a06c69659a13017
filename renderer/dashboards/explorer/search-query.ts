/** What is typed into the explorer's search: a block, a hash, an address or the name of an account. */
export type ChainQuery =
  | { readonly kind: "block"; readonly block: string }
  /** Of a transaction or of a block: that is for the chain to say. */
  | { readonly kind: "hash"; readonly hash: string }
  | { readonly kind: "account"; readonly account: string }
  | { readonly kind: "name"; readonly name: string };

export const searchHint =
  "A block number, a hash, an address or its first digits, or a name such as Alice";

/** @returns null for what can be none of them */
export function readQuery(typed: string): ChainQuery | null {
  const text = typed.trim();
  const digits = text.replaceAll(/[,\s_]/g, "");
  if (/^\d{1,15}$/.test(digits)) return { kind: "block", block: String(Number(digits)) };
  if (/^latest$/i.test(text)) return { kind: "block", block: "latest" };
  if (/^0x[0-9a-f]{64}$/i.test(text)) return { kind: "hash", hash: text.toLowerCase() };
  if (/^0x[0-9a-f]{1,40}(\.\.\.|…)?$/i.test(text)) return { kind: "account", account: text };
  if (/^[a-z][a-z ]{1,30}$/i.test(text)) return { kind: "name", name: text };
  return null;
}
