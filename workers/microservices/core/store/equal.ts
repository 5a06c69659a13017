/** Equality of JSON values. Parts that both share are equal at once. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left !== "object" || typeof right !== "object") return false;
  if (left === null || right === null) return false;
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, at) => sameJson(item, right[at]));
  }
  if (Array.isArray(right)) return false;
  const before = left as Record<string, unknown>;
  const after = right as Record<string, unknown>;
  let count = 0;
  for (const key in before) {
    // What is undefined is not there in JSON.
    if (before[key] === undefined) continue;
    count++;
    if (!sameJson(before[key], after[key])) return false;
  }
  for (const key in after) if (after[key] !== undefined) count--;
  return count === 0;
}
