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
  responseTooLarge: -32003,
  /** EIP-7966: accepted, and not mined in time. */
  receiptLate: 4,
  limitExceeded: -32005,
  /** The code of the called contract reverted; `data` holds what it returned. */
  reverted: 3,
} as const;

/** Of eth_simulateV1, as the execution API specification lists them. */
export const simulationCodes = {
  invalidParams: -32602,
  vm: -32015,
  nonceTooLow: -38010,
  nonceTooHigh: -38011,
  feeTooLow: -38012,
  intrinsicGas: -38013,
  insufficientFunds: -38014,
  blockGasLimit: -38015,
  blockOrder: -38020,
  timestampOrder: -38021,
  notPrecompile: -32000,
  moveTaken: -38023,
  senderNotEoa: -38024,
  initCodeSize: -38025,
  tooManyBlocks: -38026,
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
