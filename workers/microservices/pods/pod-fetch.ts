/** Calls that programs make: localhost is their own pod, everything else the cluster's affair. */
import { request as httpRequest } from "node:http";
import type { ContainerSpec, FetchAnswer, FetchRequest } from "./container-spec.ts";
import { hostedLimits } from "./pod-limits.ts";

export type ClusterFetch = (
  from: Pick<ContainerSpec, "podUid" | "podName" | "namespace">,
  request: FetchRequest,
  signal: AbortSignal,
) => Promise<FetchAnswer>;

const methods = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

/** @param portOf the real port behind a port of the pod; null: connection refused */
export async function fetchFrom(
  spec: ContainerSpec,
  request: FetchRequest,
  portOf: (containerPort: number) => number | null,
  cluster: ClusterFetch,
): Promise<FetchAnswer> {
  const url = new URL(request.url);
  if (url.protocol !== "http:") throw new Error("Only http: is called here.");
  if (!methods.has(request.method)) throw new Error(`There is no method ${request.method}.`);
  if (request.body.length > hostedLimits.fetchBytesMax) throw new Error("The body is too long.");
  const signal = AbortSignal.timeout(hostedLimits.fetchMsMax);
  const isOwn = ["localhost", "127.0.0.1", "[::1]", spec.podName].includes(url.hostname);
  if (!isOwn) return cluster(spec, request, signal);
  const containerPort = url.port === "" ? 80 : Number(url.port);
  const port = portOf(containerPort);
  if (port === null) throw new Error("Connection refused");
  return callLocal(port, url, request, signal);
}

function callLocal(
  port: number,
  url: URL,
  { method, headers, body }: FetchRequest,
  signal: AbortSignal,
): Promise<FetchAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<FetchAnswer>();
  const sent = httpRequest(
    {
      host: "127.0.0.1",
      port,
      method,
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, host: url.host, connection: "close" },
      agent: false,
      signal,
    },
    (answer) => {
      const chunks: Buffer[] = [];
      let size = 0;
      answer.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size <= hostedLimits.fetchBytesMax) chunks.push(chunk);
      });
      answer.once("error", reject);
      answer.once("end", () => {
        const kept = Object.entries(answer.headers).filter(
          (entry): entry is [string, string] => typeof entry[1] === "string",
        );
        resolve({
          status: answer.statusCode ?? 0,
          headers: Object.fromEntries(kept),
          body: Buffer.concat(chunks).toString("utf8"),
        });
      });
    },
  );
  sent.once("error", reject);
  sent.end(body);
  return promise;
}
