/**
 * What every subsystem thread is made of. A worker.ts calls `boot` with its part of the API; this
 * wires lifecycle, telemetry, calls to other threads and the HTTP port.
 */
import { performance } from "node:perf_hooks";
import { createORPCClient } from "@orpc/client";
import type { AnyContractRouter, ContractRouterClient } from "@orpc/contract";
import type { AnyRouter } from "@orpc/server";
import type { FastifyInstance } from "fastify";
import type { SubsystemId } from "./contract.ts";
import { problemFrom } from "./errors.ts";
import { openPort } from "./http-port.ts";
import type { Operation } from "./http-routes.ts";
import { bornWith, exposeThread, greet, type ThreadSetup } from "./lifecycle.ts";
import { Peers, type PeerCallContext } from "./peers.ts";
import { platformRouter } from "./platform-handlers.ts";
import { PlatformView } from "./platform-view.ts";
import { Logger } from "./telemetry/log.ts";
import { ThreadMetrics } from "./telemetry/metrics.ts";
import { Outbox, type TelemetryBatch } from "./telemetry/outbox.ts";
import { startTracing } from "./telemetry/tracing.ts";
import { StartError, throwFault } from "./thread-failure.ts";
import { reportVitals } from "./vitals.ts";

/** What a subsystem is given to work with. */
export interface SubsystemKit {
  readonly setup: ThreadSetup;
  readonly log: Logger;
  readonly metrics: ThreadMetrics;
  readonly platform: PlatformView;
  readonly peers: Peers;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  /** A clock that never goes back, for durations. */
  readonly monotonicMs: () => number;
  /** A typed client of another thread that survives its restarts. */
  readonly client: <T extends AnyContractRouter>(
    id: SubsystemId,
  ) => ContractRouterClient<T, PeerCallContext>;
}

export interface Subsystem {
  /** Handlers of this subsystem's contract. */
  readonly router: Readonly<Record<string, AnyRouter>>;
  /** Foreign protocols on this thread's own port; behind the guard, but they check roles themselves. */
  readonly routes?: (app: FastifyInstance) => void | Promise<void>;
  /** Where telemetry of this thread goes. */
  readonly ingest: (batch: TelemetryBatch) => Promise<unknown>;
  readonly close?: () => void | Promise<void>;
}

/** The whole API, as far as a thread needs it that computes but a part of the answers. */
export interface ServedApi {
  readonly operations: readonly Operation[];
  /** With all schemas: a key per subsystem, and `platform`, which any thread answers. */
  readonly contract: () => Promise<Readonly<Record<string, AnyContractRouter>>>;
}

export interface SubsystemDefinition {
  readonly api: ServedApi;
  readonly create: (kit: SubsystemKit) => Subsystem | Promise<Subsystem>;
}

/** A problem is an answer; anything else is a fault of ours, and its cause is kept here alone. */
export function logUnexpected(log: Logger, error: unknown, operation: string): void {
  if (problemFrom(error).code !== "INTERNAL") return;
  const cause = error instanceof Error ? (error.stack ?? error.message) : String(error);
  log.error(`${operation} failed: ${cause}`, { operation });
}

/** The thread's entry; a failure to start is told to the host, never only printed. */
export function boot(definition: SubsystemDefinition): void {
  start(definition).then(
    () => greet({ kind: "ready" }),
    (error: unknown) => {
      const known = error instanceof StartError;
      greet({
        kind: "start-failed",
        code: known ? error.code : "START_FAILED",
        message: known ? error.message : String((error as Error).stack ?? error),
      });
    },
  );
}

async function start({ api, create }: SubsystemDefinition): Promise<void> {
  const { setup, host } = bornWith();
  const now = () => Date.now();
  const monotonicMs = () => performance.now();
  const live: { app?: FastifyInstance; subsystem?: Subsystem } = {};

  const outbox = new Outbox(async (batch) => {
    if (live.subsystem === undefined) throw new Error("The thread is still starting.");
    await live.subsystem.ingest(batch);
  });
  startTracing(setup.id, (span) => outbox.addSpan(span), monotonicMs);
  const metrics = new ThreadMetrics(setup.id, setup.version);
  const log = new Logger(setup.id, (record) => outbox.addLog(record), now);
  const platform = new PlatformView();
  const peers = new Peers(setup.id, now, (id) => platform.expects(id));
  const vitals = reportVitals(setup.vitals, () => metrics.counts());
  metrics.onRequest(vitals.progress);

  exposeThread({
    connect: (...ports) => peers.connect(...ports),
    platformChanged: (state, events) => platform.update(state, events),
    checkIn: vitals.beat,
    fault: throwFault,
    async drain() {
      await live.app?.close();
      await outbox.flush();
      await live.subsystem?.close?.();
      peers.close();
      vitals.stop();
    },
  });

  const kit: SubsystemKit = {
    setup,
    log,
    metrics,
    platform,
    peers,
    now,
    monotonicMs,
    client: (id) => createORPCClient(peers.linkTo(id)),
  };
  live.subsystem = await create(kit);
  const platformHandlers = platformRouter(setup, host, platform, now);
  peers.serve(
    { ...live.subsystem.router, platform: platformHandlers },
    {
      onCall: vitals.progress,
      onError: (error, name) => logUnexpected(log, error, `${setup.id}.${name}`),
    },
  );
  const local = { platform: platformHandlers, [setup.id]: live.subsystem.router };
  const app = await openPort(kit, api, local, live.subsystem.routes, (action) =>
    outbox.addAction(action),
  );
  if (app !== undefined) live.app = app;
}
