/** A store of texts by key, in memory. */
import { hostedLimits } from "../pod-limits.ts";
import {
  answering,
  healthy,
  type Image,
  type Program,
  type ProgramContext,
  readBody,
  sendJson,
  sendText,
  serverDefaults,
} from "./image.ts";

const valueBytesMax = 1024 * 1024;
const keysMax = 100_000;
/** Of a key beside its text: an entry of a map and two strings' heads. */
const entryBytes = 96;
const listedMax = 1_000;

export const keyValue: Image = {
  ...serverDefaults,
  name: "key-value",
  aliases: ["kv"],
  summary:
    "Keeps texts by key in memory: GET, PUT and DELETE /keys/...; ends when its limit is hit",
  executable: "key-value",
  start: startKeyValue,
};

function startKeyValue({ spec, log, holdMemory }: ProgramContext): Program {
  const values = new Map<string, Buffer>();
  let bytes = 0;
  log("listening; the store is empty");
  const change = (key: string, value: Buffer | undefined) => {
    const before = values.get(key);
    const overhead = Buffer.byteLength(key) + entryBytes;
    if (before !== undefined) bytes -= before.length + overhead;
    if (value === undefined) values.delete(key);
    else {
      values.set(key, value);
      bytes += value.length + overhead;
    }
    holdMemory(bytes);
    return before !== undefined;
  };
  return healthy(
    answering(async (request, response) => {
      const { method = "GET", url = "/" } = request;
      const pod = spec.podName;
      const key = keyIn(url);
      if (key === null) {
        request.resume();
        if (url === "/keys" || url === "/keys/") {
          const keys = [...values.keys()].slice(0, listedMax);
          return sendJson(response, 200, { pod, count: values.size, bytes, keys });
        }
        return sendJson(response, 404, { error: "The store is at /keys/NAME." });
      }
      if (method === "PUT" || method === "POST") {
        const value = await readBody(request, valueBytesMax);
        if (value === null) return sendJson(response, 413, { error: "The value is too long." });
        if (values.size >= keysMax && !values.has(key)) {
          return sendJson(response, 507, { error: `At most ${keysMax} keys.` });
        }
        const existed = change(key, value);
        return sendJson(response, existed ? 200 : 201, { pod, key, bytes: value.length });
      }
      request.resume();
      const value = values.get(key);
      if (value === undefined) return sendJson(response, 404, { error: "No such key." });
      if (method === "DELETE") {
        change(key, undefined);
        response.writeHead(204).end();
      } else if (method === "GET" || method === "HEAD") {
        sendText(response, 200, value.toString("utf8"));
      } else sendJson(response, 405, { error: "GET, PUT or DELETE." });
    }),
  );
}

function keyIn(url: string): string | null {
  const match = /^\/keys\/([^?]+)/.exec(url);
  try {
    return match === null || url.length > hostedLimits.bodyBytesMax
      ? null
      : decodeURIComponent(match[1] ?? "");
  } catch {
    // A percent sign that begins no character.
    return null;
  }
}
