/** The contracts that the workshop comes with. */
import { erc20 } from "./erc20.ts";
import { erc721 } from "./erc721.ts";
import { escrow } from "./escrow.ts";
import { multisig } from "./multisig.ts";
import { registry } from "./registry.ts";
import type { Template } from "./template.ts";
import { voting } from "./voting.ts";

export const templates: readonly Template[] = [erc20, erc721, multisig, escrow, voting, registry];
