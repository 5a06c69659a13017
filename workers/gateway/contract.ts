/**
 * The whole API under one origin: what the gateway serves, what every client imports.
 * Each key is the subsystem that computes the answers; `platform` is answered by any thread.
 */
import { integrationContract } from "../integration/contract.ts";
import { quantumContract } from "../quantum/contract.ts";
import { platformContract } from "../service/contract.ts";

export const api = {
  platform: platformContract,
  integration: integrationContract,
  quantum: quantumContract,
};
export type Api = typeof api;
