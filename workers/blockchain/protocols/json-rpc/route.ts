/** POST / and WebSockets at / of the blockchain's port. Failures of JSON-RPC itself are answered in its own words. */
import type { FastifyInstance } from "fastify";
import { problemFrom } from "../../../service/errors.ts";
import { checkRole } from "../../../service/guard.ts";
import { callerOf } from "../../../service/http-server.ts";
import { rpcCodes } from "./errors.ts";
import type { RpcResponse } from "./methods.ts";
import { responseText } from "./response-text.ts";
import { type RpcService, serveSockets } from "./socket.ts";

export async function serveJsonRpc(
  app: FastifyInstance,
  service: () => Promise<RpcService>,
  onUnexpected: (error: unknown, method: string) => void,
): Promise<void> {
  serveSockets(app, service, onUnexpected);
  await app.register((scope, _options, done) => {
    scope.setErrorHandler((error, _request, reply) => {
      const { code, detail } = problemFrom(error);
      // What the guard and the limits refuse stays a problem document; only the text is JSON-RPC's.
      if (code !== "BODY_MALFORMED") throw error;
      const response: RpcResponse = {
        jsonrpc: "2.0",
        id: null,
        error: { code: rpcCodes.parse, message: `parse error: ${detail}` },
      };
      return reply.code(200).send(response);
    });
    scope.post("/", async (request, reply) => {
      const refusal = checkRole("operator", callerOf(request.raw));
      if (refusal !== undefined) throw refusal;
      const { rpc, pause } = await service();
      const response = await rpc(request.body, onUnexpected);
      if (response === undefined) return reply.code(204).send();
      const text = await responseText(response, pause);
      return reply.type("application/json; charset=utf-8").send(text);
    });
    done();
  });
}
