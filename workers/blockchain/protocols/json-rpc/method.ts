/** What a JSON-RPC method is: the shape of its parameters, and what it does. */
import { z } from "zod";
import type { Chain } from "../../node/chain.ts";
import type { CallRunner } from "../../calls/call-runner.ts";
import type { BlobsKept } from "../../node/blobs-kept.ts";
import type { Developer } from "../../node/developer.ts";
import type { Wallet } from "../../handlers/wallet.ts";
import type { ChainIndex } from "../../store/chain-index.ts";
import type { ChainFeed } from "./chain-feed.ts";
import { RpcError, rpcCodes } from "./errors.ts";

export interface RpcParts {
  readonly chain: Chain;
  readonly store: ChainIndex;
  readonly wallet: Wallet;
  readonly simulator: CallRunner;
  readonly blobs: BlobsKept;
  readonly developer: Developer;
  readonly feed: ChainFeed;
  readonly version: string;
}

export type RpcMethod = (params: unknown) => unknown;
export type RpcMethods = Readonly<Record<string, RpcMethod>>;

/** Checks the parameters by position, then runs. @throws RpcError invalid params */
export function method<Schema extends z.ZodType>(
  schema: Schema,
  run: (params: z.output<Schema>) => unknown,
): RpcMethod {
  return (params) => {
    const parsed = schema.safeParse(params);
    if (parsed.success) return run(parsed.data);
    const [issue] = parsed.error.issues;
    if (issue?.code === "too_small" && issue.path.length === 0 && Array.isArray(params)) {
      const text = `missing value for required argument ${params.length}`;
      throw new RpcError(rpcCodes.invalidParams, text);
    }
    const where = issue?.path.length ? `parameter ${issue.path.map(String).join(".")}: ` : "";
    throw new RpcError(rpcCodes.invalidParams, `${where}${issue?.message ?? "invalid"}`);
  };
}

export const noParams = z.tuple([]);
