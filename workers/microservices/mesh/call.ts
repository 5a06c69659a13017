/** One call over the mesh, from the caller's side: rules of traffic, the connection, the edge's signals. */
import { Readable } from "node:stream";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { context, SpanKind, SpanStatusCode, trace, type Span } from "@opentelemetry/api";
import { startSpan } from "../../service/telemetry/span.ts";
import type { ErrorClass } from "../core/mesh/edge-metrics.ts";
import { workloadOf, type MeshPod } from "../core/mesh/pod.ts";
import { spiffeId } from "../core/mesh/spiffe-id.ts";
import type { Subset, TrafficDecision } from "../core/mesh/traffic-rules.ts";
import { meshProblem } from "./errors.ts";
import { exchange } from "./exchange.ts";
import { endToEnd, headerOf, refusalHeader, traceHeaders, traceOf } from "./headers.ts";
import type { NodeMesh } from "./mesh.ts";
import type { MeshEndpoint, PeerPool } from "./peer-pool.ts";

export interface ServicePort {
  readonly namespace: string;
  readonly name: string;
  /** Of the service. */
  readonly port: number;
}

export type MeshBody = Readable | Uint8Array | string | null;

export interface MeshRequest {
  readonly method: string;
  /** With the query, beginning with a slash. */
  readonly path: string;
  /** Raw names and values in turn. */
  readonly headers: readonly string[];
  readonly body?: MeshBody;
  /** The protocol that the connection should become, such as websocket. */
  readonly upgrade?: string;
  readonly signal?: AbortSignal;
  /** A copy is not copied again. */
  readonly isMirror?: boolean;
}

export interface MeshAnswer {
  readonly status: number;
  /** Raw names and values in turn. */
  readonly headers: readonly string[];
  /** Read it, or destroy it: the connection is kept until then. Empty after an upgrade. */
  readonly body: Readable;
  /** Null where the mesh answered itself. */
  readonly endpoint: MeshEndpoint | null;
  /** After 101: the connection is the caller's now, and so is what was read of it. */
  readonly tunnel: { readonly socket: Duplex; readonly rest: Buffer } | null;
}

const tracer = trace.getTracer("mesh");

export class MeshCall {
  readonly #mesh: NodeMesh;
  readonly #source: MeshPod;
  readonly #service: ServicePort;
  readonly #request: MeshRequest;
  readonly #signal: AbortSignal | null;
  readonly #startedAt = performance.now();
  readonly #answer = Promise.withResolvers<MeshAnswer>();
  /** Of the edge; until a pod is chosen the service's name stands for its workload. */
  #destination: string;

  constructor(mesh: NodeMesh, source: MeshPod, service: ServicePort, request: MeshRequest) {
    this.#mesh = mesh;
    this.#source = source;
    this.#service = service;
    this.#request = request;
    this.#signal = request.signal ?? null;
    this.#destination = `${service.namespace}/${service.name}`;
  }

  answer(): Promise<MeshAnswer> {
    const { namespace, name } = this.#service;
    const attributes = {
      "http.request.method": this.#request.method,
      "url.path": this.#request.path,
      "mesh.service": `${namespace}/${name}`,
      "mesh.source.principal": spiffeId(this.#source),
      "mesh.source.workload": this.#source.workload,
      ...(this.#request.isMirror === true ? { "mesh.mirror": true } : {}),
    };
    const kind = SpanKind.CLIENT;
    const start = { name: `mesh to ${name}`, kind, parent: context.active(), attributes };
    // The span lasts until the exchange has ended; who calls has the answer's head before.
    startSpan(tracer, start, (span) => this.#run(span)).catch((error: unknown) =>
      this.#answer.reject(error),
    );
    return this.#answer.promise;
  }

  async #run(span: Span): Promise<void> {
    try {
      this.#signal?.throwIfAborted();
      await this.#exchange(span);
    } catch (error) {
      const { code = "", message } = error as Error & { code?: string };
      span.setStatus({ code: SpanStatusCode.ERROR, message });
      this.#count(this.#signal?.aborted === true ? "cancelled" : (classOf[code] ?? "connection"));
      throw error;
    }
  }

  async #exchange(span: Span): Promise<void> {
    const mesh = this.#mesh;
    const decision = this.#decide();
    this.#mirror(decision);
    const endpoint = this.#choose(decision.subset);
    if (endpoint !== undefined) {
      this.#destination = workloadOf(endpoint.pod);
      span.setAttribute("mesh.destination.principal", spiffeId(endpoint.pod));
      span.setAttribute("mesh.destination.workload", endpoint.pod.workload);
    }
    if (decision.delayMs > 0) await this.#delay(decision.delayMs);
    if (decision.abortStatus !== null) {
      this.#own(span, decision.abortStatus, "injected", "fault filter abort\n");
      return;
    }
    if (endpoint === undefined) throw this.#noEndpoint(decision.subset);
    const { reason } = mesh.policy.mayConnect(this.#source, endpoint.pod, endpoint.port);
    if (reason !== null) {
      const ends = { source: workloadOf(this.#source), destination: this.#destination };
      mesh.metrics.denied(ends);
      this.#own(span, 403, "denied", `RBAC: access denied: ${reason}\n`);
      return;
    }
    const pool = await mesh.poolOf(this.#source, endpoint);
    await pool.turn(this.#signal);
    try {
      await this.#send(pool, span);
    } finally {
      pool.done();
    }
  }

  #decide(): TrafficDecision {
    const { headers, method, path } = this.#request;
    const header = (name: string) => headerOf(headers, name);
    const { namespace, name } = this.#service;
    const { random } = this.#mesh.options;
    return this.#mesh.policy.traffic.decide(namespace, name, { method, path, header, random });
  }

  #mirror({ mirrorTo }: TrafficDecision): void {
    if (mirrorTo === null || this.#request.isMirror === true) return;
    if (this.#request.upgrade !== undefined) return;
    const { namespace, service: name, port = this.#service.port } = mirrorTo;
    const service = { namespace, name, port };
    this.#mesh.mirrors.send(this.#source, service, this.#request);
  }

  #choose(subset: Subset | null): MeshEndpoint | undefined {
    const all = this.#mesh.options.directory.endpointsOf(subset?.service ?? this.#service);
    const wanted = subset === null ? [] : Object.entries(subset.labels);
    const endpoints =
      wanted.length === 0
        ? all
        : all.filter(({ pod }) => wanted.every(([key, value]) => pod.labels[key] === value));
    const activeOf = (endpoint: MeshEndpoint) => this.#mesh.activeOf(this.#source, endpoint);
    const { choose, random } = this.#mesh.options;
    if (choose !== undefined) return choose(endpoints, activeOf);
    if (endpoints.length < 2) return endpoints[0];
    const first = Math.floor(random() * endpoints.length);
    const other = (first + 1 + Math.floor(random() * (endpoints.length - 1))) % endpoints.length;
    const [a, b] = [endpoints[first]!, endpoints[other]!];
    return activeOf(a) <= activeOf(b) ? a : b;
  }

  async #delay(ms: number): Promise<void> {
    try {
      await sleep(ms, undefined, this.#signal === null ? {} : { signal: this.#signal });
    } catch {
      this.#signal?.throwIfAborted();
    }
  }

  #noEndpoint(subset: Subset | null): Error {
    const { namespace, name, port } = this.#service;
    const which = subset === null ? "" : ` in subset ${subset.name}`;
    return meshProblem("MESH_NO_ENDPOINT", `${namespace}/${name}:${port} has no pod${which}.`);
  }

  /** An answer of the mesh's own. */
  #own(span: Span, status: number, error: ErrorClass, text: string): void {
    span.setAttribute("http.response.status_code", status);
    span.setAttribute("error.type", error);
    this.#count(error);
    const headers = ["content-type", "text/plain; charset=utf-8"];
    headers.push("content-length", String(Buffer.byteLength(text)), refusalHeader, error);
    const body = Readable.from([Buffer.from(text)], { objectMode: false });
    this.#answer.resolve({ status, headers, body, endpoint: null, tunnel: null });
  }

  async #send(pool: PeerPool, span: Span): Promise<void> {
    const { method, path, body = null, upgrade } = this.#request;
    let failure: ErrorClass | null = null;
    const head = { method, path, headers: this.#headers(body, upgrade) };
    const bytes = await exchange(pool, head, body, this.#signal, (answer, refusal) => {
      span.setAttribute("http.response.status_code", answer.status);
      failure = failureOf(answer.status, refusal);
      if (failure !== null) span.setAttribute("error.type", failure);
      this.#answer.resolve(answer);
    });
    this.#count(bytes.isWhole ? failure : "cancelled", bytes);
  }

  #headers(body: MeshBody, upgrade: string | undefined): string[] {
    const { headers: raw, method } = this.#request;
    const headers = endToEnd(raw, traceHeaders);
    for (const [name, value] of Object.entries(traceOf(raw))) headers.push(name, value);
    if (headerOf(raw, "host") === undefined) {
      headers.push("host", `${this.#service.name}.${this.#service.namespace}`);
    }
    if (upgrade !== undefined) headers.push("connection", "Upgrade", "upgrade", upgrade);
    if (headerOf(raw, "content-length") !== undefined) return headers;
    if (body instanceof Readable) headers.push("transfer-encoding", "chunked");
    else if (body !== null) headers.push("content-length", String(Buffer.byteLength(body)));
    else if (!bodyless.has(method)) headers.push("content-length", "0");
    return headers;
  }

  #count(error: ErrorClass | null, bytes = noBytes): void {
    const ends = { source: workloadOf(this.#source), destination: this.#destination };
    const ms = performance.now() - this.#startedAt;
    this.#mesh.metrics.answered(ends, { ms, error, ...bytes });
  }
}

const bodyless = new Set(["GET", "HEAD", "DELETE", "OPTIONS"]);
const noBytes = { sentBytes: 0, receivedBytes: 0 };

const classOf: Readonly<Record<string, ErrorClass>> = {
  MESH_NO_ENDPOINT: "connection",
  MESH_CONNECTION_FAILED: "connection",
  MESH_OVERLOADED: "overload",
  MESH_TIMEOUT: "timeout",
  MESH_CLOSED: "cancelled",
};

function failureOf(status: number, refusal: string | undefined): ErrorClass | null {
  if (refusal === "denied") return "denied";
  if (refusal !== undefined) return "connection";
  if (status >= 500) return "server";
  return status >= 400 ? "client" : null;
}
