/** What can go wrong at the edge. */
import { type ErrorCatalogue, problemsOf } from "../service/errors.ts";

export const edgeErrors = {
  EDGE_TYPE_UNKNOWN: {
    status: 400,
    title: "Request type not known",
    remedy: "Send one of the types that the detail lists.",
  },
  EDGE_MODEL_UNKNOWN: {
    status: 404,
    title: "Model not known",
    remedy: "Send one of the models that the detail lists; GET /api/edge/models describes them.",
  },
  EDGE_OPERATION_UNKNOWN: {
    status: 400,
    title: "Operation not known",
    remedy: "Send one of the operations that the detail lists.",
  },
  EDGE_FIELD_UNFIT: {
    status: 400,
    title: "Field does not belong to this type of request",
    remedy: "Leave the field out, or send the type that it belongs to.",
  },
  EDGE_PLACE_UNKNOWN: {
    status: 400,
    title: "Place not known",
    remedy:
      "Send latitude and longitude beside the name, or a name that GET /api/edge/places lists.",
  },
  EDGE_COORDINATES_INCOMPLETE: {
    status: 400,
    title: "One coordinate alone",
    remedy: "Send latitude and longitude together, or neither.",
  },
  EDGE_NO_FREE_REGION: {
    status: 409,
    title: "Every known region has a node",
    remedy: "Name a place, or send a name with latitude and longitude.",
  },
  EDGE_NODES_EXHAUSTED: {
    status: 409,
    title: "Largest number of nodes reached",
    remedy: "Remove a node before adding another.",
  },
  EDGE_NODE_UNKNOWN: {
    status: 404,
    title: "No such node",
    remedy: "GET /api/edge/status lists the nodes with their ids.",
  },
  EDGE_NODE_STATE_CONFLICT: {
    status: 409,
    title: "The node's state does not allow this",
    remedy: "Look at the node's state first: only a healthy node can fail, a failed one recover.",
  },
  EDGE_NO_NODE: {
    status: 503,
    title: "No node can take the request",
    remedy: "Recover or add a node, or wait until the queues are shorter.",
  },
} as const satisfies ErrorCatalogue;

export const edgeProblem = problemsOf(edgeErrors);
