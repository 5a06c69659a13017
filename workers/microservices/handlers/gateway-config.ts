/** The gateway's configuration: checked, put in force at once, kept for looking back. */
import type { Gateway } from "../protocols/gateway/gateway.ts";
import type { GatewayConfigStore } from "../protocols/gateway/config-file.ts";
import type { GatewayConfig, GatewayMeasures } from "../contract.ts";
import { parseGatewayConfig } from "../contract.ts";
import { checkConfig } from "../core/routing/check-config.ts";
import { routesOfIngress } from "../core/routing/ingress-routes.ts";
import { problem } from "../errors.ts";

interface ConfigChange extends GatewayConfig {
  readonly dryRun: boolean;
  readonly note: string;
  readonly expectedVersion?: number | undefined;
}

/** @param store where the version in force outlives the process; null: nowhere */
export function gatewayConfigHandlers(
  gateway: Gateway,
  now: () => number,
  store: GatewayConfigStore | null,
) {
  const { versions, endpoints, pool } = gateway;
  const kept = store?.read() ?? null;
  if (kept !== null) {
    versions.apply(kept, "As before the restart", now());
    gateway.reloaded();
  }
  const reload = () => {
    gateway.reloaded();
    store?.write(versions.current.config);
  };
  const state = () => {
    const { config, version } = versions.current;
    return { ...config, version, port: gateway.port };
  };
  return {
    config: () => ({ ...state(), ingressRoutes: [...gateway.ingressRoutes] }),
    configure({ routes, policies, dryRun, note, expectedVersion }: ConfigChange) {
      const { version } = versions.current;
      if (expectedVersion !== undefined && expectedVersion !== version) {
        const told = `Version ${version} is in force, not ${expectedVersion}.`;
        throw problem("GATEWAY_CONFIG_CHANGED", told);
      }
      const config = { routes, policies };
      const { errors, warnings } = checkConfig(config, new Set(endpoints.services));
      if (errors.length > 0) throw problem("GATEWAY_CONFIG_INVALID", errors.slice(0, 20).join(" "));
      if (dryRun) return { version, applied: false, warnings: [...warnings] };
      const applied = versions.apply(config, note, now());
      reload();
      return { version: applied.version, applied: true, warnings: [...warnings] };
    },
    history: () => ({ versions: [...versions.history] }),
    version({ version }: { readonly version: number }) {
      const config = versions.find(version);
      if (config !== undefined) return { ...config, version };
      throw problem("GATEWAY_VERSION_UNKNOWN", `Version ${version} is not kept.`);
    },
    undo() {
      if (versions.undo(now()) === undefined) {
        throw problem("GATEWAY_NOTHING_TO_UNDO", "No other version has been in force.");
      }
      reload();
      return state();
    },
    ingress({ ingress }: { readonly ingress: Record<string, unknown> }) {
      try {
        const routes = routesOfIngress(ingress);
        return { routes: parseGatewayConfig({ routes }).routes };
      } catch {
        const told = "It is no Ingress of networking.k8s.io/v1 that routes can be made of.";
        throw problem("GATEWAY_CONFIG_INVALID", told);
      }
    },
    measures(): GatewayMeasures {
      const at = now();
      const routes = gateway.goldens().map(([name, golden]) => ({ name, ...golden.view(at) }));
      const services = endpoints.services.flatMap((service) => {
        const upstream = endpoints.upstream(service);
        if (upstream === undefined) return [];
        upstream.selected(at, gateway.host.random);
        const { policy, breakers, outliers, hosts, panic } = upstream;
        const { requests, retries, retryLimit, overflows } = breakers;
        return [
          {
            service,
            balancer: policy.balancer,
            panic,
            requests,
            retries,
            retryLimit,
            overflows,
            connections: pool.openTo(service),
            endpoints: hosts.map((host) => ({
              id: host.id,
              address: `${host.host}:${host.port}`,
              healthy: host.healthy,
              ejected: outliers.isEjected(host.key),
              ejectionReason: outliers.record(host.key)?.reason ?? null,
              ejections: outliers.record(host.key)?.ejections ?? 0,
              inFlight: host.active,
              weight: host.weight,
              requests: host.requests,
              errors: host.errors,
              latency: host.histogram.summary(),
            })),
          },
        ];
      });
      return { routes, services };
    },
  };
}
