/** What can go wrong with services, deployments and the gateway. */
import { type ErrorCatalogue, problemsOf } from "../service/errors.ts";

export const microservicesErrors = {
  HOST_NOT_LOCAL: {
    status: 400,
    title: "Only services on this machine",
    remedy: "Register localhost, an address in 127.0.0.0/8 or ::1; other machines are not called.",
  },
  PORT_TAKEN_BY_PLATFORM: {
    status: 400,
    title: "The port is one of the platform's own",
    remedy: "Register the port of your own service; the platform's would answer itself in a loop.",
  },
  REGISTRY_FULL: {
    status: 409,
    title: "Registry full",
    remedy: "Deregister instances that are no longer needed.",
  },
  INSTANCE_UNKNOWN: {
    status: 404,
    title: "No such registered instance",
    remedy: "Look at GET /api/services; an expired instance has to be registered again.",
  },
  DEPLOYMENT_EXISTS: {
    status: 409,
    title: "Deployment already exists",
    remedy: "Scale or update it, delete it first, or choose another name.",
  },
  DEPLOYMENT_UNKNOWN: {
    status: 404,
    title: "No such deployment",
    remedy: "Look at GET /api/deployments, or create it first.",
  },
  DEPLOYMENTS_FULL: {
    status: 409,
    title: "Too many deployments",
    remedy: "Delete deployments that are no longer needed.",
  },
  POD_UNKNOWN: {
    status: 404,
    title: "No such pod",
    remedy: "Look at GET /api/pods; a pod that was replaced has a new name.",
  },
  POD_NOT_RUNNING: {
    status: 409,
    title: "The pod runs no container now",
    remedy: "Wait until it runs, or kill the pod as a whole.",
  },
  SERVICE_UNKNOWN: {
    status: 404,
    title: "No such service",
    remedy: "Create a deployment or register an instance under this name.",
  },
  NO_HEALTHY_INSTANCE: {
    status: 503,
    title: "No instance can take the request",
    remedy: "Wait until a pod is ready, or look at the service's checks and circuits.",
  },
  SERVICE_OVERLOADED: {
    status: 503,
    title: "Too many requests wait for this service",
    remedy: "Send fewer at once, or scale the deployment up.",
  },
  UPSTREAM_FAILED: {
    status: 502,
    title: "The service broke the connection",
    remedy: "Look at the instance's logs and health, then try again.",
  },
  UPSTREAM_TIMEOUT: {
    status: 504,
    title: "The service did not answer in time",
    remedy: "Try again; if it stays slow, scale it up or look at its logs.",
  },
  UPSTREAM_TOO_LARGE: {
    status: 502,
    title: "The service's answer is too large",
    remedy: "Ask for less at once, or call the instance directly.",
  },
  CALL_LOOP: {
    status: 508,
    title: "Services call each other in a circle",
    remedy: "Correct the UPSTREAM of the services that call each other.",
  },
  CLUSTER_ABSENT: {
    status: 503,
    title: "No cluster runs",
    remedy: "Wait until the microservices thread has started its cluster.",
  },
  CLUSTER_OBJECT_UNKNOWN: {
    status: 404,
    title: "No such object in the cluster",
    remedy: "Look at the lists under Cluster, or at kubectl get; it may be gone already.",
  },
  CLUSTER_FORBIDDEN: {
    status: 403,
    title: "The cluster forbids it",
    remedy: "Read the reason: a quota, a limit or a namespace that is ending stands in the way.",
  },
  CLUSTER_CONFLICT: {
    status: 409,
    title: "The object is in another state",
    remedy: "Load the object again and repeat the change, or take its fields over with force.",
  },
  CLUSTER_INVALID: {
    status: 422,
    title: "The object is not valid",
    remedy: "Correct the fields that `issues` names.",
  },
  CLUSTER_BUSY: {
    status: 429,
    title: "Not now",
    remedy: "Wait until what is under way has ended; a disruption budget may protect the pods.",
  },
  CLUSTER_REFUSED: {
    status: 400,
    title: "The API server refused it",
    remedy: "Read what the API server says and correct the request.",
  },
  DRAIN_UNKNOWN: {
    status: 404,
    title: "No such drain",
    remedy: "Look at GET /api/cluster/drain; only the last ones are kept.",
  },
  COMMAND_INVALID: {
    status: 400,
    title: "The command cannot be read",
    remedy: "Close every quote, and put a backslash before one that is meant as itself.",
  },
} as const satisfies ErrorCatalogue;

export const problem = problemsOf(microservicesErrors);
