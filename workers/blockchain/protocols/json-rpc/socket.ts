/** JSON-RPC over WebSocket, with subscriptions (go-ethereum's eth_subscribe). */
import type { FastifyInstance } from "fastify";
import { WebSocketServer, type WebSocket } from "ws";
import { z } from "zod";
import { checkRole } from "../../../service/guard.ts";
import { callerOf, offerUpgrade, refuseUpgrade } from "../../../service/http-server.ts";
import { problem } from "../../../service/errors.ts";
import { parseJsonBody } from "../../../service/json-body.ts";
import { httpLimits } from "../../../service/limits.ts";
import { rpcLimits } from "../../limits.ts";
import type { ChainFeed, Interest } from "./chain-feed.ts";
import { RpcError, rpcCodes } from "./errors.ts";
import { method, type RpcMethods } from "./method.ts";
import { failure, type Rpc } from "./methods.ts";
import { logFilter } from "./params.ts";
import { responseText } from "./response-text.ts";

export interface RpcService {
  readonly rpc: Rpc;
  readonly feed: ChainFeed;
  readonly pause: () => Promise<void>;
}

/** Codes of RFC 6455, section 7.4.1. */
const closeCodes = { goingAway: 1001, policy: 1008 } as const;
const closeWaitMs = 1_000;

export function serveSockets(
  app: FastifyInstance,
  service: () => Promise<RpcService>,
  onUnexpected: (error: unknown, method: string) => void,
): void {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: httpLimits.bodyBytesMax,
    perMessageDeflate: false,
  });
  offerUpgrade(app, "/", (request, socket, head) => {
    const refusal = checkRole("operator", callerOf(request));
    if (refusal !== undefined) return refuseUpgrade(socket, refusal);
    if (server.clients.size >= rpcLimits.socketsMax) {
      const text = `${server.clients.size} connections are open already.`;
      return refuseUpgrade(socket, problem("OVERLOADED", text));
    }
    server.handleUpgrade(request, socket, head, (client) => {
      new Connection(client, service, onUnexpected).begin();
    });
  });
  app.addHook("preClose", (done) => {
    for (const client of server.clients) {
      client.close(closeCodes.goingAway, "the server is stopping");
      setTimeout(() => client.terminate(), 100).unref();
    }
    done();
  });
}

const subscription = z.union([
  z.tuple([z.literal("newHeads")]).transform((): Interest => ({ kind: "heads" })),
  z
    .tuple([z.literal("logs"), logFilter.nullish()])
    .transform(([, query]): Interest => ({ kind: "logs", query: query ?? {} })),
  z
    .tuple([z.literal("newPendingTransactions"), z.boolean().nullish()])
    .transform(([, full]): Interest => ({ kind: "pending", full: full ?? false })),
  z.tuple([z.literal("syncing")]).transform(() => null),
]);

class Connection {
  readonly #client: WebSocket;
  readonly #service: () => Promise<RpcService>;
  readonly #onUnexpected: (error: unknown, method: string) => void;
  readonly #subscriptions = new Map<string, () => void>();
  #underWay = 0;
  #newest = 0;

  constructor(
    client: WebSocket,
    service: () => Promise<RpcService>,
    onUnexpected: (error: unknown, method: string) => void,
  ) {
    this.#client = client;
    this.#service = service;
    this.#onUnexpected = onUnexpected;
  }

  begin(): void {
    this.#client.on("message", (data: Buffer) => void this.#answer(data));
    this.#client.on("close", () => this.#end());
    // What is wrong with a connection ends it, and nobody has to be told.
    this.#client.on("error", () => this.#client.terminate());
  }

  async #answer(data: Buffer): Promise<void> {
    this.#underWay += 1;
    if (this.#underWay >= rpcLimits.socketRequestsMax) this.#client.pause();
    try {
      await this.#respond(data);
    } catch (error) {
      this.#onUnexpected(error, "WebSocket");
    }
    this.#underWay -= 1;
    if (this.#underWay < rpcLimits.socketRequestsMax && this.#client.isPaused) {
      this.#client.resume();
    }
  }

  async #respond(data: Buffer): Promise<void> {
    let body: unknown;
    try {
      body = parseJsonBody(data);
    } catch (error) {
      const text = `parse error: ${(error as Error).message}`;
      this.#send(JSON.stringify(failure(null, rpcCodes.parse, text)));
      return;
    }
    const { rpc, feed, pause } = await this.#service();
    // Told of what happens only after the name of the subscription is known.
    const late: (() => void)[] = [];
    const response = await rpc(body, this.#onUnexpected, this.#methods(feed, late));
    if (response !== undefined) this.#send(await responseText(response, pause));
    for (const begin of late) begin();
  }

  #methods(feed: ChainFeed, late: (() => void)[]): RpcMethods {
    return {
      eth_subscribe: method(subscription, (interest) => {
        if (this.#subscriptions.size >= rpcLimits.subscriptionsPerSocketMax) {
          throw new RpcError(
            rpcCodes.limitExceeded,
            `there are ${this.#subscriptions.size} subscriptions on this connection already`,
          );
        }
        this.#newest += 1;
        const name = `0x${this.#newest.toString(16)}`;
        const waiting: unknown[] = [];
        let isTold = false;
        const deliver = (event: unknown) => {
          if (isTold) this.#notify(name, event);
          else waiting.push(event);
        };
        this.#subscriptions.set(
          name,
          interest === null ? () => {} : feed.subscribe(interest, deliver),
        );
        late.push(() => {
          isTold = true;
          // A chain of its own has nobody to catch up with.
          if (interest === null) this.#notify(name, false);
          for (const event of waiting.splice(0)) this.#notify(name, event);
        });
        return name;
      }),
      eth_unsubscribe: method(z.tuple([z.string().max(66)]), ([name]) => {
        const stop = this.#subscriptions.get(name);
        if (stop === undefined) throw new RpcError(rpcCodes.server, "subscription not found");
        stop();
        return this.#subscriptions.delete(name);
      }),
    };
  }

  #notify(name: string, result: unknown): void {
    const params = { subscription: name, result };
    this.#send(JSON.stringify({ jsonrpc: "2.0", method: "eth_subscription", params }));
  }

  #send(text: string): void {
    if (this.#client.readyState !== this.#client.OPEN) return;
    this.#client.send(text);
    if (this.#client.bufferedAmount <= rpcLimits.socketBufferBytesMax) return;
    this.#end();
    this.#client.close(
      closeCodes.policy,
      `more than ${rpcLimits.socketBufferBytesMax} bytes wait to be read`,
    );
    // It may never read that either.
    setTimeout(() => this.#client.terminate(), closeWaitMs).unref();
  }

  #end(): void {
    for (const stop of this.#subscriptions.values()) stop();
    this.#subscriptions.clear();
  }
}
