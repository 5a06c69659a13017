/** RFC 6902 JSON Patch. */
import { cloneJson, equalJson, getOwn, isObject, type Json, setOwn } from "./json.ts";
import { listIndex, parsePointer } from "./json-pointer.ts";
import { machineryLimits } from "./limits.ts";

const operationNames = ["add", "remove", "replace", "move", "copy", "test"] as const;
type OperationName = (typeof operationNames)[number];

/**
 * The document after all operations; the given one is left as it is. Throws an Error whose sentence
 * names the index of the operation that cannot be done; then nothing of the patch counts.
 */
export function applyJsonPatch(document: Json, patch: Json): Json {
  if (!Array.isArray(patch)) throw new Error("A JSON patch is a list of operations.");
  if (patch.length > machineryLimits.jsonPatchOperationsMax) {
    throw new Error(
      `The allowed maximum operations in a JSON patch is ${machineryLimits.jsonPatchOperationsMax}, got ${patch.length}`,
    );
  }
  const holder: { root: Json; copied: number } = { root: cloneJson(document), copied: 0 };
  for (const [index, operation] of patch.entries()) {
    try {
      apply(holder, operation);
    } catch (error) {
      throw new Error(`operation ${index}: ${(error as Error).message}`, { cause: error });
    }
  }
  return holder.root;
}

function apply(holder: { root: Json; copied: number }, operation: Json): void {
  if (!isObject(operation)) throw new Error("it is not an object");
  const { op, path } = operation;
  const name = operationNames.find((candidate) => candidate === op);
  if (name === undefined) {
    throw new Error(`"op" is ${JSON.stringify(op)}, not one of ${operationNames.join(", ")}`);
  }
  if (typeof path !== "string") throw new Error(`"${name}" needs a "path" of text`);
  const tokens = parsePointer(path);
  if (name === "remove") take(holder, tokens, path);
  else if (name === "move" || name === "copy") moveOrCopy(holder, name, operation["from"], path);
  else {
    const value = getOwn(operation, "value");
    if (value === undefined) throw new Error(`"${name}" needs a "value"`);
    if (name === "add") add(holder, tokens, path, cloneJson(value));
    else if (name === "replace") replace(holder, tokens, path, cloneJson(value));
    else if (!equalJson(read(holder.root, tokens, path), value)) {
      throw new Error(`testing path ${path} failed: the value there is another one`);
    }
  }
}

function moveOrCopy(
  holder: { root: Json; copied: number },
  name: OperationName,
  from: Json | undefined,
  path: string,
): void {
  if (typeof from !== "string") throw new Error(`"${name}" needs a "from" of text`);
  const source = parsePointer(from);
  if (name === "copy") {
    const value = cloneJson(read(holder.root, source, from));
    holder.copied += JSON.stringify(value).length;
    if (holder.copied > machineryLimits.jsonPatchCopiedCharactersMax) {
      throw new Error("the copies of this patch are too large together");
    }
    add(holder, parsePointer(path), path, value);
    return;
  }
  // Section 4.4: a value cannot be moved into itself.
  if (path.startsWith(`${from}/`)) throw new Error(`${from} cannot be moved into itself`);
  if (path === from) {
    read(holder.root, source, from);
    return;
  }
  add(holder, parsePointer(path), path, take(holder, source, from));
}

function missing(path: string): Error {
  return new Error(`there is no value at "${path}"`);
}

function read(root: Json, tokens: readonly string[], path: string): Json {
  let value: Json | undefined = root;
  for (const token of tokens) {
    if (Array.isArray(value)) {
      const index = listIndex(token, value.length);
      value = index === null ? undefined : value[index];
    } else value = isObject(value) ? getOwn(value, token) : undefined;
    if (value === undefined) throw missing(path);
  }
  return value;
}

function add(holder: { root: Json }, tokens: readonly string[], path: string, value: Json): void {
  const last = tokens.at(-1);
  if (last === undefined) {
    holder.root = value;
    return;
  }
  const parent = read(holder.root, tokens.slice(0, -1), path);
  if (Array.isArray(parent)) {
    // "-" stands for the place after the last member.
    const index = last === "-" ? parent.length : listIndex(last, parent.length + 1);
    if (index === null) throw new Error(`"${last}" is no index of the list at "${path}"`);
    parent.splice(index, 0, value);
  } else if (isObject(parent)) setOwn(parent, last, value);
  else throw missing(path);
}

function replace(
  holder: { root: Json },
  tokens: readonly string[],
  path: string,
  value: Json,
): void {
  read(holder.root, tokens, path);
  const last = tokens.at(-1);
  if (last === undefined) {
    holder.root = value;
    return;
  }
  const parent = read(holder.root, tokens.slice(0, -1), path);
  if (Array.isArray(parent)) parent[Number(last)] = value;
  else if (isObject(parent)) setOwn(parent, last, value);
}

/** Removes a value and gives it. */
function take(holder: { root: Json }, tokens: readonly string[], path: string): Json {
  const value = read(holder.root, tokens, path);
  const last = tokens.at(-1);
  if (last === undefined) throw new Error("the whole document cannot be removed");
  const parent = read(holder.root, tokens.slice(0, -1), path);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (isObject(parent)) delete parent[last];
  return value;
}
