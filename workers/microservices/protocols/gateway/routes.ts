/** `/services/{name}/*` on this thread's port: whatever a client sends, to an instance of the service. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { problem } from "../../errors.ts";
import { gatewayLimits } from "../../limits.ts";
import { checkRole } from "../../../service/guard.ts";
import { callerOf, offerUpgrade, refuseUpgrade } from "../../../service/http-server.ts";
import type { Gateway } from "./gateway.ts";
import { HttpReply } from "./http-reply.ts";
import { carriedOf, fromHttp1 } from "./routed.ts";
import { tunnelToService } from "./tunnel.ts";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
const reading = new Set(["GET", "HEAD", "OPTIONS"]);
const prefix = "/services/";

export async function addGatewayRoutes(app: FastifyInstance, gateway: Gateway): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    // Bodies pass as they come; the guard has seen to their type.
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null));
    const handler = (request: FastifyRequest, reply: FastifyReply) =>
      forward(gateway, request, reply);
    scope.route({ method: methods, url: "/services/:name", handler });
    scope.route({ method: methods, url: "/services/:name/*", handler });
  });
  offerUpgrade(app, `${prefix}*`, (request, socket, head) => {
    const refusal = checkRole("operator", callerOf(request));
    const [, , name = ""] = (request.url ?? "").split(/[/?]/);
    if (refusal !== undefined) refuseUpgrade(socket, refusal);
    else {
      const path = pathBehind(request.url ?? "", name);
      tunnelToService(gateway, fromHttp1(request), name, path, socket, head);
    }
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
  const { requestBytesMax } = gatewayLimits;
  if (Number(request.headers["content-length"] ?? 0) > requestBytesMax) {
    throw problem("REQUEST_TOO_LARGE", `It exceeds ${requestBytesMax} bytes.`);
  }
  const { name } = request.params as { name: string };
  const routed = fromHttp1(request.raw);
  const path = pathBehind(routed.target, encodeURIComponent(name));
  const carried = { ...carriedOf(routed, path), bodyBytesMax: requestBytesMax };
  reply.hijack();
  const answer = new HttpReply(reply.raw, true, undefined);
  const begun = gateway.forward(carried, name, answer);
  if (begun !== undefined) answer.serves(begun);
  return reply;
}

/** The instance's own path; a service's name is never part of it. */
function pathBehind(url: string, encodedName: string): string {
  const rest = url.slice(prefix.length + encodedName.length);
  return rest.startsWith("/") ? rest : `/${rest}`;
}
