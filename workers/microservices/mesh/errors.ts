/** Why a call over the mesh has no answer. */
import { type ErrorCatalogue, problemsOf } from "../../service/errors.ts";

const meshErrors = {
  MESH_NO_ENDPOINT: {
    status: 503,
    title: "No pod can take the request",
    remedy: "Look at the service's endpoints, and at the labels of the subset that was chosen.",
  },
  MESH_OVERLOADED: {
    status: 503,
    title: "Too many requests wait for this pod",
    remedy: "Send fewer at once, or scale the deployment up.",
  },
  MESH_CONNECTION_FAILED: {
    status: 502,
    title: "The connection to the pod failed",
    remedy: "Look at the pod's log and at the mesh's certificates, then try again.",
  },
  MESH_TIMEOUT: {
    status: 504,
    title: "The pod did not answer in time",
    remedy: "Try again; if it stays slow, scale it up or look at its log.",
  },
  MESH_FULL: {
    status: 409,
    title: "The mesh holds no more listeners",
    remedy: "Delete pods that are no longer needed.",
  },
  MESH_CLOSED: {
    status: 503,
    title: "The mesh is closed",
    remedy: "Wait until the microservices thread runs again.",
  },
} as const satisfies ErrorCatalogue;

export const meshProblem = problemsOf(meshErrors);
