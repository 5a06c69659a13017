import { describe, expect, it } from "vitest";
import { parseDnsName, serviceOfDnsName } from "./registry-names.ts";

describe("DNS names of services (Kubernetes, DNS for Services and Pods)", () => {
  it.each([
    ["data", "data"],
    ["data.prod", "data.prod"],
    ["data.prod.svc", "data.prod"],
    ["Data.prod.svc.cluster.local.", "data.prod"],
    ["data.default.svc.cluster.local", "data"],
    ["data.prod.svc.example.com", undefined],
    ["data.prod.pod.cluster.local", undefined],
    ["-data", undefined],
    ["a..b", undefined],
    ["", undefined],
  ])("%s is %s", (name, service) => {
    expect(serviceOfDnsName(name)).toBe(service);
  });
});

describe("names beyond a service (the same, and the DNS specification of Kubernetes 2.3 and 2.4)", () => {
  const web = { service: "web.shop", namespace: "shop", name: "web", hostname: null, port: null };

  it.each([
    ["_http._tcp.web.shop.svc.cluster.local", { port: { name: "http", protocol: "TCP" } }],
    ["_dns._udp.web.shop", { port: { name: "dns", protocol: "UDP" } }],
    ["web-0.web.shop.svc.cluster.local", { hostname: "web-0" }],
    ["10-244-0-7.web.shop.svc", { hostname: "10-244-0-7" }],
    ["web.svc.shop.svc.cluster.local", { hostname: "web", service: "svc.shop", name: "svc" }],
  ])("%s", (name, found) => {
    expect(parseDnsName(name)).toEqual({ ...web, ...found });
    expect(serviceOfDnsName(name)).toBeUndefined();
  });

  it.each(["_http.web.shop", "_http._sctp.web.shop", "a.b.c", "_._tcp.web", "x.y.web.shop.svc"])(
    "%s is none",
    (name) => {
      expect(parseDnsName(name)).toBeUndefined();
    },
  );
});
