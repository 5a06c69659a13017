import type { Container, PodSpec } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import { TestCluster } from "../core/scheduling/test-cluster.ts";
import { ConfigurationMissing, expand, surroundingsOf } from "./container-environment.ts";

const api = { host: "127.0.0.1", port: 3005 };

function put(cluster: TestCluster, kind: "ConfigMap" | "Secret", name: string, data: object): void {
  cluster.store.create({ apiVersion: "v1", kind, metadata: { name, namespace: "default" }, data });
}

function start(): TestCluster {
  const cluster = new TestCluster();
  put(cluster, "ConfigMap", "settings", { color: "blue", size: "large" });
  put(cluster, "Secret", "keys", { token: Buffer.from("grüße").toString("base64") });
  return cluster;
}

function around(cluster: TestCluster, container: Partial<Container>, spec: Partial<PodSpec> = {}) {
  const main = { name: "main", image: "app", ...container };
  cluster.addPod("pod", { labels: { app: "web" }, spec: { containers: [main], ...spec } });
  return surroundingsOf(cluster.store, cluster.pod("pod"), main, api);
}

describe("variables", () => {
  it("come from config maps, secrets, fields and limits; later ones win and see earlier ones", () => {
    const { environment } = around(
      start(),
      {
        resources: { limits: { memory: "64Mi" } },
        envFrom: [
          { configMapRef: { name: "settings" } },
          { secretRef: { name: "keys" }, prefix: "KEY_" },
        ],
        env: [
          { name: "color", value: "red" },
          { name: "SIZE", valueFrom: { configMapKeyRef: { name: "settings", key: "size" } } },
          { name: "TOKEN", valueFrom: { secretKeyRef: { name: "keys", key: "token" } } },
          { name: "WHO", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
          { name: "APP", valueFrom: { fieldRef: { fieldPath: "metadata.labels['app']" } } },
          { name: "NODE", valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } } },
          { name: "MOST", valueFrom: { resourceFieldRef: { resource: "limits.memory" } } },
          { name: "BOTH", value: "$(color) $(SIZE) $(NOBODY) $$(color)" },
        ],
      },
      { nodeName: "node-a" },
    );
    expect(environment).toMatchObject({
      size: "large",
      color: "red",
      KEY_token: "grüße",
      SIZE: "large",
      TOKEN: "grüße",
      WHO: "pod",
      APP: "web",
      NODE: "node-a",
      MOST: "64Mi",
      BOTH: "red large $(NOBODY) $(color)",
      HOSTNAME: "pod",
      KUBERNETES_SERVICE_HOST: "127.0.0.1",
      KUBERNETES_SERVICE_PORT: "3005",
    });
  });

  it("name the services of the namespace, but headless ones and unless the pod wants none", () => {
    const services = (cluster: TestCluster) => {
      for (const [name, clusterIP] of Object.entries({ "my-web": "10.96.0.7", bare: "None" })) {
        const metadata = { name, namespace: "default" };
        const spec = { clusterIP, ports: [{ port: 8080 }] };
        cluster.store.create({ apiVersion: "v1", kind: "Service", metadata, spec });
      }
      return cluster;
    };
    const { environment } = around(services(start()), {});
    expect(environment).toMatchObject({
      MY_WEB_SERVICE_HOST: "10.96.0.7",
      MY_WEB_SERVICE_PORT: "8080",
    });
    expect(environment).not.toHaveProperty("BARE_SERVICE_HOST");
    const without = around(services(start()), {}, { enableServiceLinks: false });
    expect(without.environment).not.toHaveProperty("MY_WEB_SERVICE_HOST");
  });

  it.each([
    ["a config map", { envFrom: [{ configMapRef: { name: "nobody" } }] }, 'configmap "nobody"'],
    ["a secret", { envFrom: [{ secretRef: { name: "nobody" } }] }, 'secret "nobody" not found'],
    [
      "a key",
      {
        env: [{ name: "A", valueFrom: { configMapKeyRef: { name: "settings", key: "depth" } } }],
      },
      "couldn't find key depth in ConfigMap default/settings",
    ],
  ])("that need %s which is not there keep the container from starting", (_title, spec, told) => {
    expect(() => around(start(), spec)).toThrow(ConfigurationMissing);
    expect(() => around(start(), spec)).toThrow(told);
  });

  it("that are optional are left out", () => {
    const { environment } = around(start(), {
      envFrom: [{ configMapRef: { name: "nobody", optional: true } }],
      env: [
        {
          name: "A",
          valueFrom: { secretKeyRef: { name: "keys", key: "none", optional: true } },
        },
      ],
    });
    expect(environment).not.toHaveProperty("A");
  });

  it("expand as the kubelet's do (third_party/forked/golang/expansion)", () => {
    const known = { A: "1", B: "2" };
    expect(expand("$(A)-$(B)", known)).toBe("1-2");
    expect(expand("$(C) $A $$(A) $$$(A)", known)).toBe("$(C) $A $(A) $1");
    expect(expand("$(toString)", known)).toBe("$(toString)");
  });
});

describe("files", () => {
  it("are mounted from config maps, secrets, the pod itself, and all of them together", () => {
    const { files } = around(
      start(),
      {
        volumeMounts: [
          { name: "settings", mountPath: "/etc/settings/" },
          { name: "one", mountPath: "/etc/one.txt", subPath: "color" },
          { name: "keys", mountPath: "/keys" },
          { name: "all", mountPath: "/all" },
        ],
      },
      {
        volumes: [
          {
            name: "settings",
            configMap: { name: "settings", items: [{ key: "size", path: "how/big" }] },
          },
          { name: "one", configMap: { name: "settings" } },
          { name: "keys", secret: { secretName: "keys" } },
          {
            name: "all",
            projected: {
              sources: [
                { configMap: { name: "settings" } },
                { secret: { name: "keys" } },
                {
                  downwardAPI: {
                    items: [{ path: "labels", fieldRef: { fieldPath: "metadata.labels" } }],
                  },
                },
              ],
            },
          },
        ],
      },
    );
    expect(files).toEqual({
      "/etc/settings/how/big": "large",
      "/etc/one.txt": "blue",
      "/keys/token": "grüße",
      "/all/color": "blue",
      "/all/size": "large",
      "/all/token": "grüße",
      "/all/labels": 'app="web"',
    });
  });

  it("of a volume that is not there keep the container from starting, unless it is optional", () => {
    const mount = { volumeMounts: [{ name: "v", mountPath: "/v" }] };
    const volume = (optional: boolean) => ({
      volumes: [{ name: "v", configMap: { name: "nobody", optional } }],
    });
    expect(() => around(start(), mount, volume(false))).toThrow('configmap "nobody" not found');
    expect(around(start(), mount, volume(true)).files).toEqual({});
  });
});
