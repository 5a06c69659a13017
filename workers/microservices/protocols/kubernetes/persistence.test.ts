import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as k8s from "@kubernetes/client-node";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ObjectStore } from "../../core/store/object-store.ts";
import { ObjectJournal } from "./journal.ts";
import { writeKubeconfig } from "./kubeconfig.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "kubernetes-"));
});
afterEach(() => rmSync(home, { recursive: true }));

const host = { now: () => Date.UTC(2026, 0, 1), random: Math.random };
const fail = (error: unknown): void => {
  throw error;
};
const open = (): ObjectJournal => new ObjectJournal(home, 0, fail);

it("brings the same objects back under versions above all that were told", () => {
  const journal = open();
  const store = new ObjectStore(host, journal.revision);
  journal.attach(store);
  store.create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } });
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "things.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "things", kind: "Thing" },
      versions: [{ name: "v1", served: true, storage: true }],
    },
  };
  store.create(definition);
  const metadata = { name: "kept", namespace: "default" };
  const kept = store.create({ apiVersion: "v1", kind: "ConfigMap", metadata, data: { key: "1" } });
  store.create({ apiVersion: "v1", kind: "Secret", metadata });
  store.delete("secrets", "default", "kept");
  const involvedObject = {};
  store.create({ apiVersion: "v1", kind: "Event", metadata, involvedObject });
  journal.close();

  const again = open();
  const revived = new ObjectStore(host, again.revision);
  again.attach(revived);
  expect(revived.get("configmaps", "default", "kept")).toEqual(kept);
  expect(revived.get("secrets", "default", "kept")).toBeUndefined();
  expect(revived.countOf("events")).toBe(0);
  expect(revived.kinds.get("things.example.com")?.kind).toBe("Thing");
  const later = revived.create({ apiVersion: "v1", kind: "Secret", metadata });
  expect(Number(later.metadata.resourceVersion)).toBeGreaterThan(store.revision);
  // A watch from the life before is told to list anew.
  expect(revived.changesSince(store.revision)).toBeNull();
  again.close();
});

it("writes a kubeconfig that a client reads and others do not", () => {
  const server = "http://127.0.0.1:3005";
  writeFileSync(join(home, "kubeconfig"), "an older one, for all to read");
  const path = writeKubeconfig({ home, server, token: "secret" });
  const config = new k8s.KubeConfig();
  config.loadFromString(readFileSync(path, "utf8"));
  expect(config.getCurrentCluster()?.server).toBe(server);
  expect(config.getCurrentUser()?.token).toBe("secret");
  // Windows keeps no such bits.
  expect(process.platform === "win32" || (statSync(path).mode & 0o777) === 0o600).toBe(true);
});
