/** LimitRanges: defaults for containers, and their bounds (plugin/pkg/admission/limitranger). */
import type { LimitRangeItem } from "kubernetes-types/core/v1";
import { isObject, type JsonObject, objectAt, stringAt } from "../../../core/machinery/json.ts";
import { compareQuantities, parseQuantity } from "../../../core/machinery/quantity.ts";
import { apiErrors } from "../../../core/store/api-error.ts";
import type { ObjectStore } from "../../../core/store/object-store.ts";

type Amounts = Readonly<Record<string, string>>;

/** @param pod changed. @throws ApiError 403 for one outside the bounds */
export function applyLimitRanges(store: ObjectStore, namespace: string, pod: JsonObject): void {
  const items: LimitRangeItem[] = [];
  for (const { spec } of store.inNamespace("limitranges", namespace)) {
    items.push(...(spec?.limits ?? []).filter(({ type }) => type === "Container"));
  }
  if (items.length === 0) return;
  const problems: string[] = [];
  for (const container of containersOf(pod)) {
    for (const item of items) fillIn(container, item);
    for (const item of items) check(container, item, problems);
  }
  if (problems.length === 0) return;
  const name = stringAt(objectAt(pod, "metadata"), "name") ?? "";
  const text = problems.length === 1 ? problems[0]! : `[${problems.join(", ")}]`;
  throw apiErrors.forbidden({ plural: "pods", group: "" }, name, text);
}

function containersOf(pod: JsonObject): JsonObject[] {
  const spec = objectAt(pod, "spec") ?? {};
  return [spec["initContainers"], spec["containers"]]
    .flatMap((list) => (Array.isArray(list) ? list : []))
    .filter(isObject);
}

function fillIn(container: JsonObject, item: LimitRangeItem): void {
  const resources = objectAt(container, "resources") ?? {};
  const bounds: JsonObject = { ...item.default, ...objectAt(resources, "limits") };
  // A limit without a request is the request, too.
  const requests: JsonObject = {
    ...item.defaultRequest,
    ...objectAt(resources, "limits"),
    ...objectAt(resources, "requests"),
  };
  container["resources"] = {
    ...resources,
    ...(Object.keys(bounds).length > 0 && { limits: bounds }),
    ...(Object.keys(requests).length > 0 && { requests }),
  };
}

function check(container: JsonObject, { min, max }: LimitRangeItem, problems: string[]): void {
  const resources = objectAt(container, "resources");
  const requests = (objectAt(resources, "requests") ?? {}) as Amounts;
  const bounds = (objectAt(resources, "limits") ?? {}) as Amounts;
  const compare = (left: string, right: string): number =>
    compareQuantities(parseQuantity(left), parseQuantity(right));
  for (const [name, least] of Object.entries((min ?? {}) as Amounts)) {
    const has = requests[name];
    if (has === undefined) {
      problems.push(`minimum ${name} usage per Container is ${least}.  No request is specified`);
    } else if (compare(has, least) < 0) {
      problems.push(`minimum ${name} usage per Container is ${least}, but request is ${has}`);
    }
  }
  for (const [name, most] of Object.entries((max ?? {}) as Amounts)) {
    const has = bounds[name];
    if (has === undefined) {
      problems.push(`maximum ${name} usage per Container is ${most}.  No limit is specified`);
    } else if (compare(has, most) > 0) {
      problems.push(`maximum ${name} usage per Container is ${most}, but limit is ${has}`);
    }
  }
}
