/** Services, endpoints, ingresses, network policies: pkg/apis/core, discovery and networking. */
import type { FieldErrors } from "./field-errors.ts";
import { type JsonObject, numberAt, objectAt, objectsAt, stringAt, textOf } from "./json.ts";
import { dnsLabel, dnsSubdomain, isIpAddress, portName, wildcardSubdomain } from "./name-rules.ts";
import { validateLabels, validateSelector } from "./validate-metadata.ts";
import { validatePort, validateSupported } from "./validate-values.ts";

type Check = (
  object: JsonObject,
  spec: JsonObject,
  oldSpec: JsonObject | undefined,
  errors: FieldErrors,
) => void;

const protocols = ["TCP", "UDP", "SCTP"];
const nodePortFirst = 30_000;
const nodePortLast = 32_767;

export const service: Check = (_object, spec, oldSpec, errors) => {
  const type = stringAt(spec, "type") ?? "";
  const types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
  if (type === "") errors.required("spec.type");
  else validateSupported(spec, "type", types, "spec", errors);
  const clusterIp = stringAt(spec, "clusterIP") ?? "";
  const isHeadless = clusterIp === "None";
  const ports = objectsAt(spec, "ports");
  if (ports.length === 0 && !isHeadless && type !== "ExternalName") errors.required("spec.ports");
  if (type === "ExternalName") {
    const name = (stringAt(spec, "externalName") ?? "").replace(/\.$/, "");
    if (name === "") errors.required("spec.externalName");
    else {
      for (const problem of dnsSubdomain(name)) errors.invalid("spec.externalName", name, problem);
    }
    if (clusterIp !== "") {
      errors.forbidden("spec.clusterIPs", "may not be set for ExternalName services");
    }
  } else if (clusterIp !== "" && !isHeadless && !isIpAddress(clusterIp)) {
    const detail = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";
    errors.invalid("spec.clusterIPs[0]", clusterIp, detail);
  }
  validatePorts(ports, errors);
  validateNodePorts(ports, type, errors);
  validateLabels(spec["selector"], "spec.selector", errors);
  validateSupported(spec, "sessionAffinity", ["ClientIP", "None"], "spec", errors);
  validateSupported(spec, "internalTrafficPolicy", ["Cluster", "Local"], "spec", errors);
  if (type === "NodePort" || type === "LoadBalancer") {
    validateSupported(spec, "externalTrafficPolicy", ["Cluster", "Local"], "spec", errors);
  }
  const before = stringAt(oldSpec, "clusterIP") ?? "";
  const keeps = type !== "ExternalName" && oldSpec?.["type"] !== "ExternalName";
  if (before !== "" && keeps && clusterIp !== before) {
    errors.invalid("spec.clusterIPs[0]", clusterIp, "may not change once set");
  }
};

function validatePorts(ports: readonly JsonObject[], errors: FieldErrors): void {
  const names = new Set<string>();
  const pairs = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const at = `spec.ports[${index}]`;
    const name = stringAt(port, "name") ?? "";
    if (name === "" && ports.length > 1) errors.required(`${at}.name`);
    else if (name !== "") {
      for (const problem of dnsLabel(name)) errors.invalid(`${at}.name`, name, problem);
      if (names.has(name)) errors.duplicate(`${at}.name`, name);
      names.add(name);
    }
    validatePort(numberAt(port, "port") ?? 0, `${at}.port`, errors);
    validateSupported(port, "protocol", protocols, at, errors);
    if (port["targetPort"] !== undefined) {
      validatePort(port["targetPort"], `${at}.targetPort`, errors);
    }
    const pair = `${textOf(port["protocol"])}/${textOf(port["port"])}`;
    if (pairs.has(pair)) {
      errors.duplicate(at, { port: port["port"] ?? 0, protocol: port["protocol"] ?? "" });
    }
    pairs.add(pair);
  }
}

function validateNodePorts(ports: readonly JsonObject[], type: string, errors: FieldErrors): void {
  const seen = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const number = numberAt(port, "nodePort") ?? 0;
    if (number === 0) continue;
    const field = `spec.ports[${index}].nodePort`;
    if (type === "ClusterIP" || type === "ExternalName") {
      errors.forbidden(field, "may not be used when `type` is 'ClusterIP'");
    } else if (number < nodePortFirst || number > nodePortLast) {
      const detail = `provided port is not in the valid range. The range of valid ports is ${nodePortFirst}-${nodePortLast}`;
      errors.invalid(field, number, detail);
    }
    const pair = `${textOf(port["protocol"])}/${number}`;
    if (seen.has(pair)) errors.duplicate(field, number);
    seen.add(pair);
  }
}

export const endpoints: Check = (object, _spec, _oldSpec, errors) => {
  for (const [index, subset] of objectsAt(object, "subsets").entries()) {
    const at = `subsets[${index}]`;
    for (const list of ["addresses", "notReadyAddresses"]) {
      for (const [place, address] of objectsAt(subset, list).entries()) {
        validateAddress(stringAt(address, "ip") ?? "", `${at}.${list}[${place}].ip`, errors);
      }
    }
    for (const [place, port] of objectsAt(subset, "ports").entries()) {
      validatePort(numberAt(port, "port") ?? 0, `${at}.ports[${place}].port`, errors);
    }
  }
};

function validateAddress(address: string, field: string, errors: FieldErrors): void {
  if (!isIpAddress(address)) {
    errors.invalid(field, address, "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)");
  }
}

export const endpointSlice: Check = (object, _spec, _oldSpec, errors) => {
  const type = stringAt(object, "addressType") ?? "";
  const types = ["FQDN", "IPv4", "IPv6"];
  if (type === "") errors.required("addressType");
  else validateSupported(object, "addressType", types, "", errors);
  for (const [index, endpoint] of objectsAt(object, "endpoints").entries()) {
    const { addresses } = endpoint;
    const at = `endpoints[${index}].addresses`;
    if (!Array.isArray(addresses) || addresses.length === 0) {
      errors.required(at, "must contain at least 1 address");
    } else if (type !== "FQDN") {
      for (const [place, address] of addresses.entries()) {
        validateAddress(textOf(address), `${at}[${place}]`, errors);
      }
    }
  }
  for (const [index, port] of objectsAt(object, "ports").entries()) {
    const name = stringAt(port, "name") ?? "";
    for (const problem of name === "" ? [] : dnsLabel(name)) {
      errors.invalid(`ports[${index}].name`, name, problem);
    }
  }
};

export const ingress: Check = (_object, spec, _oldSpec, errors) => {
  const rules = objectsAt(spec, "rules");
  const fallback = objectAt(spec, "defaultBackend");
  if (rules.length === 0 && fallback === undefined) {
    errors.invalid("spec", spec, "either `defaultBackend` or `rules` must be specified");
  }
  if (fallback !== undefined) validateBackend(fallback, "spec.defaultBackend", errors);
  for (const [index, rule] of rules.entries()) {
    const at = `spec.rules[${index}]`;
    const host = stringAt(rule, "host") ?? "";
    if (isIpAddress(host))
      errors.invalid(`${at}.host`, host, "must be a DNS name, not an IP address");
    else if (host !== "") {
      for (const problem of wildcardSubdomain(host)) errors.invalid(`${at}.host`, host, problem);
    }
    const http = objectAt(rule, "http");
    if (http === undefined) continue;
    const paths = objectsAt(http, "paths");
    if (paths.length === 0) errors.required(`${at}.http.paths`);
    for (const [place, path] of paths.entries()) {
      validateIngressPath(path, `${at}.http.paths[${place}]`, errors);
    }
  }
};

function validateIngressPath(path: JsonObject, at: string, errors: FieldErrors): void {
  const type = stringAt(path, "pathType") ?? "";
  const text = stringAt(path, "path") ?? "";
  const types = ["Exact", "ImplementationSpecific", "Prefix"];
  if (type === "") errors.required(`${at}.pathType`, "pathType must be specified");
  else validateSupported(path, "pathType", types, at, errors);
  const isFree = type === "ImplementationSpecific" && text === "";
  if (!isFree && !text.startsWith("/")) {
    errors.invalid(`${at}.path`, text, "must be an absolute path");
  }
  const backend = objectAt(path, "backend");
  if (backend === undefined) errors.required(`${at}.backend`);
  else validateBackend(backend, `${at}.backend`, errors);
}

function validateBackend(backend: JsonObject, at: string, errors: FieldErrors): void {
  const target = objectAt(backend, "service");
  const resource = objectAt(backend, "resource");
  if (target === undefined && resource === undefined) {
    errors.required(at, "resource or service backend is required");
  } else if (target !== undefined && resource !== undefined) {
    errors.invalid(at, "", "cannot set both resource and service backends");
  } else if (target !== undefined) {
    if (!target["name"]) errors.required(`${at}.service.name`);
    const port = objectAt(target, "port");
    const name = stringAt(port, "name") ?? "";
    const number = numberAt(port, "number") ?? 0;
    if (name === "" && number === 0) {
      errors.required(`${at}.service.port`, "port name or number is required");
    } else if (name !== "" && number !== 0) {
      errors.invalid(`${at}.service.port`, "", "cannot set both port name & port number");
    } else if (name === "") validatePort(number, `${at}.service.port.number`, errors);
    else {
      for (const problem of portName(name)) {
        errors.invalid(`${at}.service.port.name`, name, problem);
      }
    }
  }
}

export const networkPolicy: Check = (_object, spec, _oldSpec, errors) => {
  validateSelector(objectAt(spec, "podSelector"), "spec.podSelector", errors);
  const { policyTypes } = spec;
  for (const [index, type] of (Array.isArray(policyTypes) ? policyTypes : []).entries()) {
    if (type !== "Ingress" && type !== "Egress") {
      errors.notSupported(`spec.policyTypes[${index}]`, type, ["Egress", "Ingress"]);
    }
  }
  for (const [list, peers] of [
    ["ingress", "from"],
    ["egress", "to"],
  ] as const) {
    for (const [index, rule] of objectsAt(spec, list).entries()) {
      const at = `spec.${list}[${index}]`;
      for (const [place, port] of objectsAt(rule, "ports").entries()) {
        validateSupported(port, "protocol", protocols, `${at}.ports[${place}]`, errors);
        if (port["port"] !== undefined) {
          validatePort(port["port"], `${at}.ports[${place}].port`, errors);
        }
      }
      for (const [place, peer] of objectsAt(rule, peers).entries()) {
        validatePeer(peer, `${at}.${peers}[${place}]`, errors);
      }
    }
  }
};

function validatePeer(peer: JsonObject, at: string, errors: FieldErrors): void {
  const selectors = ["podSelector", "namespaceSelector"].filter((name) => objectAt(peer, name));
  const block = objectAt(peer, "ipBlock");
  if (selectors.length === 0 && block === undefined) errors.required(at, "must specify a peer");
  else if (selectors.length > 0 && block !== undefined) {
    errors.forbidden(at, "may not specify both ipBlock and another peer");
  }
  for (const name of selectors) validateSelector(objectAt(peer, name), `${at}.${name}`, errors);
  if (block === undefined) return;
  const cidr = stringAt(block, "cidr") ?? "";
  if (cidr === "") errors.required(`${at}.ipBlock.cidr`);
  else if (!isCidr(cidr)) {
    const detail = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
    errors.invalid(`${at}.ipBlock.cidr`, cidr, detail);
  }
}

function isCidr(text: string): boolean {
  const [address, bits, ...rest] = text.split("/") as [string, string | undefined, ...string[]];
  const bitsMax = address.includes(":") ? 128 : 32;
  return (
    rest.length === 0 &&
    bits !== undefined &&
    /^\d{1,3}$/.test(bits) &&
    Number(bits) <= bitsMax &&
    isIpAddress(address)
  );
}
