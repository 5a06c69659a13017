/** A thread that runs containers, many of them beside each other. */
import { parentPort } from "node:worker_threads";
import { PodHost } from "./host/pod-host.ts";
import type { HostOrder, HostReport } from "./host-protocol.ts";

const port = parentPort;
if (port === null) throw new Error("Containers run in a thread of their own only.");
const report = (message: HostReport) => port.postMessage(message);
const host = new PodHost(report, () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
});
port.on("message", (order: HostOrder) => host.obey(order));
report({ kind: "ready" });
