/** Addresses and node ports of Services (pkg/registry/core/service/ipallocator and portallocator). */
import {
  isObject,
  type JsonObject,
  objectAt,
  stringAt,
  textOf,
} from "../../../core/machinery/json.ts";
import { apiErrors, type FieldCause } from "../../../core/store/api-error.ts";
import type { ObjectStore } from "../../../core/store/object-store.ts";

/** 10.96.0.0/12, kubeadm's service network; its first address is the API server's own Service. */
const network = { first: (10 << 24) | (96 << 16), size: 2 ** 20 } as const;
const nodePorts = { first: 30_000, last: 32_767 } as const;
const apiServerAddress = "10.96.0.1";

const addressText = (address: number): string =>
  [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");

function offsetOf(text: string): number | null {
  const parts = text.split(".").map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return null;
  const [a, b, c, d] = parts as [number, number, number, number];
  const offset = ((a << 24) | (b << 16) | (c << 8) | d) - network.first;
  return offset >= 0 && offset < network.size ? offset : null;
}

interface ServiceSpec {
  readonly clusterIP?: string;
  readonly ports?: readonly { readonly nodePort?: number; readonly protocol?: string }[];
  readonly healthCheckNodePort?: number;
}

const hashOf = (text: string): number => {
  // FNV-1a: the same name gets the same address where that is free.
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash;
};

function invalid(name: string, cause: FieldCause) {
  return apiErrors.invalid({ kind: "Service", group: "" }, name, [cause]);
}

/**
 * Gives a Service its address and node ports, and keeps those it has.
 * @param object changed. @throws ApiError 422 for one that is taken or outside the network
 */
export function allocateService(
  store: ObjectStore,
  object: JsonObject,
  old: JsonObject | null,
): void {
  const spec = objectAt(object, "spec");
  const metadata = objectAt(object, "metadata")!;
  if (spec === undefined) return;
  const key = `${textOf(metadata["namespace"])}/${textOf(metadata["name"] ?? metadata["generateName"])}`;
  const others: ServiceSpec[] = [];
  for (const { metadata: other, spec: otherSpec } of store.all("services")) {
    const isItself = old !== null && `${other.namespace}/${other.name}` === key;
    if (!isItself && otherSpec !== undefined) others.push(otherSpec);
  }
  const type = stringAt(spec, "type") ?? "ClusterIP";
  const before = old === null ? undefined : objectAt(old, "spec");
  if (type === "ExternalName") {
    delete spec["clusterIP"];
    delete spec["clusterIPs"];
  } else {
    allocateAddress(spec, before, others, key);
  }
  if (type === "NodePort" || type === "LoadBalancer") allocatePorts(spec, before, others, key);
  else for (const port of portsOf(spec)) delete port["nodePort"];
}

function allocateAddress(
  spec: JsonObject,
  before: JsonObject | undefined,
  others: readonly ServiceSpec[],
  key: string,
): void {
  const wanted = stringAt(spec, "clusterIP") || stringAt(before, "clusterIP") || "";
  const name = key.slice(key.indexOf("/") + 1);
  const taken = new Set(others.map(({ clusterIP }) => clusterIP));
  if (key !== "default/kubernetes") taken.add(apiServerAddress);
  let address = wanted;
  if (wanted === "") address = freeAddress(taken, key);
  else if (wanted !== "None") {
    const offset = offsetOf(wanted);
    const problem =
      offset === null || offset === 0 || offset === network.size - 1
        ? "failed to allocate IP: the provided IP is not in the valid range. The range of valid IPs is 10.96.0.0/12"
        : taken.has(wanted)
          ? "failed to allocate IP: provided IP is already allocated"
          : null;
    if (problem !== null) {
      const message = `Invalid value: ${JSON.stringify([wanted])}: ${problem}`;
      throw invalid(name, { reason: "FieldValueInvalid", message, field: "spec.clusterIPs" });
    }
  }
  spec["clusterIP"] = address;
  spec["clusterIPs"] = [address];
  spec["ipFamilies"] ??= ["IPv4"];
  spec["ipFamilyPolicy"] ??= "SingleStack";
}

function freeAddress(taken: ReadonlySet<string | undefined>, key: string): string {
  const start = hashOf(key);
  for (let step = 0; step < network.size; step++) {
    const offset = (start + step) % network.size;
    // The network's own address, its first and its broadcast address are nobody's.
    if (offset < 2 || offset === network.size - 1) continue;
    const address = addressText(network.first + offset);
    if (!taken.has(address)) return address;
  }
  throw apiErrors.internal("no address of 10.96.0.0/12 is free");
}

const portsOf = (spec: JsonObject): JsonObject[] =>
  Array.isArray(spec["ports"]) ? spec["ports"].filter(isObject) : [];

function allocatePorts(
  spec: JsonObject,
  before: JsonObject | undefined,
  others: readonly ServiceSpec[],
  key: string,
): void {
  const name = key.slice(key.indexOf("/") + 1);
  const taken = new Set<number>();
  for (const { ports = [], healthCheckNodePort } of others) {
    for (const { nodePort } of ports) if (nodePort) taken.add(nodePort);
    if (healthCheckNodePort) taken.add(healthCheckNodePort);
  }
  const kept = new Map<string, number>();
  for (const port of before === undefined ? [] : portsOf(before)) {
    const { nodePort } = port as { nodePort?: number };
    if (nodePort) kept.set(`${textOf(port["protocol"])} ${textOf(port["port"])}`, nodePort);
  }
  const ports = portsOf(spec);
  for (const [at, port] of ports.entries()) {
    const wanted =
      (port["nodePort"] as number | undefined) ||
      kept.get(`${textOf(port["protocol"])} ${textOf(port["port"])}`);
    if (!wanted) continue;
    const field = `spec.ports[${at}].nodePort`;
    if (wanted < nodePorts.first || wanted > nodePorts.last) {
      const message = `Invalid value: ${wanted}: provided port is not in the valid range. The range of valid ports is ${nodePorts.first}-${nodePorts.last}`;
      throw invalid(name, { reason: "FieldValueInvalid", message, field });
    }
    if (taken.has(wanted)) {
      const message = `Invalid value: ${wanted}: provided port is already allocated`;
      throw invalid(name, { reason: "FieldValueInvalid", message, field });
    }
    port["nodePort"] = wanted;
  }
  for (const port of ports) if (port["nodePort"]) taken.add(port["nodePort"] as number);
  const count = nodePorts.last - nodePorts.first + 1;
  for (const port of ports) {
    if (port["nodePort"]) continue;
    const start = hashOf(`${key} ${textOf(port["port"])}`);
    let step = 0;
    while (step < count && taken.has(nodePorts.first + ((start + step) % count))) step++;
    if (step === count) throw apiErrors.internal("no node port is free");
    const chosen = nodePorts.first + ((start + step) % count);
    taken.add(chosen);
    port["nodePort"] = chosen;
  }
}
