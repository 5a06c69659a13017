/** The ledger with three validators, in memory and on disk, beside the chains of anvil and Hardhat. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPlatformProcess } from "../e2e/platform-process.ts";
import { ChainClient, type ChainFigures, concurrentTransfers } from "./chain-client.ts";
import { installPeers, startPeers } from "./chain-peers.ts";
import { median, spread, type BenchResult, type BenchRow } from "./result.ts";

const rounds = 3;
const peersPort = 4_330;
const only = "--only=blockchain,integration";

const targets = {
  memory: { concurrent: 2_000, sequential: 700, calls: 6_000 },
  disk: { concurrent: 1_200 },
};

export async function benchChain(): Promise<BenchResult> {
  installPeers();
  const home = mkdtempSync(join(tmpdir(), "demo-bench-chain-"));
  const memory = await startPlatformProcess(["--ephemeral", only]);
  const disk = await startPlatformProcess([`--home=${home}`, only]);
  const peers = await startPeers(peersPort);
  const chains = [
    { title: "three validators, in memory", url: memory.url("", 6) },
    { title: "three validators, on disk", url: disk.url("", 6) },
    ...peers,
  ];
  const results = new Map(chains.map(({ title }) => [title, [] as ChainFigures[]]));
  const lost: string[] = [];
  try {
    // Interleaved, so that all meet the same noise; the first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      for (const { title, url } of chains) {
        const client = new ChainClient(url);
        try {
          const figures = await client.measure(round);
          if (round > 0) results.get(title)?.push(figures);
          if (figures.mined < concurrentTransfers) {
            lost.push(
              `${title}: ${figures.mined} of ${concurrentTransfers} mined in round ${round}`,
            );
          }
        } catch (error) {
          lost.push(`${title}: ${(error as Error).message} in round ${round}`);
        } finally {
          client.close();
        }
      }
    }
  } finally {
    for (const { process } of peers) process.kill();
    await memory.stop();
    await disk.stop();
    rmSync(home, { recursive: true, force: true });
  }
  return summarize(results, lost);
}

const measures = [
  { key: "concurrent", text: "transfers of 8 senders at once, all mined, per second" },
  { key: "sequential", text: "transfers of one sender, sent to receipt, per second" },
  { key: "calls", text: "eth_call with 16 in flight, per second" },
] as const;

function summarize(
  results: ReadonlyMap<string, readonly ChainFigures[]>,
  lost: readonly string[],
): BenchResult {
  const rows: BenchRow[] = [];
  const failures: string[] = [];
  for (const [title, figures] of results) {
    if (figures.length === 0) continue;
    const wanted = title.includes("memory")
      ? targets.memory
      : title.includes("disk")
        ? targets.disk
        : {};
    for (const { key, text } of measures) {
      const values = figures.map((each) => each[key]);
      const least = (wanted as Readonly<Record<string, number>>)[key];
      rows.push({
        measure: `${title}: ${text}`,
        value: spread(values),
        ...(least !== undefined && { target: `≥ ${least.toLocaleString("en")}` }),
      });
      if (least !== undefined && median(values) < least) {
        failures.push(`${title}: ${text}: ${median(values).toFixed(0)}, not ${least}`);
      }
    }
  }
  return {
    peer: "anvil 1.7.1 and Hardhat 3.18.0 from npm, same client, interleaved",
    rows,
    notes: [`${rounds} rounds of each after one to warm up; medians with the range.`, ...lost],
    failures,
  };
}
