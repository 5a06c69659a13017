/** The only way out of this thread: connections to this machine, whatever a name resolves to. */
import { Agent } from "node:http";
import type { LookupFunction } from "node:net";
import { gatewayLimits } from "../../limits.ts";

const addresses = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

/** Resolves every name to the loopback addresses, without asking anybody. */
export const lookupLoopback: LookupFunction = (_name, { all }, answer) => {
  if (all === true) answer(null, addresses);
  else answer(null, "127.0.0.1", 4);
};

export function loopbackAgent(): Agent {
  return new Agent({
    keepAlive: true,
    maxSockets: gatewayLimits.pendingPerServiceMax,
    maxFreeSockets: 16,
    timeout: gatewayLimits.timeoutMs,
    lookup: lookupLoopback,
  });
}
