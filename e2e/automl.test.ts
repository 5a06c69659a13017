/** Tables and AutoML as a client meets them, on the running platform. */
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { problemSchema } from "../workers/service/contract.ts";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

const analyticsPort = 2;

let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess(["--ephemeral", "--only", "analytics,gateway"]);
});
afterAll(async () => {
  await platform.stopCleanly();
});

const csv = `x,group,y\n${Array.from(
  { length: 90 },
  (_, row) => `${row % 10},${"abc"[row % 3]},${(row % 10) * 2 + (row % 3)}`,
).join("\n")}\n`;

const raw = (
  body: string | undefined,
  type: string,
  query = "?name=numbers",
  port = analyticsPort,
) =>
  fetch(platform.url(`/api/analytics/datasets/raw${query}`, port), {
    method: "POST",
    headers: { "content-type": type },
    ...(body === undefined ? {} : { body }),
  });

const call = async <T>(path: string, body?: unknown): Promise<T> => {
  // Through the gateway: every port serves the whole API.
  const answer = await fetch(platform.url(path), {
    method: body === undefined ? "GET" : "POST",
    headers: body === undefined ? {} : { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
};

it("a file that curl sends becomes a model that answers", async () => {
  const answer = await raw(csv, "text/csv");
  expect(answer.status).toBe(200);
  const { id, rows } = (await answer.json()) as { id: string; rows: number };
  expect(rows).toBe(90);
  const order = { dataset: id, target: "y", budgetSeconds: 2, folds: 3 };
  const job = await call<{ id: string }>("/api/analytics/automl", order);
  const state = async () =>
    (await call<{ job: { state: string } }>(`/api/analytics/automl/${job.id}`)).job.state;
  for (let waits = 0; ; waits += 1) {
    const now = await state();
    if (now === "done") break;
    expect(["queued", "running"]).toContain(now);
    if (waits > 300) throw new Error("The search did not end.");
    await sleep(100);
  }
  const { predictions } = await call<{ predictions: { prediction: number }[] }>(
    `/api/analytics/automl/${job.id}/predict`,
    { rows: [{ x: 7, group: "b" }] },
  );
  // It is 2 x + 1 for this group.
  expect(Math.abs(predictions[0]!.prediction - 15)).toBeLessThan(1);
});

it("what pages of other sites may send unasked is no table", async () => {
  for (const type of ["text/plain", "multipart/form-data; boundary=x"]) {
    const answer = await raw(csv, type);
    expect(problemSchema.parse(await answer.json()).code).toBe("CONTENT_TYPE_REFUSED");
  }
  const other = await raw(csv, "text/csv", "?name=numbers", 0);
  expect(problemSchema.parse(await other.json()).code).toBe("CONTENT_TYPE_REFUSED");
  const unnamed = await raw(csv, "text/csv", "");
  expect(problemSchema.parse(await unnamed.json()).code).toBe("INPUT_INVALID");
});

/** Sends pieces until there is an answer, and tells its status and how much was sent by then. */
async function send(header: string, bytesMax: number) {
  const lines = "1,2,3,4,5,6,7\n".repeat(5_000);
  const isChunked = header.startsWith("transfer-encoding");
  const piece = isChunked ? `${lines.length.toString(16)}\r\n${lines}\r\n` : lines;
  const socket = connect(platform.portBase + analyticsPort, "127.0.0.1");
  const answer: string[] = [];
  socket.setEncoding("latin1").on("data", (text: string) => answer.push(text));
  // The other side may hang up on what it refused.
  socket.on("error", () => undefined);
  socket.write(
    `POST /api/analytics/datasets/raw?name=huge HTTP/1.1\r\nhost: localhost:${platform.portBase + analyticsPort}\r\ncontent-type: text/csv\r\n${header}\r\n\r\n`,
  );
  let sent = 0;
  while (answer.length === 0 && sent < bytesMax && !socket.destroyed) {
    socket.write(piece);
    sent += piece.length;
    await sleep(1);
  }
  for (let waits = 0; answer.length === 0 && waits < 100; waits += 1) await sleep(20);
  socket.destroy();
  return { status: answer.join("").slice(9, 12), sent };
}

it("10 GB are refused by what they announce, or as soon as too much has come", async () => {
  const tenGigabytes = 10 * 2 ** 30;
  const announced = await send(`content-length: ${tenGigabytes}`, tenGigabytes);
  expect(announced.status).toBe("413");
  expect(announced.sent).toBeLessThan(16 * 2 ** 20);
  const unannounced = await send("transfer-encoding: chunked", tenGigabytes);
  expect(unannounced.status).toBe("413");
  expect(unannounced.sent).toBeLessThan(160 * 2 ** 20);
  expect((await fetch(platform.url("/api/health", analyticsPort))).status).toBe(200);
});
