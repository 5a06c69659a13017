/** The cluster in the running app: how soon it answers, what it costs, and how much it holds. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { type PlatformProcess, startPlatformProcess } from "../e2e/platform-process.ts";
import { kubectls } from "../workers/microservices/protocols/kubernetes/testing/kubectl.ts";
import { median, spread, type BenchRow } from "./result.ts";

const flags = ["--ephemeral", "--only=microservices,integration"];
const rounds = 3;
const idleMs = 20_000;
const giveUpMs = 120_000;
const simulated = { nodes: 1_000, pods: 10_000 };
const realPods = 500;
const targets = {
  firstAnswerMs: 700,
  idlePercent: 2,
  memoryMegabytes: 400,
  listMs: 600,
};
const run = promisify(execFile);

interface Figures {
  readonly rows: BenchRow[];
  readonly failures: string[];
}

export async function benchClusterApp(): Promise<Figures> {
  const figures: Figures = { rows: [], failures: [] };
  await firstAnswer(figures);
  let platform = await startPlatformProcess(flags);
  try {
    await idle(platform, figures, "idle, no pods, CPU of the process, %");
    await manySimulated(platform, figures);
    await idle(platform, figures, "idle, 10,000 simulated pods, CPU of the process, %");
  } finally {
    await platform.stop();
  }
  platform = await startPlatformProcess(flags);
  try {
    await manyReal(platform, figures);
  } finally {
    await platform.stop();
  }
  return figures;
}

function note(figures: Figures, measure: string, values: readonly number[], most?: number): void {
  const digits = median(values) < 10 ? 1 : 0;
  const value = values.length === 1 ? values[0]!.toFixed(digits) : spread(values, digits);
  figures.rows.push({ measure, value, ...(most !== undefined && { target: `<= ${most}` }) });
  if (most !== undefined && median(values) > most) {
    figures.failures.push(`${measure} should be <= ${most}`);
  }
}

/** From the start of the process to its first answer. */
async function firstAnswer(figures: Figures): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    let answered = Promise.resolve(Number.NaN);
    const platform = await startPlatformProcess(flags, (portBase) => {
      answered = untilAnswered(`http://127.0.0.1:${portBase + 5}/api/v1/nodes`);
    });
    times.push(await answered);
    await platform.stop();
  }
  note(figures, "start of the process to the first API answer, ms", times, targets.firstAnswerMs);
}

async function untilAnswered(address: string): Promise<number> {
  const began = performance.now();
  while (performance.now() - began < giveUpMs) {
    const answer = await fetch(address).catch(() => null);
    if (answer?.ok === true) return performance.now() - began;
    await sleep(2);
  }
  throw new Error(`${address} did not answer in time.`);
}

async function idle(platform: PlatformProcess, figures: Figures, measure: string): Promise<void> {
  // What starting costs is over.
  await sleep(5_000);
  const before = cpuMsOf(platform);
  const began = performance.now();
  await sleep(idleMs);
  const percent = (100 * (cpuMsOf(platform) - before)) / (performance.now() - began);
  note(figures, measure, [percent], targets.idlePercent);
}

async function manySimulated(platform: PlatformProcess, figures: Figures): Promise<void> {
  const before = residentMegabytes(platform);
  const began = performance.now();
  const { nodes, pods } = simulated;
  await post(platform, "/api/cluster/pools", { name: "sim", count: nodes, cpu: "32" });
  const selector = { "demo.dev/runtime": "simulated" };
  const deployment = deploymentOf("many", pods, "registry.example/app:1", selector);
  await post(platform, "/apis/apps/v1/namespaces/default/deployments", deployment);
  await untilReady(platform, "many", pods);
  const seconds = (performance.now() - began) / 1_000;
  note(figures, "1,000 nodes and a Deployment of 10,000 simulated pods, until ready, s", [seconds]);
  await sleep(10_000);
  const megabytes = residentMegabytes(platform) - before;
  const memory = "the same, resident memory beyond that of none, MB";
  note(figures, memory, [megabytes], targets.memoryMegabytes);
  const [kubectl] = kubectls().slice(-1);
  if (kubectl === undefined) return;
  const home = mkdtempSync(join(tmpdir(), "kubectl-"));
  writeFileSync(join(home, "config"), "");
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const from = performance.now();
    const { stdout } = await run(
      kubectl.path,
      ["--server", platform.url("", 5), "get", "pods", "-A"],
      {
        env: { ...process.env, HOME: home, KUBECONFIG: join(home, "config") },
        maxBuffer: 64 * 2 ** 20,
      },
    );
    // The first one reads what the server has, and keeps it.
    if (round > 0) times.push(performance.now() - from);
    const lines = stdout.trimEnd().split("\n").length - 1;
    if (lines !== pods) figures.failures.push(`kubectl showed ${lines} of ${pods} pods`);
  }
  rmSync(home, { recursive: true, force: true });
  note(figures, `${kubectl.name} get pods -A of 10,000, ms`, times, targets.listMs);
}

async function manyReal(platform: PlatformProcess, figures: Figures): Promise<void> {
  const before = residentMegabytes(platform);
  const began = performance.now();
  const deployment = deploymentOf("real", realPods, "nginx:1", { "demo.dev/runtime": "real" });
  await post(platform, "/apis/apps/v1/namespaces/default/deployments", deployment);
  await untilReady(platform, "real", realPods);
  note(figures, "500 real pods of nginx until ready, s", [(performance.now() - began) / 1_000]);
  const { pods } = (await get(platform, "/api/pods?deployment=real")) as {
    pods: { port: number | null }[];
  };
  const from = performance.now();
  const answers = await Promise.all(
    pods.map(async ({ port }) => {
      const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
      const text = await answer?.text();
      return text?.includes("Welcome to nginx!") === true;
    }),
  );
  const answered = answers.filter(Boolean).length;
  note(figures, "all of them asked at once until all answered, ms", [performance.now() - from]);
  figures.rows.push({
    measure: "of them answered",
    value: String(answered),
    target: String(realPods),
  });
  if (answered !== realPods) figures.failures.push(`${answered} of ${realPods} pods answered`);
  note(figures, "the same, resident memory beyond that of none, MB", [
    residentMegabytes(platform) - before,
  ]);
}

function deploymentOf(
  name: string,
  replicas: number,
  image: string,
  nodeSelector: Readonly<Record<string, string>>,
) {
  const ports = [{ containerPort: 80 }];
  const labels = { app: name };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { nodeSelector, containers: [{ name: "main", image, ports }] },
      },
    },
  };
}

async function untilReady(platform: PlatformProcess, name: string, replicas: number) {
  const path = `/apis/apps/v1/namespaces/default/deployments/${name}`;
  const deadline = performance.now() + giveUpMs;
  while (performance.now() < deadline) {
    const { status } = (await get(platform, path)) as { status?: { readyReplicas?: number } };
    if (status?.readyReplicas === replicas) return;
    await sleep(50);
  }
  throw new Error(`${name} did not have ${replicas} ready pods in time.`);
}

async function get(platform: PlatformProcess, path: string): Promise<unknown> {
  const answer = await fetch(platform.url(path, 5));
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}

async function post(platform: PlatformProcess, path: string, body: object): Promise<void> {
  const answer = await fetch(platform.url(path, 5), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Linux alone tells these of another process. */
function residentMegabytes({ child }: PlatformProcess): number {
  const text = readFileSync(`/proc/${child.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1]) / 1_024;
}

/** In ticks of a hundredth of a second. */
function cpuMsOf({ child }: PlatformProcess): number {
  const text = readFileSync(`/proc/${child.pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
