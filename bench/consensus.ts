/**
 * The live Raft group beside etcd: commits a second in memory and durable, through the group's own
 * API and over HTTP, and how long nobody leads after the leader is gone.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import autocannon from "autocannon";
import { startPlatformProcess, type PlatformProcess } from "../e2e/platform-process.ts";
import { ConsensusGroup } from "../workers/consensus/live/group.ts";
import { RaftRun } from "../workers/consensus/raft-run.ts";
import { defaultRun } from "../workers/consensus/run-options.ts";
import type { RaftRecord } from "../workers/consensus/raft/types.ts";
import { openJournals } from "../workers/integration/handlers/consensus-group.ts";
import type { Journals } from "../workers/service/journals.ts";
import { etcdVersion, startEtcd } from "./etcd.ts";
import { type BenchResult, type BenchRow, median, spread } from "./result.ts";

const clients = 256;
const secondsPerRound = 4;
const rounds = 3;
const failovers = 15;
const simulatedRounds = 7;
const batchLength = 100;
const batchConnections = 16;
const command = "x".repeat(100);
/** In memory on Linux, so that etcd has no disk to wait for either. */
const memoryFolder = "/dev/shm";

const memoryPerSecondMin = 30_000;
const durablePerSecondMin = 5_000;
const failoverMsMax = 300;
const simulationRatioMin = 1_000;

interface Measured {
  readonly label: string;
  readonly values: readonly number[];
  readonly digits?: number;
  readonly target?: { readonly text: string; readonly isMet: (median: number) => boolean };
}

const atLeast = (count: number) => ({
  text: `>= ${count.toLocaleString("en")}`,
  isMet: (value: number) => value >= count,
});

export async function benchConsensus(): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), "demo-bench-"));
  mkdirSync(folder, { recursive: true });
  try {
    const version = etcdVersion();
    const measured = [
      simulated(),
      ...(await groupAlone(folder)),
      ...(await overHttp(folder, version !== undefined)),
      ...(await afterLossOfLeader(version !== undefined)),
    ];
    return {
      peer:
        version === undefined
          ? "none, since etcd is not installed (apt-get install etcd-server)"
          : `etcd ${version}, three members on loopback, through its JSON gateway, same load generator and clients`,
      rows: measured.map(rowOf),
      notes: [
        `Commands of ${command.length} bytes, ${clients} clients that wait for each answer, ${rounds} rounds of ${secondsPerRound} s; batches of ${batchLength} from ${batchConnections} connections.`,
        `In memory, etcd keeps its files in ${memoryFolder}. The load generator shares the cores with what it measures; the group's three nodes share one thread, etcd's members are three processes.`,
        `The simulated run is the default one: five servers, three clients, invariants checked after every event.`,
      ],
      failures: measured
        .filter(({ target, values }) => target !== undefined && !target.isMet(median(values)))
        .map(({ label, target }) => `${label} should be ${target?.text}`),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function rowOf({ label, values, digits = 0, target }: Measured): BenchRow {
  const row = { measure: label, value: spread(values, digits) };
  return target === undefined ? row : { ...row, target: target.text };
}

/** A group in this process, without any transport. */
async function groupAlone(folder: string): Promise<readonly Measured[]> {
  const memory = await withGroup(null, closedLoop);
  const journals = openJournals(folder, Date.now());
  const durable = await withGroup(journals, closedLoop);
  await journals.close();
  return [
    {
      label: "group API, in memory, commits/s",
      values: memory,
      target: atLeast(memoryPerSecondMin),
    },
    {
      label: "group API, durable, commits/s",
      values: durable,
      target: atLeast(durablePerSecondMin),
    },
  ];
}

async function withGroup<Result>(
  journals: Journals<RaftRecord> | null,
  use: (group: ConsensusGroup) => Promise<Result>,
): Promise<Result> {
  const group = new ConsensusGroup({
    seed: 1,
    nodes: 3,
    clock: {
      monotonicMs: () => performance.now(),
      wake(delayMs, run) {
        const timer = setTimeout(run, delayMs);
        return () => clearTimeout(timer);
      },
    },
    now: Date.now,
    storage: { kind: journals === null ? "memory" : "sqlite", detail: "bench" },
    ...(journals === null ? {} : { mirror: (id) => journals.mirror(id) }),
  });
  group.start();
  try {
    await group.propose("warm-up", { timeoutMs: 5_000 });
    return await use(group);
  } finally {
    group.stop();
  }
}

/** Commits a second in each round; the first round only warms up. */
async function closedLoop(group: ConsensusGroup): Promise<readonly number[]> {
  const rates: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    let committed = 0;
    const began = performance.now();
    const end = began + secondsPerRound * 1_000;
    const client = async () => {
      while (performance.now() < end) {
        await group.propose(command, { timeoutMs: 10_000 });
        committed += 1;
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    if (round > 0) rates.push(committed / ((performance.now() - began) / 1_000));
  }
  return rates;
}

interface Endpoint {
  readonly url: string;
  readonly body: object;
  readonly connections: number;
  /** Commands of one request. */
  readonly commands: number;
}

async function overHttp(folder: string, hasPeer: boolean): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for (const kind of ["in memory", "durable"] as const) {
    const isDurable = kind === "durable";
    const platform = await startPlatformProcess(
      isDurable ? [`--home=${join(folder, "home")}`] : ["--ephemeral"],
    );
    const etcd = hasPeer ? await startEtcd(isDurable ? folder : memoryFolder) : null;
    try {
      const single = await load([
        singleOf(platform),
        ...(etcd === null ? [] : [putOf(await etcd.leaderUrl())]),
      ]);
      const [batch = []] = await load([batchOf(platform)]);
      measured.push(
        { label: `HTTP, one command a request, ${kind}, commits/s`, values: single[0] ?? [] },
        {
          label: `HTTP, batches of ${batchLength}, ${kind}, commits/s`,
          values: batch,
          target: atLeast(isDurable ? durablePerSecondMin : memoryPerSecondMin),
        },
      );
      if (single[1] === undefined) continue;
      const ratios = single[1].map((rate, round) => (single[0]?.[round] ?? 0) / rate);
      measured.push(
        { label: `etcd over HTTP, one put a request, ${kind}, commits/s`, values: single[1] },
        { label: `ratio, one command a request, ${kind}`, values: ratios, digits: 1 },
      );
    } finally {
      await etcd?.stop();
      await platform.stop();
    }
  }
  return measured;
}

function singleOf(platform: PlatformProcess): Endpoint {
  const url = platform.url("/api/consensus/propose", 7);
  return { url, body: { command }, connections: clients, commands: 1 };
}

function batchOf(platform: PlatformProcess): Endpoint {
  const url = platform.url("/api/consensus/propose-batch", 7);
  const commands = Array.from({ length: batchLength }, () => command);
  return { url, body: { commands }, connections: batchConnections, commands: batchLength };
}

function putOf(leader: string): Endpoint {
  const key = Buffer.from("bench").toString("base64");
  const value = Buffer.from(command).toString("base64");
  return { url: `${leader}/v3/kv/put`, body: { key, value }, connections: clients, commands: 1 };
}

/** Of each endpoint the commits a second in each round, interleaved. */
async function load(endpoints: readonly Endpoint[]): Promise<readonly (readonly number[])[]> {
  const rates: number[][] = endpoints.map(() => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [place, { url, body, connections, commands }] of endpoints.entries()) {
      const result = await autocannon({
        url,
        connections,
        duration: round === 0 ? 2 : secondsPerRound,
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      const failed = result.errors + result.timeouts + result.non2xx;
      if (failed > 0)
        throw new Error(`${failed} of ${result.requests.total} requests to ${url} failed`);
      if (round > 0) rates[place]?.push((result["2xx"] * commands) / result.duration);
    }
  }
  return rates;
}

/** From the loss of the leader to the next command agreed on, as a client sees it. */
async function afterLossOfLeader(hasPeer: boolean): Promise<readonly Measured[]> {
  const ours = await withGroup(null, async (group) => {
    const times: number[] = [];
    for (let turn = 0; turn < failovers; turn++) {
      const leader = group.leader() ?? 1;
      const began = performance.now();
      group.crash(leader);
      await group.propose(command, { timeoutMs: 10_000 });
      times.push(performance.now() - began);
      group.heal();
      // Time for the crashed node to catch up, so that each turn begins with a whole group.
      await sleep(400);
    }
    return times;
  });
  const measured: Measured[] = [
    {
      label: "loss of the leader to the next commit, ms",
      values: ours,
      target: {
        text: `every one < ${failoverMsMax}`,
        isMet: () => Math.max(...ours) < failoverMsMax,
      },
    },
  ];
  if (hasPeer) {
    measured.push({
      label: "the same in etcd with its defaults, ms",
      values: [await etcdFailover()],
    });
  }
  return measured;
}

async function etcdFailover(): Promise<number> {
  const etcd = await startEtcd(memoryFolder);
  try {
    const others = await etcd.killLeader();
    const began = performance.now();
    for (;;) {
      for (const url of others) {
        const { body } = putOf(url);
        const answer = await fetch(`${url}/v3/kv/put`, {
          method: "POST",
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(200),
        }).catch(() => null);
        if (answer?.ok === true) return performance.now() - began;
      }
    }
  } finally {
    await etcd.stop();
  }
}

/** How much faster than real time a five-node group with clients is simulated. */
function simulated(): Measured {
  const virtualMs = 60_000;
  const ratios: number[] = [];
  for (let round = 0; round < 2 * simulatedRounds; round++) {
    const options = { ...defaultRun, seed: round + 1, operationsPerClient: Infinity };
    const run = new RaftRun({ ...options, safetyMs: virtualMs });
    const began = performance.now();
    run.simulation.runUntil(virtualMs);
    // The first half warms up.
    if (round >= simulatedRounds) ratios.push(virtualMs / (performance.now() - began));
  }
  return {
    label: "five simulated nodes with clients, times real time",
    values: ratios,
    target: atLeast(simulationRatioMin),
  };
}
