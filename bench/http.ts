/** GET /api/distributed/status with the full guard and telemetry, beside a bare Fastify route. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import autocannon from "autocannon";
import { startPlatformProcess } from "../e2e/platform-process.ts";
import { median, spread, type BenchResult } from "./result.ts";

const peerPort = 4_320;
const connections = 50;
const secondsPerRound = 4;
const rounds = 5;
const path = "/api/distributed/status";

const ratioMin = 0.6;
const requestsPerSecondMin = 10_000;
const meanMsMax = 50;

export async function benchHttp(): Promise<BenchResult> {
  const began = performance.now();
  const platform = await startPlatformProcess();
  const readyAfterMs = performance.now() - began;
  const body = await (await fetch(platform.url(path, 7))).text();
  const peer = spawn(
    process.execPath,
    [join(import.meta.dirname, "bare-fastify.ts"), String(peerPort), body],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  await new Promise((resolve) => peer.stdout.once("data", resolve));
  try {
    const ours: autocannon.Result[] = [];
    const bare: autocannon.Result[] = [];
    await load(platform.url("", 7), 2);
    await load(`http://127.0.0.1:${peerPort}`, 2);
    // Interleaved, so that both meet the same noise.
    for (let round = 0; round < rounds; round += 1) {
      bare.push(await load(`http://127.0.0.1:${peerPort}`, secondsPerRound));
      ours.push(await load(platform.url("", 7), secondsPerRound));
    }
    return summarize(ours, bare, readyAfterMs);
  } finally {
    peer.kill();
    await platform.stop();
  }
}

function load(url: string, duration: number): Promise<autocannon.Result> {
  return autocannon({ url: url + path, connections, duration });
}

function summarize(
  ours: readonly autocannon.Result[],
  bare: readonly autocannon.Result[],
  readyAfterMs: number,
): BenchResult {
  const rate = (results: readonly autocannon.Result[]) =>
    results.map((each) => each.requests.average);
  const means = ours.map((each) => each.latency.average);
  const ratios = ours.map((each, i) => each.requests.average / (bare[i]?.requests.average ?? 0));
  const failed = ours.reduce((sum, each) => sum + each.errors + each.timeouts + each.non2xx, 0);
  const ratio = median(ratios);
  const failures = [
    ratio < ratioMin ? `ratio ${ratio.toFixed(2)} is below ${ratioMin}` : "",
    median(rate(ours)) < requestsPerSecondMin ? "fewer than 10,000 requests a second" : "",
    median(means) > meanMsMax ? `mean latency above ${meanMsMax} ms` : "",
    failed > 0 ? `${failed} requests failed` : "",
  ].filter((failure) => failure !== "");
  return {
    peer: `a bare Fastify route with the same body, interleaved, ${rounds} rounds of ${secondsPerRound} s, ${connections} connections`,
    rows: [
      {
        measure: `GET ${path}, requests/s`,
        value: spread(rate(ours)),
        target: `> ${requestsPerSecondMin.toLocaleString("en")}`,
      },
      { measure: "bare Fastify, requests/s", value: spread(rate(bare)) },
      { measure: "ratio", value: spread(ratios, 2), target: `>= ${ratioMin.toFixed(2)}` },
      {
        measure: "mean latency, ms",
        value: spread(means, 2),
        target: `< ${meanMsMax}`,
      },
      {
        measure: "start to all threads ready, ms",
        value: readyAfterMs.toFixed(0),
        target: "<= 1,000",
      },
    ],
    notes: ["The load generator shares the two cores with the server it measures."],
    failures,
  };
}
