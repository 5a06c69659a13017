import { once } from "node:events";
import { createServer } from "node:net";
import { subsystems } from "../workers/service/contract.ts";

const attemptsMax = 50;
const firstPort = 20_000;
// Below the range from which Linux takes the ports of outgoing connections.
const lastPort = 32_000;

/** A port base under which every subsystem's port is free at this moment. */
export async function findPortBase(): Promise<number> {
  for (let attempt = 0; attempt < attemptsMax; attempt++) {
    const base = firstPort + Math.floor(Math.random() * (lastPort - firstPort));
    const free = await Promise.all(subsystemPorts(base).map(isPortFree));
    if (free.every(Boolean)) return base;
  }
  throw new Error(`No free ports found between ${firstPort} and ${lastPort}`);
}

export function subsystemPorts(base: number): number[] {
  return subsystems.flatMap(({ portOffset }) => (portOffset === null ? [] : [base + portOffset]));
}

export async function isPortFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
