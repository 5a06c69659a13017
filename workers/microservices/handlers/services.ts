/** The registry: register, renew, deregister, list. */
import type { ServiceInstance } from "../contract.ts";
import { loopbackHost, type Registration } from "../core/registry.ts";
import { serviceOfDnsName } from "../core/registry-names.ts";
import { viewRegistered, viewServices } from "../cluster/views.ts";
import { problem } from "../errors.ts";
import { registryLimits } from "../limits.ts";
import type { Orchestrator } from "../cluster/orchestrator.ts";

export function serviceHandlers(
  orchestrator: Orchestrator,
  now: () => number,
  platformPorts: ReadonlySet<number>,
) {
  const { registry, endpoints, cluster } = orchestrator;
  const find = ({ name, id }: { name: string; id: string }) => {
    const instance = registry.get(name, id);
    if (instance !== undefined) return instance;
    throw problem("INSTANCE_UNKNOWN", `${name} has no registered instance ${id}.`);
  };
  const view = (name: string, id: string): ServiceInstance => {
    const endpoint = endpoints.of(name)?.find((each) => each.id === id);
    return viewRegistered(find({ name, id }), endpoint, now());
  };
  const { store, real } = cluster;
  const tell = (service: string, id: string, reason: string, message: string) =>
    orchestrator.tell(service, id, "Normal", reason, message);
  return {
    list: () => ({ services: viewServices({ store, real, registry, endpoints }, now()) }),
    resolve({ name }: { readonly name: string }) {
      const service = serviceOfDnsName(name);
      const hosts = service === undefined ? undefined : endpoints.of(service);
      if (service === undefined || hosts === undefined) {
        throw problem("SERVICE_UNKNOWN", `No service answers to ${name}.`);
      }
      const healthy = hosts.filter((each) => each.healthy);
      return { service, addresses: healthy.map(({ id, host, port }) => ({ id, host, port })) };
    },
    register(input: Omit<Registration, "service"> & { readonly name: string }) {
      const { name: service, id, port, ttlSeconds, check } = input;
      const host = loopbackHost(input.host);
      if (host === undefined) {
        throw problem("HOST_NOT_LOCAL", `"${input.host}" is not a loopback host.`);
      }
      if (platformPorts.has(port)) {
        throw problem("PORT_TAKEN_BY_PLATFORM", `Port ${port} belongs to this platform.`);
      }
      const known = registry.get(service, id) !== undefined;
      if (!known && registry.size >= registryLimits.instancesMax) {
        throw problem("REGISTRY_FULL", `${registry.size} instances are registered.`);
      }
      registry.register({ service, id, host, port, ttlSeconds, check }, now());
      if (!known) tell(service, id, "Registered", `Registered at ${host}:${port}`);
      orchestrator.step();
      return view(service, id);
    },
    heartbeat(input: { name: string; id: string }) {
      registry.renew(find(input), now());
      return view(input.name, input.id);
    },
    deregister(input: { name: string; id: string }) {
      registry.deregister(find(input));
      tell(input.name, input.id, "Deregistered", "Taken out on request");
      orchestrator.step();
      return { ...input, deregistered: true as const };
    },
  };
}
