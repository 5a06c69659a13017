/** Tables of services and what leads to them (printers.go). */
import type { ServicePort } from "kubernetes-types/core/v1";
import type { ObjectOf } from "../../../core/store/objects.ts";
import {
  age,
  ageColumn,
  type Cell,
  column,
  formatLabels,
  formatSelector,
  nameColumn,
  type Printer,
  wide,
} from "./columns.ts";

/** The first few of a list, and how many more there are. */
const shownMax = 3;

function firstOf(list: readonly string[], none: string): string {
  if (list.length === 0) return none;
  const rest = list.length - shownMax;
  return rest <= 0 ? list.join(",") : `${list.slice(0, shownMax).join(",")} + ${rest} more...`;
}

function externalAddress({ spec, status }: ObjectOf<"services">): string {
  const given = spec?.externalIPs ?? [];
  const none = given.length > 0 ? given.join(",") : "<none>";
  if (spec?.type === "ExternalName") return spec.externalName ?? "";
  if (spec?.type !== "LoadBalancer") return none;
  const balancers = (status?.loadBalancer?.ingress ?? []).map(
    ({ ip, hostname }) => ip || hostname || "",
  );
  if (balancers.length > 0) return [...balancers, ...given].join(",");
  return given.length > 0 ? given.join(",") : "<pending>";
}

function portsText(ports: readonly ServicePort[]): string {
  if (ports.length === 0) return "<none>";
  return ports
    .map(({ port, nodePort, protocol = "TCP" }) =>
      nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
    )
    .join(",");
}

const service: Printer = {
  columns: [
    nameColumn,
    column("Type"),
    column("Cluster-IP"),
    column("External-IP"),
    column("Port(s)"),
    ageColumn,
    column("Selector", wide),
  ],
  cells(object, nowMs): Cell[] {
    const stored = object as ObjectOf<"services">;
    const { metadata, spec } = stored;
    return [
      metadata.name,
      spec?.type ?? "ClusterIP",
      spec?.clusterIP || "<none>",
      externalAddress(stored),
      portsText(spec?.ports ?? []),
      age(object, nowMs),
      formatLabels(spec?.selector),
    ];
  },
};

const endpoints: Printer = {
  columns: [nameColumn, column("Endpoints"), ageColumn],
  cells(object, nowMs) {
    const { metadata, subsets } = object as ObjectOf<"endpoints">;
    const list = (subsets ?? []).flatMap(({ addresses = [], ports = [] }) =>
      ports.length === 0
        ? addresses.map(({ ip }) => ip)
        : ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ip}:${port}`)),
    );
    return [metadata.name, firstOf(list, "<none>"), age(object, nowMs)];
  },
};

const endpointSlice: Printer = {
  columns: [nameColumn, column("AddressType"), column("Ports"), column("Endpoints"), ageColumn],
  cells(object, nowMs) {
    const slice = object as ObjectOf<"endpointslices.discovery.k8s.io">;
    const ports = (slice.ports ?? []).map(({ port }) => (port === undefined ? "*" : String(port)));
    const addresses = slice.endpoints.flatMap((endpoint) => endpoint.addresses);
    return [
      slice.metadata.name,
      slice.addressType,
      firstOf(ports, "<unset>"),
      firstOf(addresses, "<unset>"),
      age(object, nowMs),
    ];
  },
};

const ingress: Printer = {
  columns: [
    nameColumn,
    column("Class"),
    column("Hosts"),
    column("Address"),
    column("Ports"),
    ageColumn,
  ],
  cells(object, nowMs) {
    const { metadata, spec, status } = object as ObjectOf<"ingresses.networking.k8s.io">;
    const hosts = (spec?.rules ?? []).map(({ host }) => host || "*");
    const addresses = (status?.loadBalancer?.ingress ?? []).map(
      ({ ip, hostname }) => ip || hostname || "",
    );
    return [
      metadata.name,
      spec?.ingressClassName ?? "<none>",
      firstOf(hosts, "*"),
      addresses.join(","),
      (spec?.tls ?? []).length > 0 ? "80, 443" : "80",
      age(object, nowMs),
    ];
  },
};

const ingressClass: Printer = {
  columns: [nameColumn, column("Controller"), column("Parameters"), ageColumn],
  cells(object, nowMs) {
    const { metadata, spec } = object as ObjectOf<"ingressclasses.networking.k8s.io">;
    const { apiGroup, kind, name } = spec?.parameters ?? {};
    const parameters = kind ? `${kind}${apiGroup ? `.${apiGroup}` : ""}/${name}` : "<none>";
    return [metadata.name, spec?.controller ?? "", parameters, age(object, nowMs)];
  },
};

const networkPolicy: Printer = {
  columns: [nameColumn, column("Pod-Selector"), ageColumn],
  cells(object, nowMs) {
    const { metadata, spec } = object as ObjectOf<"networkpolicies.networking.k8s.io">;
    return [metadata.name, formatSelector(spec?.podSelector), age(object, nowMs)];
  },
};

export const networkPrinters: Readonly<Record<string, Printer>> = {
  services: service,
  endpoints,
  "endpointslices.discovery.k8s.io": endpointSlice,
  "ingresses.networking.k8s.io": ingress,
  "ingressclasses.networking.k8s.io": ingressClass,
  "networkpolicies.networking.k8s.io": networkPolicy,
};
