/** Interfaces that contracts of others follow, too: known without a compilation. */
import { type Abi, erc20Abi, erc721Abi, erc1155Abi, erc4626Abi } from "viem";

/** The last in line: what was compiled here knows the names of its own parameters. */
export const standardAbis: readonly Abi[] = [erc20Abi, erc721Abi, erc1155Abi, erc4626Abi];
