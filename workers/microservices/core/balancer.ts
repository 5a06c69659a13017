/** Which instance takes the next request: the one with fewest pending, in turn among equals. */

export interface Candidate {
  readonly key: string;
  readonly pending: number;
}

/**
 * `turn` counts the requests of the route. `tried`: keys that this request has failed on already;
 * they are chosen again only when nobody else is left.
 */
export function chooseInstance<C extends Candidate>(
  candidates: readonly C[],
  turn: number,
  tried: ReadonlySet<string>,
): C | undefined {
  const fresh = candidates.filter(({ key }) => !tried.has(key));
  const eligible = fresh.length > 0 ? fresh : candidates;
  const least = Math.min(...eligible.map(({ pending }) => pending));
  const idle = eligible.filter(({ pending }) => pending === least);
  return idle[turn % idle.length];
}

/** RFC 9110 section 9.2.2. */
const idempotentMethods = new Set(["GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"]);

/** How an attempt failed: `unsent` means that no byte of the request reached the instance. */
export type Failure = "unsent" | "broken" | "unavailable" | "timeout";

/** Whether the same request may be sent again without the risk of doing its work twice. */
export function mayRetry(method: string, failure: Failure): boolean {
  return failure === "unsent" || (failure !== "timeout" && idempotentMethods.has(method));
}
