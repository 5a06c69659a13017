/** The Kubernetes API: from a guarded HTTP request to an answer. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { User } from "../../core/rbac/authorizer.ts";
import { ApiError, apiErrors } from "../../core/store/api-error.ts";
import type { ObjectStore } from "../../core/store/object-store.ts";
import { kubernetesApiLimits as limits } from "../../limits.ts";
import type { Role } from "../../../service/contract.ts";
import { checkRole } from "../../../service/guard.ts";
import { callerOf } from "../../../service/http-server.ts";
import { type Answer, jsonAnswer, send, statusOf } from "./answer.ts";
import { mediaTypeOf, parseObject } from "./body.ts";
import type { ApiContext } from "./context.ts";
import { Definitions } from "./custom/definitions.ts";
import {
  aggregated,
  aggregatedAsked,
  aggregatedType,
  coreVersions,
  groupList,
  oneGroup,
  resourceList,
  serverVersion,
} from "./discovery.ts";
import { healthAnswer } from "./health.ts";
import { allowImpersonated, impersonated, verbOf } from "./impersonation.ts";
import { kubernetesMachinery, type Machinery } from "./machinery.ts";
import { OpenApiDocuments, openApiV2 } from "./openapi.ts";
import { apiRequest, queryOf, resourcePath, segmentsOf } from "./request.ts";
import { handleResource } from "./resource.ts";
import { ServedTable } from "./served.ts";
import { offerStreams, type StreamServer } from "./streams/server.ts";
import type { PodStreams } from "./streams/pod-streams.ts";
import type { ResourceMetrics } from "./subresources/metrics.ts";
import { virtualAt } from "./subresources/virtual.ts";
import { WatchHub } from "./watch.ts";

export interface KubernetesApiOptions {
  readonly store: ObjectStore;
  readonly machinery?: Machinery;
  readonly streams: PodStreams;
  readonly metrics: () => ResourceMetrics | null;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly monotonicMs: () => number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Told of faults of the server's own. */
  readonly onUnexpected: (error: unknown, operation: string) => void;
}

export interface KubernetesApi {
  /** Mounts the routes; the app is behind the guard. */
  readonly routes: (app: FastifyInstance) => Promise<void>;
  readonly close: () => void;
}

const methods = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
const reading = new Set(["GET", "HEAD"]);
const notAllowed = "the server does not allow this method on the requested resource";

export function createKubernetesApi(options: KubernetesApiOptions): KubernetesApi {
  const { store, streams, metrics, now, monotonicMs, random, onUnexpected } = options;
  const served = new ServedTable(store);
  const watches = new WatchHub(store);
  const definitions = new Definitions(store, served, watches, (act) => {
    setImmediate(() => {
      try {
        act();
      } catch (error) {
        onUnexpected(error, "custom resources");
      }
    });
  });
  const context: ApiContext = {
    store,
    machinery: options.machinery ?? kubernetesMachinery,
    served,
    watches,
    streams,
    metrics,
    now,
    monotonicMs,
    random,
  };
  const server = new Server(context, onUnexpected);
  let streamServer: StreamServer | undefined;
  return {
    async routes(app) {
      streamServer = offerStreams(app, context, onUnexpected);
      await app.register(async (scope) => server.mount(scope));
      app.addHook("preClose", (done) => {
        watches.close();
        streamServer?.close();
        done();
      });
    },
    close() {
      watches.close();
      definitions.close();
      streamServer?.close();
    },
  };
}

/** What a route answers with. */
type Handler = (
  request: FastifyRequest,
  role: Role,
  raw: ServerResponse,
) => Answer | Promise<Answer>;

class Server {
  readonly #context: ApiContext;
  readonly #documents: OpenApiDocuments;
  readonly #onUnexpected: (error: unknown, operation: string) => void;

  constructor(context: ApiContext, onUnexpected: (error: unknown, operation: string) => void) {
    this.#context = context;
    this.#documents = new OpenApiDocuments(context);
    this.#onUnexpected = onUnexpected;
  }

  mount(scope: FastifyInstance): void {
    const { served } = this.#context;
    scope.removeAllContentTypeParsers();
    // Bodies are read by the kind of request they belong to.
    scope.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) =>
      done(null, body),
    );
    scope.setErrorHandler((error, request, reply) => this.#refuse(error, request, reply));
    const get = (url: string, handler: Handler): void => {
      scope.get(url, { bodyLimit: limits.bodyBytesMax }, (request, reply) =>
        this.#answer(request, reply, handler),
      );
    };
    get("/version", () => jsonAnswer(serverVersion));
    for (const name of ["healthz", "readyz", "livez"]) {
      get(`/${name}`, ({ raw }) => healthAnswer(name, queryOf(raw.url ?? "")));
    }
    for (const [path, isCore] of [
      ["/api", true],
      ["/apis", false],
    ] as const) {
      const answer: Handler = ({ raw }) => {
        const version = aggregatedAsked(raw.headers.accept);
        if (version === null) {
          return jsonAnswer(isCore ? coreVersions(raw.headers.host ?? "") : groupList(served));
        }
        const text = JSON.stringify(aggregated(served, version, isCore));
        return { status: 200, type: aggregatedType(version), text };
      };
      get(path, answer);
      get(`${path}/`, answer);
    }
    get("/openapi/v3", async () => jsonAnswer(await this.#documents.index()));
    get("/openapi/v3/*", ({ raw }) => this.#openApi(raw));
    get("/openapi/v2", ({ raw }) => openApiV2(raw.headers.accept));
    const handler: Handler = (request, role, raw) => this.#resource(request, role, raw);
    for (const url of ["/api/v1", "/api/v1/*", "/apis/*"]) {
      scope.route({
        method: [...methods],
        url,
        bodyLimit: limits.bodyBytesMax,
        handler: (request, reply) => this.#answer(request, reply, handler),
      });
    }
  }

  async #answer(
    request: FastifyRequest,
    reply: FastifyReply,
    handler: Handler,
  ): Promise<FastifyReply> {
    const caller = callerOf(request.raw);
    const refusal = checkRole(reading.has(request.method) ? "viewer" : "operator", caller);
    // A caller without any role is told how to sign in; others in the API's own words.
    if (refusal !== undefined && caller.role === null) {
      throw new ApiError(401, "Unauthorized", "Unauthorized");
    }
    const isReview = request.url.includes("reviews") && request.method === "POST";
    if (refusal !== undefined && !isReview) {
      throw new ApiError(403, "Forbidden", `the role ${caller.role} may only read`);
    }
    const answer = await handler(request, caller.role ?? "viewer", reply.raw);
    if (answer === "taken") return reply.hijack();
    return send(reply, answer, request.headers["accept-encoding"]);
  }

  async #openApi({ url = "" }: IncomingMessage): Promise<Answer> {
    const segments = segmentsOf(url.split("?")[0]!).slice(2);
    const [first, second, third, ...rest] = segments;
    if (rest.length > 0 || second === undefined) throw apiErrors.pathNotFound();
    const isCore = first === "api" && third === undefined;
    if (!isCore && (first !== "apis" || third === undefined)) throw apiErrors.pathNotFound();
    const text = await (isCore
      ? this.#documents.text("", second)
      : this.#documents.text(second, third!));
    return { status: 200, type: "application/json", text };
  }

  #resource(
    request: FastifyRequest,
    role: Role,
    response: ServerResponse,
  ): Answer | Promise<Answer> {
    const { raw } = request;
    const { served } = this.#context;
    const segments = segmentsOf((raw.url ?? "").split("?")[0]!);
    const isCore = segments[0] === "api";
    const [group = "", version, ...rest] = isCore ? ["", ...segments.slice(1)] : segments.slice(1);
    if (rest.length === 0) {
      if (raw.method !== "GET") throw apiErrors.methodNotAllowed(notAllowed);
      return jsonAnswer(
        version === undefined ? oneGroup(served, group) : resourceList(served, group, version),
      );
    }
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const user = impersonated(raw);
    const found = virtualAt(group, version!, rest);
    if (found !== null) return this.#virtual(found, raw, body, role, user);
    const path = resourcePath(served, group, version!, rest);
    if (user !== null) {
      const { namespace = "", name = "", subresource = "" } = path;
      const { plural: resource } = path.served.kind;
      const verb = verbOf(raw, name);
      const asked = { verb, group, resource, subresource, namespace, name, path: null };
      allowImpersonated(this.#context.store, user, asked);
    }
    const asked = apiRequest(path, raw, body, role, this.#context.now());
    const answer = handleResource(this.#context, asked, response);
    if (asked.warnings.length > 0 && !response.headersSent) {
      response.setHeader("warning", asked.warnings.map(warningText));
    }
    return answer;
  }

  #virtual(
    { virtual, asked }: NonNullable<ReturnType<typeof virtualAt>>,
    raw: IncomingMessage,
    body: Buffer,
    role: Role,
    user: User | null,
  ): Answer {
    const { store } = this.#context;
    const { namespace } = asked;
    const isSelf = virtual.kind.startsWith("Self");
    if (user !== null && !isSelf) {
      const { group, plural: resource } = virtual;
      const name = asked.name ?? "";
      const what = { group, resource, subresource: "", namespace: namespace ?? "", name };
      allowImpersonated(store, user, { ...what, verb: verbOf(raw, name), path: null });
    }
    if (virtual.read !== undefined && raw.method === "GET") {
      const query = queryOf(raw.url ?? "");
      return jsonAnswer(virtual.read(this.#context, { ...asked, query }));
    }
    if (virtual.review === undefined || raw.method !== "POST" || asked.name !== undefined) {
      throw apiErrors.methodNotAllowed(notAllowed);
    }
    const type = mediaTypeOf(raw.headers["content-type"]);
    const object = parseObject(body, type, this.#context.machinery);
    object["kind"] = virtual.kind;
    object["apiVersion"] = `${virtual.group}/${virtual.version}`;
    object["metadata"] ??= {};
    return jsonAnswer(virtual.review(object, { store, role, user, namespace }), 201);
  }

  #refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const status = statusOf(fromFastify(error));
    if (status.code === 500) {
      this.#onUnexpected(error, `${request.method} ${request.url.split("?")[0]}`);
    }
    if (status.code === 429) reply.header("retry-after", "1");
    reply
      .code(status.code)
      .type("application/json")
      .send(`${JSON.stringify(status)}\n`);
  }
}

/** RFC 9111 section 5.5 had it; the API server still sends it, and kubectl prints it. */
function warningText(text: string): string {
  const clean = text.replaceAll(/[\r\n]+/g, " ").replaceAll(/[^\x20-\x7e]/g, "?");
  return `299 - "${clean.replaceAll(/["\\]/g, (mark) => `\\${mark}`)}"`;
}

function fromFastify(error: unknown): unknown {
  const { code } = error as { code?: string };
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    return apiErrors.tooLarge(`Request entity too large: limit is ${limits.bodyBytesMax}`);
  }
  return error;
}
