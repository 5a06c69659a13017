/** The whole API, the metrics, the documentation and the pages on one thread's port. */
import { createORPCClient } from "@orpc/client";
import { createRouterClient, type AnyRouter } from "@orpc/server";
import type { FastifyInstance } from "fastify";
import { logUnexpected, type ServedApi, type Subsystem, type SubsystemKit } from "./boot.ts";
import { subsystems, type SubsystemId } from "./contract.ts";
import { problemFrom } from "./errors.ts";
import { checkRole } from "./guard.ts";
import { addOperations, type HandlerContext, type Invoke } from "./http-routes.ts";
import { callerOf, createHttpServer, guardPolicy } from "./http-server.ts";
import { httpLimits } from "./limits.ts";
import { listen } from "./listen.ts";
import type { PeerCallContext } from "./peers.ts";
import type { ActionRecord } from "./records.ts";
import { serveRenderer } from "./static-site.ts";

/** @returns undefined for a subsystem without a port of its own. */
export async function openPort(
  kit: SubsystemKit,
  api: ServedApi,
  local: Readonly<Record<string, AnyRouter>>,
  routes?: Subsystem["routes"],
  onAction?: (action: ActionRecord) => void,
): Promise<FastifyInstance | undefined> {
  const { setup } = kit;
  const port = setup.ports[setup.id];
  if (port === null) return undefined;

  const app = createHttpServer(guardPolicy(setup, port), kit.metrics);
  const invoke = invokerOf(kit, local);
  addOperations(app, api.operations, {
    invoke,
    now: kit.monotonicMs,
    onError: (error, { name }) => logUnexpected(kit.log, error, name),
    onAction: ({ operation, caller, error, traceId }) => {
      const code = error === undefined ? null : problemFrom(error).code;
      const isRefused = code === "ROLE_TOO_LOW" || code === "SIGN_IN_REQUIRED";
      onAction?.({
        at: kit.now(),
        subsystem: setup.id,
        operation: operation.name,
        method: operation.method,
        route: operation.url,
        role: caller.role,
        authenticated: caller.authenticated,
        outcome: code === null ? "ok" : isRefused ? "refused" : "failed",
        code,
        traceId,
      });
    },
  });
  addDocuments(app, kit, api);
  await routes?.(app);
  await serveRenderer(app, setup.rendererFolder, setup.id);
  await listen(app, setup.host, port);
  return app;
}

type AnyClient = (input: unknown, options: object) => Promise<unknown>;

/** Calls the handlers of this thread directly and those of others over their message ports. */
function invokerOf(kit: SubsystemKit, local: Readonly<Record<string, AnyRouter>>): Invoke {
  const here = new Map<string, AnyClient>();
  const away = new Map<string, object>();
  for (const [key, router] of Object.entries(local)) {
    const client = createRouterClient(router as Record<string, never>, {
      context: (context: HandlerContext) => context,
    });
    collect(client, key, local[key] as object, here);
  }
  for (const { id } of subsystems) {
    if (!(id in local)) away.set(id, createORPCClient<never>(kit.peers.linkTo(id)));
  }
  return async (path, input, { context, signal, idempotent }) => {
    const direct = here.get(path.join("."));
    if (direct !== undefined) return direct(input, { context, signal });
    const [id, ...rest] = path;
    const remote = rest.reduce<unknown>(
      (client, step) => (client as Record<string, unknown>)[step],
      away.get(id as SubsystemId),
    ) as AnyClient;
    const options: PeerCallContext = idempotent
      ? { idempotent }
      : { timeoutMs: httpLimits.handlerTimeoutMs };
    return remote(input, { context: options, signal });
  };
}

/** Resolves each procedure's client once, so that a request does not walk the tree. */
function collect(
  client: unknown,
  name: string,
  router: object,
  into: Map<string, AnyClient>,
): void {
  if ("~orpc" in router) {
    into.set(name, client as AnyClient);
    return;
  }
  for (const [key, child] of Object.entries(router)) {
    collect((client as Record<string, unknown>)[key], `${name}.${key}`, child as object, into);
  }
}

function addDocuments(app: FastifyInstance, kit: SubsystemKit, api: ServedApi): void {
  const requireViewer = (request: { raw: Parameters<typeof callerOf>[0] }) => {
    const refusal = checkRole("viewer", callerOf(request.raw));
    if (refusal !== undefined) throw refusal;
  };
  app.get("/metrics", async (request, reply) => {
    requireViewer(request);
    return reply
      .type("text/plain; version=0.0.4; charset=utf-8")
      .send(await kit.metrics.prometheusText());
  });
  let document: Promise<string> | undefined;
  app.get("/openapi.json", async (request, reply) => {
    requireViewer(request);
    // Loaded at first use: the generator is needed rarely and costs start-up time.
    document ??= import("./openapi.ts").then(async ({ openApiDocument }) =>
      JSON.stringify(await openApiDocument(await api.contract(), kit.setup.version)),
    );
    return reply.type("application/json; charset=utf-8").send(await document);
  });
}
