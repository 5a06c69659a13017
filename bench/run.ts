/** `npm run bench -- NAME`: runs one benchmark beside its peer and records the result. */
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { toolPath } from "../main/launch/tool-path.ts";
import { benchAnomalies } from "./anomalies.ts";
import { benchChain } from "./chain.ts";
import { benchCluster } from "./cluster.ts";
import { benchClusterScreens } from "./cluster-screens.ts";
import { benchCompute } from "./compute.ts";
import { benchConsensus } from "./consensus.ts";
import { benchDistributedTraining } from "./distributed-training.ts";
import { benchErrorCorrection } from "./error-correction.ts";
import { benchForecasts } from "./forecasts.ts";
import { benchGateway } from "./gateway.ts";
import { benchHttp } from "./http.ts";
import { benchMesh } from "./mesh.ts";
import { benchQuantum } from "./quantum.ts";
import { benchReplica } from "./replica.ts";
import { benchRestart } from "./restart.ts";
import type { BenchResult } from "./result.ts";

const benches: Readonly<Record<string, () => Promise<BenchResult>>> = {
  anomalies: benchAnomalies,
  chain: benchChain,
  cluster: benchCluster,
  "cluster-screens": benchClusterScreens,
  compute: benchCompute,
  consensus: benchConsensus,
  "distributed-training": benchDistributedTraining,
  "error-correction": benchErrorCorrection,
  forecasts: benchForecasts,
  gateway: benchGateway,
  http: benchHttp,
  mesh: benchMesh,
  quantum: benchQuantum,
  replica: benchReplica,
  restart: benchRestart,
};

const resultsFile = join(import.meta.dirname, "RESULTS.md");

const name = process.argv[2];
const bench = name === undefined ? undefined : benches[name];
if (bench === undefined || name === undefined) {
  console.error(
    `Usage: npm run bench -- NAME, where NAME is one of ${Object.keys(benches).join(", ")}.`,
  );
  process.exit(2);
}
const result = await bench();
const section = render(name, result);
console.log(section);
record(name, section);
process.exit(result.failures.length === 0 ? 0 : 1);

function render(title: string, { peer, rows, notes, failures }: BenchResult): string {
  const [cpu] = cpus();
  return [
    `## ${title}`,
    "",
    `${new Date().toISOString().slice(0, 10)}, \`npm run bench -- ${title}\`, Node ${process.version}, ` +
      `${availableParallelism()} cores (${cpu?.model.trim() ?? "unknown"}). Peer: ${peer}.`,
    "",
    "| measure | value | target |",
    "|---|---|---|",
    ...rows.map(({ measure, value, target }) => `| ${measure} | ${value} | ${target ?? ""} |`),
    "",
    ...notes.map((note) => `- ${note}`),
    ...failures.map((failure) => `- **Missed:** ${failure}`),
    "",
  ].join("\n");
}

/** Replaces the bench's own section, so that the file holds the newest result of each. */
function record(title: string, text: string): void {
  if (!existsSync(resultsFile)) {
    writeFileSync(resultsFile, "# Benchmark results\n\nTimings are noisy: read the ratios.\n");
  }
  const kept = readFileSync(resultsFile, "utf8")
    .split(/^(?=## )/m)
    .filter((part) => !part.startsWith(`## ${title}\n`))
    .join("");
  writeFileSync(resultsFile, `${kept.trimEnd()}\n\n`);
  appendFileSync(resultsFile, text);
  const root = join(import.meta.dirname, "..");
  spawnSync(process.execPath, [toolPath(root, "oxfmt", "oxfmt"), "--write", resultsFile]);
}
