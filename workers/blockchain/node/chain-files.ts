/** Files that a chain can begin with: a genesis, and blocks one after the other. */
import { readFileSync } from "node:fs";
import { RLP } from "@ethereumjs/rlp";
import { type Genesis, readGenesis } from "../engine/genesis.ts";
import { chainLimits } from "../limits.ts";

/** @throws Error that names the file and what is wrong with it */
export function readGenesisFile(file: string): Genesis {
  try {
    return readGenesis(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new Error(`The genesis file ${file} cannot be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * The blocks of a file as go-ethereum exports it: RLP, one after the other.
 * @throws Error that names the file and what is wrong with it
 */
export function readChain(file: string): readonly Uint8Array[] {
  try {
    return splitBlocks(readFileSync(file));
  } catch (error) {
    throw new Error(`The chain file ${file} cannot be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** @throws Error where the bytes are no blocks */
export function splitBlocks(bytes: Uint8Array): readonly Uint8Array[] {
  const blocks: Uint8Array[] = [];
  for (let rest = bytes; rest.length > 0;) {
    if (blocks.length >= chainLimits.importedBlocksMax) {
      throw new Error(`it holds more than ${chainLimits.importedBlocksMax} blocks`);
    }
    const { data, remainder } = RLP.decode(rest, true);
    if (!Array.isArray(data)) throw new Error(`block ${blocks.length + 1} is not a list`);
    blocks.push(rest.subarray(0, rest.length - remainder.length));
    rest = remainder;
  }
  return blocks;
}
