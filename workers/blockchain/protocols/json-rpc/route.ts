/** POST / of the blockchain's port. Failures of JSON-RPC itself are answered in its own words. */
import type { FastifyInstance } from "fastify";
import { problemFrom } from "../../../service/errors.ts";
import { checkRole } from "../../../service/guard.ts";
import { callerOf } from "../../../service/http-server.ts";
import { rpcCodes } from "./errors.ts";
import type { Rpc, RpcResponse } from "./methods.ts";

export async function serveJsonRpc(
  app: FastifyInstance,
  rpc: () => Promise<Rpc>,
  onUnexpected: (error: unknown, method: string) => void,
): Promise<void> {
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
      const answer = await rpc();
      const response = await answer(request.body, onUnexpected);
      if (response === undefined) return reply.code(204).send();
      return reply.type("application/json; charset=utf-8").send(JSON.stringify(response));
    });
    done();
  });
}
