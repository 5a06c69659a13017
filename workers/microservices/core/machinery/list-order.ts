/** The order of a merged list: k8s.io/apimachinery strategicpatch normalizeElementOrder. */
import { isObject, type Json } from "./json.ts";

/**
 * The members that `order` names in its order, and the others, in the order of `live`, each before the
 * first named member that follows it there. `key` identifies members; null: they are themselves.
 */
export function orderElements(
  merged: readonly Json[],
  order: readonly Json[],
  live: readonly Json[],
  key: string | null,
): Json[] {
  const orderPlaces = places(order, key);
  const livePlaces = places(live, key);
  const named = merged
    .filter((member) => orderPlaces.has(identity(member, key)))
    .toSorted(by(orderPlaces, key));
  const others = merged
    .filter((member) => !orderPlaces.has(identity(member, key)))
    .toSorted(by(livePlaces, key));
  const result: Json[] = [];
  let next = 0;
  for (const member of named) {
    const place = livePlaces.get(identity(member, key)) ?? -1;
    while (next < others.length) {
      const other = livePlaces.get(identity(others[next]!, key)) ?? Infinity;
      if (other >= place) break;
      result.push(others[next]!);
      next += 1;
    }
    result.push(member);
  }
  return [...result, ...others.slice(next)];
}

/** What tells members apart: their merge key, or themselves. */
export function identity(member: Json, key: string | null): string {
  return JSON.stringify(key !== null && isObject(member) ? (member[key] ?? null) : member);
}

function places(list: readonly Json[], key: string | null): Map<string, number> {
  const result = new Map<string, number>();
  for (const [index, member] of list.entries()) {
    const name = identity(member, key);
    if (!result.has(name)) result.set(name, index);
  }
  return result;
}

function by(order: ReadonlyMap<string, number>, key: string | null): (a: Json, b: Json) => number {
  const place = (member: Json): number =>
    order.get(identity(member, key)) ?? Number.MAX_SAFE_INTEGER;
  return (left, right) => place(left) - place(right);
}
