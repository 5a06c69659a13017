/** JSON-RPC 2.0: requests and batches to methods, results and errors to responses. */
import { TransactionRefused } from "../../core/refusal.ts";
import { SignerLocked, SignerUnknown } from "../../handlers/signers.ts";
import { DeveloperError } from "../../node/developer.ts";
import { OrderError } from "../../validators/orderer.ts";
import { rpcLimits } from "../../limits.ts";
import { accountMethods } from "./account-methods.ts";
import { blockMethods } from "./block-methods.ts";
import { callMethods } from "./call-methods.ts";
import { chainMethods } from "./chain-methods.ts";
import { debugMethods } from "./debug-methods.ts";
import type { Chain } from "../../node/chain.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { developerMethods } from "./developer-methods.ts";
import { filterMethods } from "./filter-methods.ts";
import { flatTraceMethods } from "./flat-trace-methods.ts";
import { logMethods } from "./log-methods.ts";
import type { RpcMethod, RpcMethods, RpcParts } from "./method.ts";
import { otterscanMethods } from "./otterscan-methods.ts";
import { poolMethods } from "./pool-methods.ts";
import { sendMethods } from "./send-methods.ts";
import { signMethods } from "./sign-methods.ts";
import { stateMethods } from "./state-methods.ts";
import { traceMethods } from "./trace-methods.ts";

type Id = string | number | null;

export interface RpcResponse {
  readonly jsonrpc: "2.0";
  readonly id: Id;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: string };
}

/**
 * Answers one parsed body; undefined when it holds notifications alone.
 * @param session methods that the connection has besides
 */
export type Rpc = (
  body: unknown,
  onUnexpected: (error: unknown, method: string) => void,
  session?: RpcMethods,
) => Promise<RpcResponse | readonly RpcResponse[] | undefined>;

export function createRpc(parts: RpcParts): Rpc {
  const methods: RpcMethods = {
    ...chainMethods(parts),
    ...blockMethods(parts),
    ...logMethods(parts),
    ...filterMethods(parts),
    ...otterscanMethods(parts),
    ...flatTraceMethods(parts),
    ...debugMethods(parts),
    ...poolMethods(parts),
    ...callMethods(parts),
    ...traceMethods(parts),
    ...stateMethods(parts),
    ...sendMethods(parts),
    ...signMethods(parts),
    ...developerMethods(parts),
    ...accountMethods(parts),
  };
  return async (body, onUnexpected, session = {}) => {
    const find = (name: string) =>
      [session, methods].find((each) => Object.hasOwn(each, name))?.[name];
    const { chain } = parts;
    if (!Array.isArray(body)) return answer(body, chain, find, onUnexpected);
    if (body.length === 0) return failure(null, rpcCodes.invalidRequest, "empty batch");
    if (body.length > rpcLimits.batchMax) {
      const message = `batch too large: ${body.length} requests, limit ${rpcLimits.batchMax}`;
      return failure(null, rpcCodes.invalidRequest, message);
    }
    // Together, not one after the other: a batch may hold the nonces of a sender in any order.
    const under: Promise<RpcResponse | undefined>[] = [];
    for (const each of body) {
      under.push(answer(each, chain, find, onUnexpected));
      await chain.pacer.pause();
    }
    const all = await Promise.all(under);
    const responses = all.filter((response) => response !== undefined);
    return responses.length === 0 ? undefined : responses;
  };
}

/** Methods that say nothing about what is in blocks; all others see what senders were told. */
const readsNoBlock =
  /^(?:eth_send|eth_sign|eth_(?:chainId|accounts|syncing|protocolVersion|subscribe|unsubscribe|pendingTransactions)$|personal_|web3_|net_|rpc_|txpool_)/;

async function answer(
  request: unknown,
  chain: Chain,
  find: (name: string) => RpcMethod | undefined,
  onUnexpected: (error: unknown, method: string) => void,
): Promise<RpcResponse | undefined> {
  if (!isRequest(request))
    return failure(idOf(request), rpcCodes.invalidRequest, "invalid request");
  const { id, method: name, params = [] } = request;
  const run = find(name);
  let response: RpcResponse;
  try {
    if (run === undefined) {
      const message = `the method ${name.slice(0, 100)} does not exist or is not available`;
      throw new RpcError(rpcCodes.methodUnknown, message);
    }
    if (chain.hasUnseen && !readsNoBlock.test(name)) await chain.seen();
    response = { jsonrpc: "2.0", id: id ?? null, result: await run(params) };
  } catch (error) {
    response = failed(id ?? null, error, (unexpected) => onUnexpected(unexpected, name));
  }
  // A request without id is a notification and gets no answer (section 4.1).
  return id === undefined ? undefined : response;
}

interface Request {
  readonly id?: Id;
  readonly method: string;
  readonly params?: unknown;
}

function isRequest(value: unknown): value is Request {
  if (typeof value !== "object" || value === null) return false;
  const { jsonrpc, id, method, params } = value as Record<string, unknown>;
  return (
    jsonrpc === "2.0" &&
    typeof method === "string" &&
    (id === undefined || id === null || typeof id === "string" || typeof id === "number") &&
    (params === undefined || Array.isArray(params))
  );
}

function idOf(value: unknown): Id {
  if (typeof value !== "object" || value === null) return null;
  const { id } = value as { id?: unknown };
  return typeof id === "string" || typeof id === "number" ? id : null;
}

export function failure(id: Id, code: number, message: string, data?: string): RpcResponse {
  return { jsonrpc: "2.0", id, error: { code, message, ...(data !== undefined && { data }) } };
}

function failed(id: Id, error: unknown, onUnexpected: (error: unknown) => void): RpcResponse {
  if (error instanceof RpcError) return failure(id, error.code, error.message, error.data);
  if (error instanceof TransactionRefused) return failure(id, rpcCodes.server, error.message);
  if (error instanceof SignerUnknown) return failure(id, rpcCodes.server, "unknown account");
  // In go-ethereum's words, which tools look for.
  if (error instanceof SignerLocked) {
    return failure(id, rpcCodes.server, "authentication needed: password or unlock");
  }
  if (error instanceof DeveloperError) return failure(id, rpcCodes.server, error.message);
  if (error instanceof OrderError) return failure(id, rpcCodes.server, error.message);
  onUnexpected(error);
  return failure(id, rpcCodes.internal, "internal error");
}
