/** The running platform, the same under Electron and headless. */
import { randomBytes, randomUUID } from "node:crypto";
import { subsystems, type PlatformState, type SubsystemId } from "../workers/service/contract.ts";
import type { ThreadAction } from "../workers/service/lifecycle.ts";
import { portTable, type PortTable } from "../workers/service/ports.ts";
import { claimHome, type Home } from "./home.ts";
import { rendererFolder, workerEntry } from "./locations.ts";
import type { Options } from "./options.ts";
import { ProcessVitals } from "./process-vitals.ts";
import { Supervisor } from "./supervisor.ts";
import { version } from "./version.ts";

export { StartupError } from "./startup-error.ts";

export interface Platform {
  readonly options: Options;
  /** The bearer token of this launch. */
  readonly token: string;
  state(): PlatformState;
  /** Calls the listener on every change, at least once a second; returns the unsubscriber. */
  subscribe(listener: (state: PlatformState) => void): () => void;
  control(id: SubsystemId, action: ThreadAction): Promise<void>;
  /** Where a person opens a thread's pages; with a one-time code when sign-in is required. */
  entrance(id: SubsystemId): string | null;
  stop(): Promise<void>;
}

type Host = PlatformState["host"];

/** @throws StartupError with one sentence that says what to do */
export async function startPlatform(options: Options, host: Host): Promise<Platform> {
  const token = randomBytes(32).toString("base64url");
  const ports = portTable(options.portBase);
  const home = claimHomeUnlessEphemeral(options, ports, token);
  const identity = {
    version,
    instanceId: randomUUID(),
    host,
    auth: options.auth,
    ephemeral: options.ephemeral,
    home: options.ephemeral ? null : options.home,
    startedAt: Date.now(),
  };
  const vitals = new ProcessVitals();
  let readyAfterMs: number | null = null;

  const supervisor = new Supervisor({
    threads: subsystems
      .filter(({ id }) => options.only.includes(id))
      .map(({ id, title }) => ({
        title,
        url: urlOf(options.host, ports[id]),
        entry: workerEntry(id),
        setup: {
          id,
          instanceId: identity.instanceId,
          version,
          host: options.host,
          ports,
          auth: options.auth,
          allowedOrigins: options.allowOrigin,
          token,
          home: identity.home,
          desktop: host === "electron",
          rendererFolder,
          ledger: {
            validators: options.validators,
            consensus: options.consensus,
            genesis: options.genesis,
            import: options.import,
          },
        },
      })),
    describe: (threads) => ({
      ...identity,
      readyAfterMs,
      process: vitals.snapshot(),
      at: Date.now(),
      threads,
    }),
    onTick: () => vitals.sample(),
    onLog: ({ at, thread, level, message }) => {
      // A failed start is told once, by whoever called it.
      if (level === "info" || readyAfterMs === null) return;
      console.error(`${new Date(at).toISOString()} ${level} ${thread}: ${message}`);
    },
  });

  try {
    await supervisor.start();
  } catch (error) {
    home?.release();
    throw error;
  }
  readyAfterMs = performance.now();

  let stopping: Promise<void> | undefined;
  return {
    options,
    token,
    state: () => supervisor.state(),
    subscribe: (listener) => supervisor.subscribe(listener),
    control: async (id, action) => {
      await supervisor.control(id, action);
    },
    entrance: (id) => {
      const thread = supervisor.threads.find((each) => each.id === id);
      if (thread === undefined || thread.config.url === null) return null;
      const code = thread.signInCode;
      return code === null ? thread.config.url : `${thread.config.url}/#code=${code}`;
    },
    stop: () => (stopping ??= supervisor.stop().finally(() => home?.release())),
  };
}

function claimHomeUnlessEphemeral(
  options: Options,
  ports: PortTable,
  token: string,
): Home | undefined {
  if (options.ephemeral) return undefined;
  const url = urlOf(options.host, ports.gateway) ?? "";
  return claimHome(options.home, { pid: process.pid, url }, token);
}

/** Loopback is called by its name; a wildcard address is reachable there too. */
function urlOf(host: string, port: number | null): string | null {
  if (port === null) return null;
  const local = ["127.0.0.1", "::1", "0.0.0.0", "::", "localhost"].includes(host);
  const name = local ? "localhost" : host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
