/** JSON-RPC errors: the codes of the 2.0 specification (section 5.1), EIP-1474 and go-ethereum. */
export const rpcCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodUnknown: -32601,
  invalidParams: -32602,
  internal: -32603,
  /** Transaction not accepted, and whatever else the server refuses. */
  server: -32000,
  notFound: -32001,
  limitExceeded: -32005,
  /** The code of the called contract reverted; `data` holds what it returned. */
  reverted: 3,
} as const;

export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;
  readonly data: string | undefined;

  constructor(code: number, message: string, data?: string) {
    super(message);
    this.code = code;
    this.data = data;
  }
}
