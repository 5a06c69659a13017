/** One request to the gateway's own port, as any client would send it, and who took it. */
import { type IncomingMessage, request } from "node:http";
import type { GatewayTrial, GatewayTrialAnswer } from "../contract.ts";
import { problem } from "../errors.ts";
import { gatewayLimits } from "../limits.ts";
import type { Gateway } from "../protocols/gateway/gateway.ts";

interface TrialHost {
  readonly monotonicMs: () => number;
  /** The platform's own; the gateway keeps it from services. */
  readonly token: string;
}

/** @throws GATEWAY_NOT_LISTENING, UPSTREAM_FAILED where the gateway broke the answer off */
export function gatewayTrial(gateway: Gateway, { monotonicMs, token }: TrialHost) {
  return async (
    trial: GatewayTrial,
    signal: AbortSignal | undefined,
  ): Promise<GatewayTrialAnswer> => {
    const { port } = gateway;
    if (port === null) throw problem("GATEWAY_NOT_LISTENING", "It does not listen.");
    const began = monotonicMs();
    try {
      const { answer, route } = await send(gateway, trial, port, token, signal);
      const { body, truncated } = await preview(answer);
      // The gateway writes its own behind those of the service.
      const own = (name: string) => answer.headersDistinct[name]?.at(-1) ?? null;
      const attempts = own("x-upstream-attempts");
      return {
        route,
        instance: own("x-upstream-instance"),
        attempts: attempts === null ? null : Number(attempts),
        status: answer.statusCode ?? 0,
        durationMs: monotonicMs() - began,
        headers: pairsOf(answer.rawHeaders),
        body,
        truncated,
      };
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw problem("UPSTREAM_FAILED", `The answer broke off: ${(error as Error).message}.`);
    }
  };
}

function send(
  gateway: Gateway,
  { method, host, path, headers, body }: GatewayTrial,
  port: number,
  token: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly answer: IncomingMessage; readonly route: string | null }> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: "127.0.0.1",
      port,
      method,
      path,
      agent: false,
      setHost: false,
      ...(signal !== undefined && { signal }),
      headers: {
        ...headers,
        host: `${host}:${port}`,
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { "content-length": Buffer.byteLength(body) }),
      },
    });
    const route = routeOf(gateway, { method, host, path, headers });
    asked.once("response", (answer) => resolve({ answer, route }));
    asked.once("error", reject);
    asked.end(body);
  });
}

/** By the table in force at the moment of sending. */
function routeOf(
  gateway: Gateway,
  { method, host, path, headers }: Omit<GatewayTrial, "body">,
): string | null {
  const query = path.indexOf("?");
  const line = { method, host, headers, path: query === -1 ? path : path.slice(0, query) };
  return gateway.table.match(line)?.config.name ?? null;
}

async function preview(
  answer: IncomingMessage,
): Promise<{ readonly body: string; readonly truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    // Streams may never end: what is shown is enough.
    if (size > gatewayLimits.previewBytesMax) break;
  }
  const bytes = Buffer.concat(chunks).subarray(0, gatewayLimits.previewBytesMax);
  return { body: bytes.toString("utf8"), truncated: size > gatewayLimits.previewBytesMax };
}

function pairsOf(raw: readonly string[]): { name: string; value: string }[] {
  const pairs: { name: string; value: string }[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    pairs.push({ name: raw[index]!, value: raw[index + 1]! });
  }
  return pairs;
}
