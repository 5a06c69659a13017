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
  WATCHES_FULL: {
    status: 503,
    title: "Too many streams of the registry",
    remedy: "Close some of them first.",
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
  NODE_POOL_UNKNOWN: {
    status: 404,
    title: "No such pool of nodes",
    remedy: "Look at GET /api/cluster/pools.",
  },
  NODE_POOL_DIFFERS: {
    status: 409,
    title: "The pool's nodes are of another kind",
    remedy: "Leave out what the pool has already, give it 0 nodes first, or choose another name.",
  },
  NODES_FULL: {
    status: 409,
    title: "Too many nodes",
    remedy: "Ask for fewer, or give another pool 0 nodes first.",
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
  POLICY_FORBIDS: {
    status: 403,
    title: "A policy forbids this connection",
    remedy: "Look at the NetworkPolicy and AuthorizationPolicy objects of the service's namespace.",
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
  REQUEST_TOO_LARGE: {
    status: 413,
    title: "The request's body is too large",
    remedy: "Send less at once, or call the instance directly.",
  },
  GATEWAY_ROUTE_UNKNOWN: {
    status: 404,
    title: "No route takes this request",
    remedy: "Look at GET /api/orchestration/gateway/config, or add a route for this host and path.",
  },
  GATEWAY_PATH_REFUSED: {
    status: 400,
    title: "The path cannot be routed safely",
    remedy: "Send a path without . and .. segments and without spaces.",
  },
  RATE_LIMITED: {
    status: 429,
    title: "Too many requests for this route",
    remedy: "Wait as long as Retry-After says, or raise the route's limit.",
  },
  FAULT_INJECTED: {
    status: 503,
    title: "The route's fault injection refused the request",
    remedy: "Take the fault out of the route when the experiment is over.",
  },
  GATEWAY_CONFIG_INVALID: {
    status: 422,
    title: "The gateway's configuration cannot be taken",
    remedy: "Correct what the detail names; nothing has changed.",
  },
  GATEWAY_CONFIG_CHANGED: {
    status: 409,
    title: "Another version is in force",
    remedy: "Read the configuration again and make the change on that version.",
  },
  GATEWAY_VERSION_UNKNOWN: {
    status: 404,
    title: "There is no such version of the gateway's configuration",
    remedy: "Look at GET /api/orchestration/gateway/history for those that are kept.",
  },
  GATEWAY_NOT_LISTENING: {
    status: 503,
    title: "The gateway has no port yet",
    remedy: "Wait until the thread is ready and send it again.",
  },
  GATEWAY_NOTHING_TO_UNDO: {
    status: 409,
    title: "There is no version before",
    remedy: "Look at GET /api/orchestration/gateway/history.",
  },
  TUNNELS_FULL: {
    status: 503,
    title: "Too many upgraded connections",
    remedy: "Close some of them first.",
  },
  CALL_LOOP: {
    status: 508,
    title: "Services call each other in a circle",
    remedy: "Correct the UPSTREAM of the services that call each other.",
  },
  FAULT_ABORT: {
    status: 503,
    title: "A fault that somebody injected answers for the service",
    remedy: "End the fault on the page Chaos.",
  },
  FAULT_PARTITION: {
    status: 503,
    title: "A fault that somebody injected cuts the service off",
    remedy: "End the fault on the page Chaos.",
  },
  FAULT_UNSUPPORTED: {
    status: 400,
    title: "That cannot be hurt in this way",
    remedy: "Choose a service, a node or a zone that is there, or kill the pod.",
  },
  FAULTS_FULL: {
    status: 429,
    title: "Too many faults are active",
    remedy: "End some of them on the page Chaos.",
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
