/** RFC 7396 JSON Merge Patch. */
import { cloneJson, getOwn, isObject, type Json, type JsonObject, setOwn } from "./json.ts";
import { machineryLimits } from "./limits.ts";

/** MergePatch(Target, Patch) of section 2; both arguments are left as they are. */
export function applyMergePatch(target: Json, patch: Json): Json {
  return merge(cloneJson(target), patch, 0);
}

/** Changes `target`, which is the caller's to change. */
function merge(target: Json | undefined, patch: Json, depth: number): Json {
  if (depth > machineryLimits.mergePatchDepthMax) {
    throw new Error(`The patch nests deeper than ${machineryLimits.mergePatchDepthMax}.`);
  }
  if (!isObject(patch)) return cloneJson(patch);
  const result: JsonObject = isObject(target) ? target : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete result[name];
    else setOwn(result, name, merge(getOwn(result, name), value, depth + 1));
  }
  return result;
}
