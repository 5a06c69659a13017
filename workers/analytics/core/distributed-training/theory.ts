/**
 * What exchanging gradients costs in the alpha-beta model: alpha milliseconds for each message that
 * waits for another, beta milliseconds for each byte (Hockney 1994; Thakur, Rabenseifner and Gropp
 * 2005).
 */
export type ExchangeName = "ring" | "tree" | "parameter-server";

export interface CostModel {
  readonly alphaMs: number;
  readonly bytesPerMs: number;
  /** Of one gradient. */
  readonly bytes: number;
}

/** Milliseconds of one exchange among `workers`. */
export function exchangeMs(exchange: ExchangeName, workers: number, model: CostModel): number {
  const { alphaMs, bytesPerMs, bytes } = model;
  if (exchange === "parameter-server") {
    // The server's link takes in n gradients, and gives out n sets of parameters.
    return 2 * (alphaMs + (workers * bytes) / bytesPerMs);
  }
  if (workers === 1) return 0;
  if (exchange === "ring") {
    return 2 * (workers - 1) * (alphaMs + bytes / workers / bytesPerMs);
  }
  return 2 * Math.ceil(Math.log2(workers)) * (alphaMs + bytes / bytesPerMs);
}

/** Bytes that all workers (and the server) send in one exchange. */
export function exchangeBytes(
  exchange: ExchangeName,
  workers: number,
  bytes: number,
  treeSendsUp: number,
): number {
  if (exchange === "ring") return 2 * (workers - 1) * bytes;
  if (exchange === "tree") return (treeSendsUp + workers - 1) * bytes;
  return 2 * workers * bytes;
}

/** T(1) / T(n), when computing is shared evenly and the exchange comes after it. */
export function speedUp(
  exchange: ExchangeName,
  workers: number,
  computeMs: number,
  model: CostModel,
): number {
  const alone = computeMs + exchangeMs(exchange, 1, model);
  return alone / (computeMs / workers + exchangeMs(exchange, workers, model));
}
