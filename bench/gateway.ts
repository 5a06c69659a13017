/** The gateway's own port with a route, beside nginx with one worker before the same upstream. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import autocannon from "autocannon";
import { startPlatformProcess } from "../e2e/platform-process.ts";
import { findPortBase } from "../e2e/ports.ts";
import { median, spread, type BenchResult } from "./result.ts";

const connections = 50;
const secondsPerRound = 3;
const rounds = 3;
const ratioMin = 0.5;

export async function benchGateway(): Promise<BenchResult> {
  const upstream = spawn(process.execPath, [join(import.meta.dirname, "bare-node.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const port = Number(await new Promise((resolve) => upstream.stdout.once("data", resolve)));
  const platform = await startPlatformProcess([
    "--ephemeral",
    "--only=microservices,integration,gateway",
  ]);
  const nginx = await startNginx(port);
  try {
    const gatewayPort = await addRoute((path) => platform.url(path, 5), port);
    const peers = { upstream: port, gateway: gatewayPort, ...(nginx && { nginx: nginx.port }) };
    const rates: Record<string, number[]> = {};
    const failed: Record<string, number> = {};
    for (const each of Object.values(peers)) await load(each, 2);
    // Interleaved, so that all meet the same noise.
    for (let round = 0; round < rounds; round += 1) {
      for (const [name, each] of Object.entries(peers)) {
        const { requests, errors, timeouts, non2xx } = await load(each, secondsPerRound);
        (rates[name] ??= []).push(requests.average);
        failed[name] = (failed[name] ?? 0) + errors + timeouts + non2xx;
      }
    }
    return summarize(rates, failed);
  } finally {
    nginx?.stop();
    upstream.kill();
    await platform.stop();
  }
}

function load(port: number, duration: number): Promise<autocannon.Result> {
  return autocannon({ url: `http://127.0.0.1:${port}/`, connections, duration });
}

/** @returns the port of the gateway's listener */
async function addRoute(url: (path: string) => string, port: number): Promise<number> {
  const send = async (method: string, path: string, body?: object) => {
    const answer = await fetch(url(path), {
      method,
      ...(body && {
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
    return (await answer.json()) as { readonly port: number };
  };
  const name = "bench-upstream";
  await send("POST", "/api/services/register", { name, id: "one", host: "127.0.0.1", port });
  const routes = [{ name: "all", to: [{ service: name }] }];
  const config = "/api/orchestration/gateway/config";
  await send("PUT", config, { routes });
  const { port: listener } = await send("GET", config);
  for (let tries = 0; tries < 50; tries += 1) {
    if ((await fetch(`http://127.0.0.1:${listener}/`)).ok) return listener;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("The registered upstream did not pass its check.");
}

interface Nginx {
  readonly port: number;
  readonly stop: () => void;
}

/** undefined where nginx is not installed. */
async function startNginx(upstreamPort: number): Promise<Nginx | undefined> {
  if (spawnSync("nginx", ["-v"]).error !== undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "bench-nginx-"));
  const port = await findPortBase();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${join(folder, kind)};`)
    .join(" ");
  const config = `worker_processes 1; daemon off; pid ${join(folder, "pid")}; error_log stderr;
    events { worker_connections 1024; }
    http {
      access_log off; keepalive_requests 10000000; ${temporary}
      upstream service { server 127.0.0.1:${upstreamPort}; keepalive 128; keepalive_requests 10000000; }
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_pass http://service;
        }
      }
    }`;
  const file = join(folder, "nginx.conf");
  writeFileSync(file, config);
  const child: ChildProcess = spawn("nginx", ["-c", file, "-p", folder], { stdio: "ignore" });
  const stop = () => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; tries < 50; tries += 1) {
    const answers = await fetch(`http://127.0.0.1:${port}/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) return { port, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  stop();
  throw new Error("nginx did not start.");
}

function summarize(
  rates: Readonly<Record<string, readonly number[]>>,
  failed: Readonly<Record<string, number>>,
): BenchResult {
  const ours = rates["gateway"] ?? [];
  const nginx = rates["nginx"];
  const ratios = nginx === undefined ? [] : ours.map((rate, round) => rate / (nginx[round] ?? 0));
  const failures = [
    ratios.length > 0 && median(ratios) < ratioMin
      ? `the gateway reaches ${median(ratios).toFixed(2)} of nginx, below ${ratioMin}`
      : "",
    (failed["gateway"] ?? 0) > 0 ? `${failed["gateway"]} requests through the gateway failed` : "",
  ].filter((failure) => failure !== "");
  return {
    peer: `nginx, one worker with kept connections, interleaved, ${rounds} rounds of ${secondsPerRound} s, ${connections} connections`,
    rows: [
      { measure: "gateway, a route to one service, requests/s", value: spread(ours) },
      { measure: "nginx, requests/s", value: nginx ? spread(nginx) : "skipped: not installed" },
      {
        measure: "ratio",
        value: ratios.length > 0 ? spread(ratios, 2) : "skipped",
        target: `>= ${ratioMin.toFixed(2)}`,
      },
      {
        measure: "the upstream itself, bare node:http, requests/s",
        value: spread(rates["upstream"] ?? []),
      },
    ],
    notes: [
      "Guard, route table, balancing, outlier detection and measures are in the gateway's figure.",
      "Load generator, upstream and proxy share the two cores.",
    ],
    failures,
  };
}
