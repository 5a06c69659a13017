/** Calls of the API server in the words of the screens. */
import type { Status } from "kubernetes-types/meta/v1";
import type { Kind } from "../core/store/kinds.ts";
import type { KubeObject } from "../core/store/objects.ts";
import { problem } from "../errors.ts";
import type { ClusterHost, KubernetesRequest } from "./cluster-host.ts";

export interface RefusalStatus {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
  readonly causes: readonly { readonly field: string; readonly message: string }[];
}

export type Outcome =
  | { readonly object: KubeObject; readonly created: boolean; readonly refusal: null }
  | { readonly object: null; readonly created: false; readonly refusal: RefusalStatus };

/** "/apis/apps/v1/namespaces/default/deployments/web" */
export function objectPath(
  { group, version, plural, namespaced }: Kind,
  namespace: string | undefined,
  name: string,
  subresource = "",
): string {
  const start = group === "" ? `/api/${version}` : `/apis/${group}/${version}`;
  const home = namespaced ? `/namespaces/${encodeURIComponent(namespace ?? "default")}` : "";
  const end = subresource === "" ? "" : `/${subresource}`;
  return `${start}${home}/${plural}/${encodeURIComponent(name)}${end}`;
}

export async function call(host: ClusterHost, request: KubernetesRequest): Promise<Outcome> {
  const { status, body } = await host.kubernetes.dispatch(request);
  const answer: unknown = JSON.parse(body);
  if (status < 400) {
    return { object: answer as KubeObject, created: status === 201, refusal: null };
  }
  const { reason = "", message = `HTTP ${status}`, details } = answer as Status;
  return {
    object: null,
    created: false,
    refusal: {
      code: status,
      reason,
      message,
      causes: (details?.causes ?? []).map((cause) => ({
        field: cause.field ?? "",
        message: cause.message ?? "",
      })),
    },
  };
}

/** As `call`, with a refusal as a problem of the catalogue. */
export async function demand(host: ClusterHost, request: KubernetesRequest): Promise<KubeObject> {
  const { object, refusal } = await call(host, request);
  if (refusal === null) return object;
  throw refusalProblem(refusal);
}

const codes: Readonly<Record<number, Parameters<typeof problem>[0]>> = {
  403: "CLUSTER_FORBIDDEN",
  404: "CLUSTER_OBJECT_UNKNOWN",
  409: "CLUSTER_CONFLICT",
  422: "CLUSTER_INVALID",
  429: "CLUSTER_BUSY",
};

export function refusalProblem({ code, message, causes }: RefusalStatus) {
  const issues = causes.map(({ field, message: text }) => ({ path: field, message: text }));
  return problem(codes[code] ?? "CLUSTER_REFUSED", message, issues.length > 0 ? { issues } : {});
}

export const mergePatch = (path: string, patch: unknown): KubernetesRequest => ({
  method: "PATCH",
  path,
  query: { fieldManager },
  contentType: "application/merge-patch+json",
  body: JSON.stringify(patch),
});

/** Who changed it, in managedFields. */
export const fieldManager = "control-center";
