/** What came of an entry, in a form that passes a message port, and back. */
import { createBlockFromRLP } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import type { MinedBlock, MinedTransaction } from "../core/records.ts";
import type { Applied } from "./entry.ts";

type PackedTransaction = Omit<MinedTransaction, "tx">;

export interface PackedApplied extends Omit<Applied, "outcome"> {
  readonly outcome:
    | Exclude<Applied["outcome"], { readonly kind: "block" }>
    | {
        readonly kind: "block";
        readonly rlp: Uint8Array;
        readonly transactions: readonly PackedTransaction[];
      };
}

export function packApplied({ outcome, ...rest }: Applied): PackedApplied {
  if (outcome.kind !== "block") return { ...rest, outcome };
  const { block, transactions } = outcome.mined;
  return {
    ...rest,
    outcome: {
      kind: "block",
      rlp: block.serialize(),
      transactions: transactions.map(withoutTransaction),
    },
  };
}

/** Its transaction is in the block, and does not pass a message port. */
function withoutTransaction(mined: MinedTransaction): PackedTransaction {
  const others: PackedTransaction & { tx?: unknown } = { ...mined };
  delete others.tx;
  return others;
}

/**
 * @param common the rules of the chain that the block is of
 * @throws Error when the parts do not belong together
 */
export function unpackApplied({ outcome, ...rest }: PackedApplied, common: Common): Applied {
  if (outcome.kind !== "block") return { ...rest, outcome };
  return { ...rest, outcome: { kind: "block", mined: unpackBlock(outcome, common) } };
}

function unpackBlock(
  { rlp, transactions }: Extract<PackedApplied["outcome"], { readonly kind: "block" }>,
  common: Common,
): MinedBlock {
  const block = createBlockFromRLP(rlp, { common, setHardfork: true });
  return {
    block,
    transactions: transactions.map((others, index) => {
      const tx = block.transactions[index];
      if (tx === undefined) throw new Error("A block lacks a transaction that it had.");
      return { ...others, tx };
    }),
  };
}
