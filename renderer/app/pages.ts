/** Every page, once: routes, navigation, commands and titles are made from this table. */
import type { SubsystemId } from "../../workers/service/contract.ts";
import { learningPages } from "./learning-pages.ts";

export interface Page {
  readonly path: string;
  readonly title: string;
  readonly group: string;
  /** Whose health the mark in the navigation shows: one thread, all of them, the one that serves. */
  readonly health: SubsystemId | "all" | "serving" | null;
  /** The letter or digit after `g` that opens the page. */
  readonly letter: string;
  readonly summary: string;
}

export const pages = [
  {
    path: "/",
    title: "System",
    group: "Overview",
    health: "all",
    letter: "o",
    summary: "Verdict over the platform, live readings and the map of its threads",
  },
  {
    path: "/components",
    title: "Components",
    group: "Overview",
    health: "all",
    letter: "c",
    summary: "Health of each thread, its actions and experiments",
  },
  {
    path: "/tests",
    title: "Distributed tests",
    group: "Overview",
    health: "integration",
    letter: "t",
    summary: "One request across every component, with consensus on its outcome",
  },
  {
    path: "/edge",
    title: "Edge",
    group: "Systems",
    health: "edge",
    letter: "e",
    summary: "Edge nodes on the map, routing, inference, resources and caches",
  },
  {
    path: "/microservices",
    title: "Microservices",
    group: "Systems",
    health: "microservices",
    letter: "m",
    summary: "Registry, deployments, pods, gateway routes, mesh and orchestration",
  },
  {
    path: "/blockchain",
    title: "Blockchain",
    group: "Systems",
    health: "blockchain",
    letter: "b",
    summary: "Blocks, transactions and accounts of the EVM chain, and transfers on it",
  },
  {
    path: "/quantum",
    title: "Quantum search",
    group: "Systems",
    health: "quantum",
    letter: "q",
    summary: "Grover search over a list on a simulated state vector",
  },
  {
    path: "/consensus",
    title: "Consensus",
    group: "Systems",
    health: "integration",
    letter: "k",
    summary: "Roles, terms, votes and logs of the live Raft group, with faults to inject",
  },
  {
    path: "/analytics",
    title: "Analytics",
    group: "Systems",
    health: "analytics",
    letter: "y",
    summary: "Live series, what is unusual in them, and what comes next",
  },
  {
    path: "/cluster",
    title: "Cluster",
    group: "Cluster",
    health: "microservices",
    letter: "1",
    summary: "What is wrong in the cluster and where, capacity, zones, warnings",
  },
  {
    path: "/cluster/workloads",
    title: "Workloads",
    group: "Cluster",
    health: "microservices",
    letter: "2",
    summary: "Deployments and their kin: state, scale, restart, rollout, YAML",
  },
  {
    path: "/cluster/pods",
    title: "Pods",
    group: "Cluster",
    health: "microservices",
    letter: "3",
    summary: "Every pod, live, with logs, events, YAML and shell",
  },
  {
    path: "/cluster/nodes",
    title: "Nodes",
    group: "Cluster",
    health: "microservices",
    letter: "4",
    summary: "Nodes with zones, requests and usage; cordon and drain",
  },
  {
    path: "/cluster/events",
    title: "Cluster events",
    group: "Cluster",
    health: "microservices",
    letter: "5",
    summary: "What the controllers, kubelets and the scheduler say",
  },
  {
    path: "/cluster/registry",
    title: "Service registry",
    group: "Cluster",
    health: "microservices",
    letter: "[",
    summary: "Services and instances, their checks, tags and DNS names; register and resolve",
  },
  {
    path: "/cluster/gateway",
    title: "API gateway",
    group: "Cluster",
    health: "microservices",
    letter: "]",
    summary: "Routes and how they are balanced, live; configuration, its versions, and trials",
  },
  {
    path: "/cluster/topology",
    title: "Mesh topology",
    group: "Cluster",
    health: "microservices",
    letter: "6",
    summary: "Who calls whom, with traffic, errors and latency, and their replay",
  },
  {
    path: "/cluster/chaos",
    title: "Chaos",
    group: "Cluster",
    health: "microservices",
    letter: "7",
    summary: "Kill pods, nodes and zones; slow, fail and cut off traffic",
  },
  {
    path: "/blockchain/blocks",
    title: "Explorer",
    group: "Blockchain",
    health: "blockchain",
    letter: "z",
    summary: "Blocks, transactions and addresses of the chain, each with a page of its own",
  },
  {
    path: "/blockchain/validators",
    title: "Validators",
    group: "Blockchain",
    health: "blockchain",
    letter: "v",
    summary: "Who leads and who lags; crash, partition and heal, and watch no transaction be lost",
  },
  {
    path: "/blockchain/mempool",
    title: "Mempool and gas",
    group: "Blockchain",
    health: "blockchain",
    letter: "p",
    summary: "What waits for a block, what the next one costs, and when blocks are made",
  },
  {
    path: "/blockchain/wallets",
    title: "Wallets",
    group: "Blockchain",
    health: "blockchain",
    letter: "h",
    summary: "Keys of your own under one passphrase: send, sign, derive, import and export",
  },
  {
    path: "/blockchain/connect",
    title: "Connect",
    group: "Blockchain",
    health: "blockchain",
    letter: "j",
    summary: "Lines for MetaMask, viem, ethers, Hardhat, Foundry and curl, and a faucet",
  },
  ...learningPages,
  {
    path: "/playgrounds/consensus",
    title: "Consensus playground",
    group: "Playgrounds",
    health: null,
    letter: "u",
    summary: "Break a simulated cluster: crash, partition, step back in time, write an algorithm",
  },
  {
    path: "/playgrounds/quantum",
    title: "Quantum circuits",
    group: "Playgrounds",
    health: null,
    letter: "i",
    summary:
      "Build a circuit, watch its state at every step, sweep angles, add noise, read OpenQASM",
  },
  {
    path: "/playgrounds/error-correction",
    title: "Error correction",
    group: "Playgrounds",
    health: "quantum",
    letter: "x",
    summary: "Click errors onto a quantum code, watch the decoder answer, find the threshold",
  },
  {
    path: "/blockchain/contracts",
    title: "Contracts workshop",
    group: "Playgrounds",
    health: "blockchain",
    letter: "d",
    summary: "Write, compile, deploy, call, test and debug Solidity, with gas by line",
  },
  {
    path: "/traces",
    title: "Traces",
    group: "Observe",
    health: "integration",
    letter: "w",
    summary: "Each request across the threads as a waterfall of spans",
  },
  {
    path: "/logs",
    title: "Logs",
    group: "Observe",
    health: "integration",
    letter: "l",
    summary: "Records of all threads, followed live",
  },
  {
    path: "/alerts",
    title: "Alerts",
    group: "Observe",
    health: "analytics",
    letter: "n",
    summary: "What needs attention, since when, and what to do about it",
  },
  {
    path: "/audit",
    title: "Audit",
    group: "Secure",
    health: "integration",
    letter: "f",
    summary: "What operators did, verified against the roots on the ledger",
  },
  {
    path: "/console",
    title: "API console",
    group: "Build",
    health: "serving",
    letter: "a",
    summary: "Send requests to every endpoint",
  },
  {
    path: "/docs",
    title: "API reference",
    group: "Build",
    health: "serving",
    letter: "r",
    summary: "Parameters and schemas of every endpoint",
  },
  {
    path: "/settings",
    title: "Settings",
    group: "Build",
    health: null,
    letter: "s",
    summary: "Theme, density, time format, live updates",
  },
] as const satisfies readonly Page[];

/** Keys that open a page: its number in the navigation, or `g` and its letter. */
export function pageKeys(page: Page): string[] {
  const number = pages.findIndex(({ path }) => path === page.path) + 1;
  return [String(number), `g ${page.letter}`];
}

interface Detail {
  /** Before the name of the one thing. */
  readonly prefix: string;
  readonly page: (typeof pages)[number]["path"];
  readonly noun: string;
}

/** Pages that are no entry of the navigation, under the one that is. */
const details: readonly Detail[] = [
  { prefix: "/blockchain/blocks/", page: "/blockchain/blocks", noun: "Block" },
  { prefix: "/blockchain/transactions/", page: "/blockchain/blocks", noun: "Transaction" },
  { prefix: "/blockchain/addresses/", page: "/blockchain/blocks", noun: "Address" },
  { prefix: "/blockchain/tokens/", page: "/blockchain/blocks", noun: "Token" },
  { prefix: "/cluster/rollouts/", page: "/cluster/workloads", noun: "Rollout" },
];
const nameLengthMax = 20;

/** The page of the table that an address belongs to. */
export function pageAt(pathname: string): Page | null {
  const path = detailAt(pathname)?.page ?? pathname;
  return pages.find((page) => page.path === path) ?? null;
}

export function documentTitle(pathname: string): string {
  return `${titleAt(pathname)} · @DEMO control center`;
}

function titleAt(pathname: string): string {
  const detail = detailAt(pathname);
  const name = detail === undefined ? "" : pathname.slice(detail.prefix.length);
  if (detail !== undefined && name !== "") {
    return `${detail.noun} ${name.length > nameLengthMax ? `${name.slice(0, nameLengthMax)}…` : name}`;
  }
  return pageAt(pathname)?.title ?? "Page not found";
}

/** The list of such things is the prefix without its slash. */
function detailAt(pathname: string): Detail | undefined {
  return details.find(({ prefix }) => pathname.startsWith(prefix) || `${pathname}/` === prefix);
}
