/** Merges what is applied into what is: structured-merge-diff typed/merge.go. */
import { itemElements, itemShape, memberShape, rootShape, type Shape } from "./field-shapes.ts";
import { cloneJson, getOwn, isObject, type Json, type JsonObject, setOwn } from "./json.ts";
import type { TypeName } from "./schema.ts";

/** Both are left as they are. */
export function mergeTyped(
  live: JsonObject,
  applied: JsonObject,
  type: TypeName | null,
): JsonObject {
  return merge(live, applied, rootShape(type)) as JsonObject;
}

function merge(live: Json | undefined, applied: Json, shape: Shape): Json {
  const isGranular = shape.kind === "object" || shape.kind === "map";
  if (isGranular && isObject(live) && isObject(applied)) {
    const result: JsonObject = cloneJson(live);
    for (const [name, value] of Object.entries(applied)) {
      const inner = memberShape(shape, name, value);
      setOwn(result, name, merge(getOwn(live, name), value, inner));
    }
    return result;
  }
  const isList = shape.kind === "listMap" || shape.kind === "set";
  if (isList && Array.isArray(live) && Array.isArray(applied)) {
    return mergeLists(live, applied, shape);
  }
  return cloneJson(applied);
}

/** The applied order, each member of the live list alone before what follows it there. */
function mergeLists(live: readonly Json[], applied: readonly Json[], shape: Shape): Json[] {
  const liveElements = itemElements(shape, live);
  const appliedElements = itemElements(shape, applied);
  if (liveElements === null || appliedElements === null)
    return applied.map((item) => cloneJson(item));
  const places = new Map(liveElements.map((element, index) => [element, index]));
  const named = new Set(appliedElements);
  const done = new Set<string>();
  const result: Json[] = [];
  let next = 0;
  for (const [index, item] of applied.entries()) {
    const element = appliedElements[index]!;
    for (; next < live.length; next++) {
      const candidate = liveElements[next]!;
      if (!named.has(candidate)) result.push(cloneJson(live[next]!));
      else if (!done.has(candidate)) break;
    }
    const place = places.get(element);
    result.push(merge(place === undefined ? undefined : live[place], item, itemShape(shape)));
    done.add(element);
  }
  for (; next < live.length; next++) {
    if (!named.has(liveElements[next]!)) result.push(cloneJson(live[next]!));
  }
  return result;
}
