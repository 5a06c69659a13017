/**
 * Files that a chain can be begun with elsewhere, or here again: its genesis, its blocks as
 * go-ethereum exports them, and a genesis whose accounts are those of now.
 */
import { Readable } from "node:stream";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { checkRole } from "../../../service/guard.ts";
import { callerOf } from "../../../service/http-server.ts";
import type { Chain } from "../../node/chain.ts";
import { stateAsGenesis } from "../../node/state-file.ts";

/** Blocks that are read from the database together. */
const blocksAtOnce = 64;

export async function serveChainFiles(
  app: FastifyInstance,
  chain: () => Promise<Chain>,
): Promise<void> {
  const opened = (request: FastifyRequest) => {
    const refusal = checkRole("viewer", callerOf(request.raw));
    if (refusal !== undefined) throw refusal;
    return chain();
  };
  await app.register((scope, _options, done) => {
    scope.get("/api/blockchain/export/chain.rlp", async (request, reply) => {
      const blocks = Readable.from(blocksOf(await opened(request)));
      return reply
        .type("application/octet-stream")
        .header("content-disposition", `attachment; filename="chain.rlp"`)
        .send(blocks);
    });
    scope.get("/api/blockchain/export/genesis.json", async (request, reply) => {
      const { genesis } = await opened(request);
      return reply
        .type("application/json; charset=utf-8")
        .header("content-disposition", `attachment; filename="genesis.json"`)
        .send(JSON.stringify(genesis.content, null, 2));
    });
    scope.get("/api/blockchain/export/state.json", async (request, reply) => {
      const state = Readable.from(stateAsGenesis(await opened(request)));
      return reply
        .type("application/json; charset=utf-8")
        .header("content-disposition", `attachment; filename="state.json"`)
        .send(state);
    });
    done();
  });
}

/** From block 1 to the head that was newest at the beginning, RLP, one after the other. */
async function* blocksOf(chain: Chain): AsyncGenerator<Uint8Array> {
  const last = chain.height;
  for (let number = 1; number <= last; number += 1) {
    const row = chain.store.block(number);
    // Blocks that were reverted meanwhile end the file early: what is in it is a chain.
    if (row === undefined) return;
    yield row.rlp;
    if (number % blocksAtOnce === 0) await chain.pacer.pause();
  }
}
