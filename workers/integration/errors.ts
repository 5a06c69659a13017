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
  NO_QUORUM: {
    status: 503,
    title: "Too few nodes reach each other",
    remedy:
      "Restart crashed nodes, or end every fault with POST /api/consensus/heal, then propose again.",
  },
  NO_LEADER: {
    status: 503,
    title: "No node leads",
    remedy:
      "An election takes about a second: propose again, or look at GET /api/consensus/status.",
  },
  PROPOSAL_UNDECIDED: {
    status: 504,
    title: "Not known whether the command was agreed on",
    remedy: "Look for the command in GET /api/consensus/log before you propose it again.",
  },
  NODE_UNKNOWN: {
    status: 404,
    title: "No such node in the group",
    remedy: "GET /api/consensus/status lists the nodes.",
  },
  NODE_STATE_CONFLICT: {
    status: 409,
    title: "Not possible in the node's present state",
    remedy: "Crash a node that is up, restart one that is crashed.",
  },
  PARTITION_INVALID: {
    status: 422,
    title: "Not a partition of the group",
    remedy: "Name each node at most once, and leave at least one node outside the first group.",
  },
  SOURCE_INVALID: {
    status: 422,
    title: "The source does not compile",
    remedy:
      "Correct the line. Types are stripped, not compiled: enum, namespace and parameter properties need another form.",
  },
  TEST_UNKNOWN: {
    status: 404,
    title: "No such distributed request",
    remedy: "List those that are kept with GET /api/distributed/tests; older ones are dropped.",
  },
  SERIES_TOO_SHORT: {
    status: 409,
    title: "Too little is recorded to forecast from",
    remedy: "Run the flow again in a few seconds.",
  },
  AUDIT_ENTRY_UNKNOWN: {
    status: 404,
    title: "No proof for such an entry",
    remedy: "List the entries with GET /api/audit; POST /api/audit/anchor covers the newest.",
  },
  FLOW_UNKNOWN: {
    status: 404,
    title: "No such data flow",
    remedy: "List the data flows with GET /api/distributed/flows.",
  },
} as const satisfies ErrorCatalogue;

export const problem = problemsOf(integrationErrors);
