/** Binding a port: a predecessor that is still letting go of it is waited for, a stranger is not. */
import type { FastifyInstance } from "fastify";
import { setTimeout as sleep } from "node:timers/promises";
import { StartError } from "./thread-failure.ts";

const attemptsMax = 10;
const delayMs = 20;

/** @throws StartError PORT_IN_USE, PORT_REFUSED, ADDRESS_UNKNOWN */
export async function listen(app: FastifyInstance, host: string, port: number): Promise<void> {
  await app.ready();
  for (let attempt = 1; ; attempt += 1) {
    try {
      await bind(app, host, port);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EADDRINUSE" && attempt < attemptsMax) await sleep(delayMs);
      else throw explain(code, host, port, error as Error);
    }
  }
}

function bind(app: FastifyInstance, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const { server } = app;
    const listening = () => {
      server.off("error", failed);
      resolve();
    };
    const failed = (error: Error) => {
      server.off("listening", listening);
      reject(error);
    };
    server.once("listening", listening).once("error", failed);
    server.listen({ host, port });
  });
}

function explain(code: string | undefined, host: string, port: number, error: Error): Error {
  if (code === "EADDRINUSE") {
    return new StartError(
      "PORT_IN_USE",
      `Port ${port} is already in use by another program. Stop that program, or choose other ports with --port-base N (or DEMO_PORT_BASE=N).`,
    );
  }
  if (code === "EACCES") {
    return new StartError(
      "PORT_REFUSED",
      `The system does not allow listening on port ${port}. Choose ports above 1023 with --port-base N.`,
    );
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return new StartError(
      "ADDRESS_UNKNOWN",
      `This machine has no address ${host}. Leave --host out, or name an address of this machine.`,
    );
  }
  return error;
}
