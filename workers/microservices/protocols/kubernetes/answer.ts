/** Answers on their way out: text, long texts in parts, and Status. */
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import { constants, createGzip } from "node:zlib";
import type { FastifyReply } from "fastify";
import { ApiError, apiErrors } from "../../core/store/api-error.ts";
import { kubernetesApiLimits as limits } from "../../limits.ts";

export interface TextAnswer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/** A long text, made while it is sent. */
export interface PartsAnswer {
  readonly status: number;
  readonly type: string;
  readonly parts: AsyncIterable<string>;
  /** About how long it will be, in characters. */
  readonly isLong: boolean;
}

/** What a handler gives back; "taken": it answers by itself. */
export type Answer = TextAnswer | PartsAnswer | "taken";

export function jsonAnswer(value: unknown, status = 200): TextAnswer {
  return { status, type: "application/json", text: `${JSON.stringify(value)}\n` };
}

export function statusOf(error: unknown): ApiError["status"] {
  return (error instanceof ApiError ? error : apiErrors.internal("see the log")).status;
}

/** The texts of many items, with the event loop let go between. */
export async function* joined(
  head: string,
  items: Iterable<string>,
  tail: string,
  monotonicMs: () => number,
): AsyncGenerator<string> {
  let part = head;
  let count = 0;
  let turnBegan = monotonicMs();
  for (const item of items) {
    part += count === 0 ? item : `,${item}`;
    count += 1;
    if (count % limits.itemsPerTurn !== 0) continue;
    yield part;
    part = "";
    if (monotonicMs() - turnBegan < limits.turnMs) continue;
    await nextTurn();
    turnBegan = monotonicMs();
  }
  yield part + tail;
}

const acceptsGzip = (header: string | string[] | undefined): boolean =>
  /(?:^|,)\s*gzip\s*(?:,|;(?!\s*q=0(?:\.0*)?\s*(?:,|$))|$)/i.test(String(header ?? ""));

/** As the API server does: the fastest level, for long answers alone. */
export function send(
  reply: FastifyReply,
  answer: Exclude<Answer, "taken">,
  acceptEncoding: string | string[] | undefined,
): FastifyReply {
  reply.code(answer.status).type(answer.type);
  const isLong = "parts" in answer ? answer.isLong : answer.text.length > limits.compressFromBytes;
  if (!isLong || !acceptsGzip(acceptEncoding)) {
    return reply.send("parts" in answer ? Readable.from(answer.parts) : answer.text);
  }
  const source = Readable.from("parts" in answer ? answer.parts : [answer.text]);
  const gzip = createGzip({ level: constants.Z_BEST_SPEED });
  source.once("error", (error) => gzip.destroy(error));
  gzip.once("close", () => source.destroy());
  return reply
    .header("content-encoding", "gzip")
    .header("vary", "accept-encoding")
    .send(source.pipe(gzip));
}
