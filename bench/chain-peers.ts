/** The chains that developers use today, from npm, in a folder of their own. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { arch, platform, tmpdir } from "node:os";
import { join } from "node:path";

const folder = join(tmpdir(), "demo-chain-peers");
const packages = ["@foundry-rs/anvil@1.7.1", "hardhat@3.18.0"];
const anvilSystems: Readonly<Record<string, string>> = {
  "linux x64": "linux-amd64",
  "linux arm64": "linux-arm64",
  "darwin x64": "darwin-amd64",
  "darwin arm64": "darwin-arm64",
  "win32 x64": "win32-amd64",
};

export interface PeerChain {
  readonly title: string;
  readonly url: string;
  readonly process: ChildProcess;
}

/** @throws Error when npm cannot install them */
export function installPeers(): void {
  if (existsSync(join(folder, "node_modules", "hardhat"))) return;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), `{"private":true,"type":"module"}`);
  writeFileSync(join(folder, "hardhat.config.js"), "export default {};\n");
  const { status, stderr } = spawnSync(
    "npm",
    ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...packages],
    { cwd: folder, encoding: "utf8", shell: platform() === "win32" },
  );
  if (status !== 0) throw new Error(`the peers cannot be installed: ${stderr}`);
}

/** Both with their defaults: a block as soon as a transaction comes, everything in memory. */
export async function startPeers(firstPort: number): Promise<readonly PeerChain[]> {
  const modules = join(folder, "node_modules");
  const system = anvilSystems[`${platform()} ${arch()}`] ?? "linux-amd64";
  const anvil = join(modules, "@foundry-rs", `anvil-${system}`, "bin", "anvil");
  const hardhat = join(modules, "hardhat", "dist", "src", "cli.js");
  const chains: PeerChain[] = [
    {
      title: "anvil 1.7.1",
      url: `http://127.0.0.1:${firstPort}`,
      process: spawn(anvil, ["--silent", "--port", String(firstPort)], { stdio: "ignore" }),
    },
    {
      title: "Hardhat 3.18.0",
      url: `http://127.0.0.1:${firstPort + 1}`,
      process: spawn(
        process.execPath,
        [hardhat, "node", "--hostname", "127.0.0.1", "--port", String(firstPort + 1)],
        { cwd: folder, stdio: "ignore" },
      ),
    },
  ];
  for (const { url } of chains) await answering(url);
  return chains;
}

async function answering(url: string): Promise<void> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] });
  const headers = { "content-type": "application/json" };
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const answer = await fetch(url, { method: "POST", headers, body }).catch(() => null);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer`);
}
