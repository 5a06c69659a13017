/** Headers: of the next block, and whether a foreign one may follow its parent. */
import { createBlockHeader, type Block, type BlockHeader } from "@ethereumjs/block";
import { ConsensusType, Hardfork, type Common } from "@ethereumjs/common";
import { RLP } from "@ethereumjs/rlp";
import type { BlockEntry } from "./entry.ts";
import { keccak256 } from "./keccak.ts";
import { bytesOf, equalBytes } from "./state-reader.ts";
import { listRoot } from "./trie/list-root.ts";

/** Whole seconds that strictly rise, as tools expect; quick blocks run ahead of the clock. */
export function nextTimestamp(parent: BlockHeader, wanted: number): bigint {
  const now = BigInt(Math.max(0, Math.floor(wanted)));
  return now > parent.timestamp ? now : parent.timestamp + 1n;
}

/** EIP-1559; the first block with it has a fixed one. */
export function nextBaseFee(parent: BlockHeader, number: bigint, common: Common): bigint {
  return number === common.hardforkBlock(Hardfork.London) || parent.baseFeePerGas === undefined
    ? common.param("initialBaseFee")
    : parent.calcNextBaseFee();
}

/**
 * What is known of a block before it is executed.
 * @param common with the fork of the block set
 */
export function headerFields(parent: BlockHeader, entry: BlockEntry, common: Common) {
  const number = parent.number + 1n;
  const fee = entry.baseFeePerGas;
  return {
    number,
    parentHash: parent.hash(),
    timestamp: nextTimestamp(parent, entry.timestamp),
    coinbase: bytesOf(entry.feeRecipient.slice(2)),
    gasLimit: BigInt(entry.gasLimit),
    // PREVRANDAO of a chain without a beacon: different in each block, and reproducible.
    mixHash: entry.prevRandao ? bytesOf(entry.prevRandao.slice(2)) : keccak256(parent.hash()),
    extraData: bytesOf((entry.extraData ?? "0x").slice(2)),
    baseFeePerGas: fee === undefined ? nextBaseFee(parent, number, common) : BigInt(fee),
    ...(common.isActivatedEIP(4844) && { excessBlobGas: parent.calcNextExcessBlobGas(common) }),
  };
}

export function makeHeader(fields: Parameters<typeof createBlockHeader>[0], common: Common) {
  return createBlockHeader(fields, { common });
}

export function transactionsRoot(block: Pick<Block, "transactions">): Uint8Array {
  return listRoot(block.transactions.map((tx) => tx.serialize()));
}

/**
 * What can be said about a foreign block without executing it (yellow paper, section 4.4.4). The
 * seal of proof of work is not looked at.
 * @throws Error that says what is wrong
 */
export async function checkBlock(block: Block, parent: BlockHeader): Promise<void> {
  const { header, common } = block;
  const must = (holds: boolean, what: string) => {
    if (!holds) throw new Error(`invalid block: ${what}`);
  };
  must(equalBytes(header.parentHash, parent.hash()), "it does not follow the head");
  must(header.number === parent.number + 1n, "its number is not the next");
  must(header.timestamp > parent.timestamp, "its timestamp is not above its parent's");
  header.validateGasLimit(parent);
  must(header.gasUsed <= header.gasLimit, "it used more gas than its limit");
  if (common.isActivatedEIP(1559)) {
    const fee = nextBaseFee(parent, header.number, common);
    must(header.baseFeePerGas === fee, `its base fee is not ${fee}`);
  }
  if (common.isActivatedEIP(4844)) {
    const excess = parent.calcNextExcessBlobGas(common);
    must(header.excessBlobGas === excess, `its excess blob gas is not ${excess}`);
  }
  if (common.consensusType() === ConsensusType.ProofOfWork) {
    const difficulty = header.ethashCanonicalDifficulty(parent);
    must(header.difficulty === difficulty, `its difficulty is not ${difficulty}`);
  }
  must(block.uncleHashIsValid(), "it does not have these ommers");
  const root = transactionsRoot(block);
  must(equalBytes(root, header.transactionsTrie), "it does not have these transactions");
  if (header.withdrawalsRoot !== undefined) {
    const withdrawals = listRoot((block.withdrawals ?? []).map((one) => RLP.encode(one.raw())));
    must(equalBytes(withdrawals, header.withdrawalsRoot), "it does not have these withdrawals");
  }
}
