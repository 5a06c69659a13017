/** `/services/{name}/*` on this thread's port: whatever a client sends, to an instance of the service. */
import type { IncomingMessage } from "node:http";
import { Transform } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { outside } from "../../core/traffic.ts";
import { problem } from "../../errors.ts";
import { gatewayLimits } from "../../limits.ts";
import { checkRole } from "../../../service/guard.ts";
import { callerOf } from "../../../service/http-server.ts";
import type { Gateway } from "./gateway.ts";
import { answerHeaders } from "./headers.ts";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const reading = new Set(["GET", "HEAD", "OPTIONS"]);
const prefix = "/services/";

export async function addGatewayRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // Bodies pass as they are; the guard has seen to their type.
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) =>
      done(null, body),
    );
    const handler = (request: FastifyRequest, reply: FastifyReply) =>
      forward(gateway, request, reply);
    const bodyLimit = gatewayLimits.requestBytesMax;
    scope.route({ method: methods, url: "/services/:name", bodyLimit, handler });
    scope.route({ method: methods, url: "/services/:name/*", bodyLimit, handler });
  });
}

async function forward(
  gateway: Gateway,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const refusal = checkRole(
    reading.has(request.method) ? "viewer" : "operator",
    callerOf(request.raw),
  );
  if (refusal !== undefined) throw refusal;
  const { name } = request.params as { name: string };
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort(new Error("The client went away."));
  });
  const { body } = request;
  const answer = await gateway.send({
    from: outside,
    service: name,
    method: request.method,
    path: pathBehind(request.raw.url ?? "", name),
    headers: { ...request.headers, "x-forwarded-host": request.headers.host },
    body: Buffer.isBuffer(body) ? body : undefined,
    signal: gone.signal,
  });
  reply.code(answer.status).headers({
    ...answerHeaders(answer.headers),
    "x-upstream-instance": answer.instance,
    "x-upstream-attempts": String(answer.attempts),
  });
  return reply.send(answer.body.pipe(bounded(answer.body)));
}

/** The instance's own path; a service's name is never part of it. */
function pathBehind(url: string, name: string): string {
  const rest = url.slice(prefix.length + encodeURIComponent(name).length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** Ends an answer that grows too large or breaks off, so that no client takes it for whole. */
function bounded(source: IncomingMessage): Transform {
  let size = 0;
  const sink = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      size += chunk.length;
      if (size <= gatewayLimits.responseBytesMax) done(null, chunk);
      else
        done(problem("UPSTREAM_TOO_LARGE", `It exceeds ${gatewayLimits.responseBytesMax} bytes.`));
    },
  });
  source.once("error", (error) => sink.destroy(error));
  sink.once("close", () => source.destroy());
  return sink;
}
