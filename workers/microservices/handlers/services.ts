/** The registry: register, renew, deregister, list. */
import type { Found, ServiceInstance } from "../contract.ts";
import type { RegistryFilter } from "../contract-registry.ts";
import { type CheckResult, loopbackHost, type Registration } from "../core/registry.ts";
import { parseDnsName } from "../core/registry-names.ts";
import { recordsOf } from "../cluster/service-records.ts";
import { isServing, viewRegistered, viewServices } from "../cluster/views.ts";
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
  let watches = 0;
  const found = ({ name, tags = [], metadata = [], health }: RegistryFilter): Found[] => {
    const pairs = metadata.map((pair) => [
      pair.slice(0, pair.indexOf("=")),
      pair.slice(pair.indexOf("=") + 1),
    ]);
    return viewServices({ store, real, registry, endpoints }, now())
      .filter((service) => name === undefined || service.name === name)
      .flatMap(({ instances }) => instances)
      .filter(
        (each) =>
          tags.every((tag) => each.tags.includes(tag)) &&
          pairs.every(([key, value]) => each.metadata[key!] === value) &&
          (health === undefined ||
            (health === "serving" ? isServing(each.health) : each.health === health)),
      )
      .map((each) => ({
        service: each.service,
        id: each.id,
        host: each.host,
        port: each.port,
        source: each.source,
        health: each.health,
        healthSince: each.healthSince,
        detail: each.detail,
        circuit: each.circuit,
        ttlSeconds: each.ttlSeconds,
        check: each.check,
        tags: each.tags,
        metadata: each.metadata,
      }));
  };
  const tell = (service: string, id: string, reason: string, message: string) =>
    orchestrator.tell(service, id, "Normal", reason, message);
  return {
    list: () => ({ services: viewServices({ store, real, registry, endpoints }, now()) }),
    find: (filter: RegistryFilter) => ({ instances: found(filter) }),
    /** What is found, and again whenever it is something else. */
    async *watch(filter: RegistryFilter, signal: AbortSignal | undefined) {
      if (watches >= registryLimits.watchesMax) {
        throw problem("WATCHES_FULL", `${watches} streams of the registry are open.`);
      }
      watches += 1;
      try {
        let before = "";
        for await (const instances of orchestrator.changes.watch(() => found(filter), signal)) {
          const text = JSON.stringify(instances);
          if (text === before) continue;
          before = text;
          yield { instances };
        }
      } finally {
        watches -= 1;
      }
    },
    resolve({ name }: { readonly name: string }) {
      const parsed = parseDnsName(name);
      const hosts = parsed && endpoints.of(parsed.service);
      const records = parsed === undefined ? null : recordsOf(store, parsed);
      // Of instances that are registered there are no names but the service's.
      const isPart = parsed !== undefined && (parsed.hostname !== null || parsed.port !== null);
      if (parsed === undefined || (records === null && (hosts === undefined || isPart))) {
        throw problem("SERVICE_UNKNOWN", `No service answers to ${name}.`);
      }
      const meant = (hosts ?? []).filter(
        ({ id, healthy }) => healthy && (records === null || records.pods.has(id)),
      );
      return {
        service: parsed.service,
        addresses: meant.map(({ id, host, port }) => ({ id, host, port })),
        records: [...(records?.records ?? [])],
      };
    },
    register(input: Omit<Registration, "service"> & { readonly name: string }) {
      const { name: service, id, port, ttlSeconds, check, tags, metadata } = input;
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
      registry.register({ service, id, host, port, ttlSeconds, tags, metadata, check }, now());
      if (!known) tell(service, id, "Registered", `Registered at ${host}:${port}`);
      orchestrator.step();
      return view(service, id);
    },
    heartbeat(input: {
      readonly name: string;
      readonly id: string;
      readonly health: CheckResult;
      readonly detail: string;
    }) {
      const instance = find(input);
      registry.renew(instance, now());
      if (instance.check.kind === "ttl") {
        orchestrator.noteHealth(instance, input.health, input.detail || "Said by the instance.");
        orchestrator.step();
      }
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
