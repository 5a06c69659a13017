/** The gateway's routes with their measures, and one request sent on trial. */
import type { GatewayRoute } from "../contract.ts";
import { outside } from "../core/traffic.ts";
import { problem } from "../errors.ts";
import { gatewayLimits } from "../limits.ts";
import type { Orchestrator } from "../cluster/orchestrator.ts";
import { serviceNames } from "../cluster/views.ts";

interface Trial {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly body?: string | undefined;
}

export function gatewayHandlers(
  orchestrator: Orchestrator,
  clock: { readonly now: () => number; readonly monotonicMs: () => number },
) {
  const { endpoints, traffic, cluster, gateway, registry } = orchestrator;
  const { store, real } = cluster;
  const names = () => serviceNames({ store, real, registry, endpoints });
  return {
    routes() {
      const now = clock.now();
      const routes = names().map((service): GatewayRoute => {
        const instances = endpoints.of(service) ?? [];
        return {
          service,
          path: `/services/${service}/`,
          instances: instances.length,
          healthy: instances.filter(({ healthy }) => healthy).length,
          openCircuits: instances.filter(({ circuit }) => circuit.state(now) !== "closed").length,
          pending: instances.reduce((sum, { pending }) => sum + pending, 0),
          ...traffic.into(service, now),
        };
      });
      return { routes };
    },
    async send({ name, method, path, body }: Trial, signal?: AbortSignal) {
      const began = clock.monotonicMs();
      const sent = body === undefined ? undefined : Buffer.from(body);
      const answer = await gateway.send({
        from: outside,
        service: name,
        method,
        path,
        headers: sent === undefined ? {} : { "content-type": "application/json" },
        body: sent,
        signal,
      });
      const { text, truncated } = await preview(answer.body);
      return {
        status: answer.status,
        instance: answer.instance,
        attempts: answer.attempts,
        durationMs: clock.monotonicMs() - began,
        contentType: answer.headers["content-type"] ?? null,
        body: text,
        truncated,
      };
    },
    mesh() {
      const now = clock.now();
      const edges = traffic.edges(now);
      const all = new Set([...names(), ...edges.flatMap(({ from, to }) => [from, to])]);
      all.delete(outside);
      const services = [...all].toSorted().map((name) => ({
        name,
        kind: "service" as const,
        healthy: (endpoints.of(name) ?? []).filter(({ healthy }) => healthy).length,
      }));
      return {
        nodes: [{ name: outside, kind: "gateway" as const, healthy: 1 }, ...services],
        edges,
      };
    },
  };
}

async function preview(
  answer: AsyncIterable<Buffer>,
): Promise<{ readonly text: string; readonly truncated: boolean }> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer) {
      size += chunk.length;
      if (size > gatewayLimits.responseBytesMax) break;
      chunks.push(chunk);
    }
  } catch (error) {
    throw problem("UPSTREAM_FAILED", `The answer broke off: ${(error as Error).message}.`);
  }
  const bytes = Buffer.concat(chunks).subarray(0, gatewayLimits.previewBytesMax);
  return { text: bytes.toString("utf8"), truncated: size > gatewayLimits.previewBytesMax };
}
