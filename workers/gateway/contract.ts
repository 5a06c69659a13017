/**
 * The whole API under one origin: what the gateway serves, what every client imports.
 * Each key is the subsystem that computes the answers; `platform` is answered by any thread.
 */
import { analyticsContract } from "../analytics/contract.ts";
import { blockchainContract } from "../blockchain/contract.ts";
import { edgeContract } from "../edge/contract.ts";
import { integrationContract } from "../integration/contract.ts";
import { microservicesContract } from "../microservices/contract.ts";
import { quantumContract } from "../quantum/contract.ts";
import { platformContract } from "../service/contract.ts";

export const api = {
  platform: platformContract,
  integration: integrationContract,
  quantum: quantumContract,
  analytics: analyticsContract,
  edge: edgeContract,
  microservices: microservicesContract,
  blockchain: blockchainContract,
};
export type Api = typeof api;
