/** Three members of etcd on loopback, where Debian's etcd-server is installed. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const clientPorts = [24_701, 24_702, 24_703] as const;
const peerPortOffset = 100;
const startWithinMs = 15_000;

export interface EtcdCluster {
  readonly version: string;
  /** Where clients reach the leader. */
  leaderUrl(): Promise<string>;
  /** Ends the leader as `kill -9` does, and returns where clients reach the others. */
  killLeader(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

/** "3.4.23"; undefined where etcd is not installed. */
export function etcdVersion(): string | undefined {
  const { stdout } = spawnSync("etcd", ["--version"], { encoding: "utf8" });
  return /etcd Version: (\S+)/.exec(stdout ?? "")?.[1];
}

/** Starts three members that keep their data below this folder. */
export async function startEtcd(folder: string): Promise<EtcdCluster> {
  const version = etcdVersion();
  if (version === undefined) throw new Error("etcd is not installed: apt-get install etcd-server");
  const data = mkdtempSync(join(folder, "etcd-"));
  const urls = clientPorts.map((port) => `http://127.0.0.1:${port}`);
  const peers = clientPorts.map((port) => `http://127.0.0.1:${port + peerPortOffset}`);
  const members = urls.map((url, place) =>
    startMember(data, { url, peer: peers[place]!, peers, name: `n${place + 1}` }),
  );
  const stop = async () => {
    for (const member of members) await end(member, "SIGTERM");
    rmSync(data, { recursive: true, force: true });
  };
  const leaderUrl = async () => {
    const deadline = Date.now() + startWithinMs;
    while (Date.now() < deadline) {
      for (const url of urls) if (await leads(url)) return url;
      await sleep(50);
    }
    await stop();
    throw new Error(`etcd had no leader within ${startWithinMs} ms`);
  };
  await leaderUrl();
  return {
    version,
    leaderUrl,
    async killLeader() {
      const url = await leaderUrl();
      await end(members[urls.indexOf(url)]!, "SIGKILL");
      return urls.filter((other) => other !== url);
    },
    stop,
  };
}

interface MemberOptions {
  readonly name: string;
  readonly url: string;
  readonly peer: string;
  readonly peers: readonly string[];
}

function startMember(data: string, { name, url, peer, peers }: MemberOptions): ChildProcess {
  const initial = peers.map((address, place) => `n${place + 1}=${address}`).join(",");
  const flags = {
    name,
    "data-dir": join(data, name),
    "listen-client-urls": url,
    "advertise-client-urls": url,
    "listen-peer-urls": peer,
    "initial-advertise-peer-urls": peer,
    "initial-cluster": initial,
    "log-level": "error",
  };
  const argv = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  return spawn("etcd", argv, { stdio: "ignore" });
}

async function end(member: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (member.exitCode !== null || member.signalCode !== null) return;
  const ended = once(member, "exit");
  member.kill(signal);
  await ended;
}

/** Asks through the JSON gateway: a member knows who leads, and who it is. */
async function leads(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/v3/maintenance/status`, { method: "POST", body: "{}" });
    const status = (await answer.json()) as { leader?: string; header?: { member_id?: string } };
    return status.leader !== undefined && status.leader === status.header?.member_id;
  } catch {
    // Not up yet, or not any more.
    return false;
  }
}
