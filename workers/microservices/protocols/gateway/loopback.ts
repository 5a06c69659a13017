/** The only way out of this thread: connections to this machine, whatever a name resolves to. */
import type { LookupFunction } from "node:net";

const addresses = [
  { address: "127.0.0.1", family: 4 },
  { address: "::1", family: 6 },
];

/** Resolves every name to the loopback addresses, without asking anybody. */
export const lookupLoopback: LookupFunction = (_name, { all }, answer) => {
  if (all === true) answer(null, addresses);
  else answer(null, "127.0.0.1", 4);
};
