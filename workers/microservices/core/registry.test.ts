import { describe, expect, it } from "vitest";
import {
  type CheckResult,
  loopbackHost,
  type RegisteredInstance,
  type Registration,
  Registry,
} from "./registry.ts";

const registration: Registration = {
  service: "user-service",
  id: "user-1",
  host: "localhost",
  port: 3_001,
  ttlSeconds: 30,
  tags: [],
  metadata: {},
  check: {
    kind: "tcp",
    path: "/",
    intervalSeconds: 10,
    timeoutMs: 1_000,
    successesBeforePassing: 1,
    failuresBeforeWarning: null,
    failuresBeforeCritical: 3,
  },
};

function afterOf(registry: Registry, instance: RegisteredInstance) {
  return (...results: CheckResult[]) => {
    for (const result of results) registry.checked(instance, result, "", 1);
    return instance.health;
  };
}

describe("the registry", () => {
  it("expires what gives no sign of life for its time to live", () => {
    const registry = new Registry();
    registry.register(registration, 0);
    expect(registry.step(29_999).expired).toEqual([]);
    expect(registry.step(30_000).expired.map(({ id }) => id)).toEqual(["user-1"]);
    expect(registry.size).toBe(0);
  });

  it("is renewed by a heartbeat and by a passed check, and not by a failed one", () => {
    const registry = new Registry();
    const instance = registry.register(registration, 0);
    registry.renew(instance, 20_000);
    expect(instance.expiresAt).toBe(50_000);
    registry.checked(instance, "passing", "ok", 40_000);
    expect(instance.expiresAt).toBe(70_000);
    registry.checked(instance, "critical", "refused", 60_000);
    expect(instance.expiresAt).toBe(70_000);
  });

  it("says since when an instance is as it is, whatever its later checks repeat", () => {
    const registry = new Registry();
    const instance = registry.register(registration, 5);
    expect(instance.healthSince).toBe(5);
    registry.checked(instance, "passing", "ok", 10);
    registry.checked(instance, "passing", "ok", 20);
    expect(instance.healthSince).toBe(10);
    // Two failures of three change nothing yet; the third does.
    for (const at of [30, 40, 50]) registry.checked(instance, "critical", "refused", at);
    expect([instance.health, instance.healthSince]).toEqual(["critical", 50]);
    expect(registry.register(registration, 60).healthSince).toBe(50);
    expect(registry.register({ ...registration, port: 3_002 }, 70).healthSince).toBe(70);
  });

  it("checks at once and then every ten seconds, one check at a time", () => {
    const registry = new Registry();
    const instance = registry.register({ ...registration, ttlSeconds: 600 }, 0);
    expect(registry.step(0).due).toEqual([instance]);
    expect(registry.step(15_000).due).toEqual([]);
    registry.checked(instance, "passing", "ok", 15_000);
    expect(registry.dueAt()).toBe(10_000);
    expect(registry.step(15_000).due).toEqual([instance]);
    expect(registry.step(16_000).due).toEqual([]);
  });

  it("believes the first result, and later only three failures in a row", () => {
    const registry = new Registry();
    const instance = registry.register(registration, 0);
    const after = afterOf(registry, instance);
    expect(after("critical")).toBe("critical");
    expect(after("passing")).toBe("passing");
    expect(after("critical", "critical")).toBe("passing");
    expect(after("passing", "critical", "critical")).toBe("passing");
    expect(after("critical")).toBe("critical");
  });

  // developer.hashicorp.com/consul/docs/register/health-check/vm, "Success/failures before..."
  it("believes as many results in a row as the check asks for", () => {
    const registry = new Registry();
    const check = {
      ...registration.check,
      successesBeforePassing: 3,
      failuresBeforeWarning: 2,
      failuresBeforeCritical: 4,
    };
    const instance = registry.register({ ...registration, check }, 0);
    const after = afterOf(registry, instance);
    expect(after("passing", "passing")).toBe("unchecked");
    expect(after("passing")).toBe("passing");
    expect(after("critical")).toBe("passing");
    expect(after("critical")).toBe("warning");
    expect(after("critical")).toBe("warning");
    expect(after("critical")).toBe("critical");
    expect(after("passing", "passing", "critical", "passing", "passing")).toBe("critical");
    expect(after("warning")).toBe("warning");
  });

  it("calls nobody where heartbeats say how an instance is", () => {
    const registry = new Registry();
    const check = { ...registration.check, kind: "ttl" as const };
    registry.register({ ...registration, check }, 0);
    expect(registry.step(0).due).toEqual([]);
    expect(registry.dueAt()).toBe(30_000);
  });

  it("keeps what the checks said when the same address registers anew", () => {
    const registry = new Registry();
    registry.checked(registry.register(registration, 0), "passing", "ok", 1);
    expect(registry.register(registration, 5).health).toBe("passing");
    expect(registry.register({ ...registration, port: 3_002 }, 6).health).toBe("unchecked");
  });
});

describe("loopback hosts", () => {
  it.each([
    ["localhost", "localhost"],
    ["LOCALHOST", "localhost"],
    ["127.0.0.1", "127.0.0.1"],
    ["127.255.0.9", "127.255.0.9"],
    ["::1", "::1"],
    ["[::1]", "::1"],
  ])("takes %s", (host, called) => {
    expect(loopbackHost(host)).toBe(called);
  });

  it.each([
    "example.com",
    "localhost.example.com",
    "127.0.0.1.nip.io",
    "127.1",
    "0177.0.0.1",
    "127.0.0.256",
    "127.0.0.1:80",
    "127.0.0.1/x",
    "0.0.0.0",
    "::",
    "::ffff:127.0.0.1",
    "2130706433",
    "",
  ])("refuses %s", (host) => {
    expect(loopbackHost(host)).toBeUndefined();
  });
});
