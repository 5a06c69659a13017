import { describe, expect, it } from "vitest";
import { serviceOfDnsName } from "./registry-names.ts";

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
