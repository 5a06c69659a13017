/** Resources that are asked and never stored. */
import type { JsonObject } from "../../../core/machinery/json.ts";
import type { ApiContext } from "../context.ts";
import {
  accessReview,
  otherAccessReview,
  type Reviewer,
  rulesReview,
  subjectReview,
} from "./access-reviews.ts";
import { metricsOf } from "./metrics.ts";

interface AskedOf {
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly query: URLSearchParams;
}

export interface Virtual {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  /** Of those that are created: the object with its answer. */
  readonly review?: (body: JsonObject, reviewer: Reviewer) => JsonObject;
  /** Of those that are read. */
  readonly read?: (context: ApiContext, asked: AskedOf) => object;
}

function review(
  group: string,
  kind: string,
  answer: NonNullable<Virtual["review"]>,
  namespaced = false,
): Virtual {
  const plural = `${kind.toLowerCase()}s`;
  return {
    group,
    version: "v1",
    plural,
    singular: kind.toLowerCase(),
    kind,
    namespaced,
    verbs: ["create"],
    review: answer,
  };
}

const metrics = (plural: "nodes" | "pods", kind: string): Virtual => ({
  group: "metrics.k8s.io",
  version: "v1beta1",
  plural,
  singular: "",
  kind,
  namespaced: plural === "pods",
  verbs: ["get", "list"],
  read: (context, asked) => metricsOf(context, plural, asked),
});

export const virtuals: readonly Virtual[] = [
  review("authorization.k8s.io", "SelfSubjectAccessReview", accessReview),
  review("authorization.k8s.io", "SelfSubjectRulesReview", rulesReview),
  review("authorization.k8s.io", "SubjectAccessReview", otherAccessReview),
  review("authorization.k8s.io", "LocalSubjectAccessReview", otherAccessReview, true),
  review("authentication.k8s.io", "SelfSubjectReview", subjectReview),
  metrics("nodes", "NodeMetrics"),
  metrics("pods", "PodMetrics"),
];

/** What a path of a group and version asks, if it is one of these. */
export function virtualAt(
  group: string,
  version: string,
  segments: readonly string[],
): { readonly virtual: Virtual; readonly asked: Omit<AskedOf, "query"> } | null {
  const isOfNamespace = segments[0] === "namespaces" && segments.length >= 3;
  const namespace = isOfNamespace ? segments[1] : undefined;
  const [plural, name, ...rest] = isOfNamespace ? segments.slice(2) : segments;
  const virtual = virtuals.find(
    (each) => each.group === group && each.version === version && each.plural === plural,
  );
  if (virtual === undefined || rest.length > 0) return null;
  if (isOfNamespace && !virtual.namespaced) return null;
  return { virtual, asked: { namespace, name } };
}
