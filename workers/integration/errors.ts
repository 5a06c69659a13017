/** The problems of distributed requests; everything else is of the service kit or of a component. */
import { problemsOf, type ErrorCatalogue } from "../service/errors.ts";

export const integrationErrors = {
  CONSENSUS_UNAVAILABLE: {
    status: 503,
    title: "No consensus group to agree with",
    remedy: "Leave requiresConsensus out, or start the platform with its consensus group.",
  },
  AGREEMENT_FAILED: {
    status: 503,
    title: "The outcome was not agreed on",
    remedy:
      "Look at the consensus group: it needs a majority of its nodes and a leader. The results are kept under GET /api/distributed/tests/{id}.",
  },
  TEST_UNKNOWN: {
    status: 404,
    title: "No such distributed request",
    remedy: "List those that are kept with GET /api/distributed/tests; older ones are dropped.",
  },
  FLOW_UNKNOWN: {
    status: 404,
    title: "No such data flow",
    remedy: "List the data flows with GET /api/distributed/flows.",
  },
} as const satisfies ErrorCatalogue;

export const problem = problemsOf(integrationErrors);
