/** The gateway's routes as Ingress objects and its configuration bring them, changed under load. */
import { mkdtempSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as k8s from "@kubernetes/client-node";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type PlatformProcess, startPlatformProcess } from "./platform-process.ts";

const namespace = "default";
const home = mkdtempSync(join(tmpdir(), "ingress-"));
const patience = { timeout: 15_000 };
let platform: PlatformProcess;
let config: k8s.KubeConfig;

async function start(): Promise<void> {
  platform = await startPlatformProcess([
    `--home=${home}`,
    "--only=microservices,integration,gateway",
  ]);
  config = new k8s.KubeConfig();
  config.loadFromFile(join(home, "kubeconfig"));
}
const core = () => config.makeApiClient(k8s.CoreV1Api);
const network = () => config.makeApiClient(k8s.NetworkingV1Api);
const gatewayConfig = async () =>
  (await (await fetch(platform.url("/api/orchestration/gateway/config", 5))).json()) as {
    port: number;
    routes: unknown[];
    version: number;
  };

async function serve(name: string): Promise<void> {
  const args = [`-text=${name}`];
  const containers = [{ name: "main", image: "echo", args, ports: [{ containerPort: 5678 }] }];
  await core().createNamespacedPod({
    namespace,
    body: { metadata: { name, labels: { app: name } }, spec: { containers } },
  });
  const spec = { selector: { app: name }, ports: [{ name: "web", port: 80, targetPort: 5678 }] };
  await core().createNamespacedService({ namespace, body: { metadata: { name }, spec } });
}

/** What the gateway's own port answers to a host and a path. */
let port = 0;
function ask(host: string, path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const headers = { host: `${host}:${port}` };
  const sent = request({ host: "127.0.0.1", port, path, headers }, (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (piece: string) => (text += piece));
    answer.once("end", () =>
      resolve(answer.statusCode === 200 ? text.trim() : `${answer.statusCode}`),
    );
    answer.once("error", reject);
  });
  sent.once("error", reject);
  sent.end();
  return promise;
}

const backend = (name: string, servicePort: k8s.V1ServiceBackendPort = { number: 80 }) => ({
  service: { name, port: servicePort },
});
const ingress = (name: string, spec: k8s.V1IngressSpec): k8s.V1Ingress => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name, namespace },
  spec,
});
const rule = (host: string | undefined, paths: [string, string, string][]) => ({
  ...(host !== undefined && { host }),
  http: {
    paths: paths.map(([pathType, path, service]) => ({
      pathType,
      path,
      backend: backend(service),
    })),
  },
});
const create = (body: k8s.V1Ingress) => network().createNamespacedIngress({ namespace, body });

beforeAll(async () => {
  await start();
  for (const name of ["one", "two", "three"]) await serve(name);
  ({ port } = await gatewayConfig());
});
afterAll(async () => {
  await platform.stopCleanly();
  rmSync(home, { recursive: true, force: true });
});

it("routes by host and path as the object says, and says where", async () => {
  await create(
    ingress("shop", {
      defaultBackend: backend("three", { name: "web" }),
      rules: [
        rule("shop.example", [
          ["Exact", "/exact", "two"],
          ["Prefix", "/", "one"],
          ["Prefix", "/deep/er", "two"],
          ["ImplementationSpecific", "/own", "two"],
        ]),
        rule("*.shop.example", [["Prefix", "/", "two"]]),
      ],
    }),
  );
  await expect.poll(() => ask("shop.example", "/"), patience).toBe("one");
  const answers: [string, string, string][] = [
    ["shop.example", "/exact", "two"],
    ["shop.example", "/exact/", "one"],
    ["shop.example", "/deep/er/x", "two"],
    ["shop.example", "/deep/error", "one"],
    ["shop.example", "/own/x", "two"],
    ["a.shop.example", "/", "two"],
    ["localhost", "/", "three"],
  ];
  for (const [host, path, expected] of answers) {
    expect.soft(await ask(host, path), `${host}${path}`).toBe(expected);
  }
  // One label alone is a star, and hosts that nothing names are refused.
  expect(await ask("a.b.shop.example", "/")).toMatch(/^4\d\d$/);
  const read = await network().readNamespacedIngress({ namespace, name: "shop" });
  expect(read.status?.loadBalancer?.ingress).toEqual([
    { ip: "127.0.0.1", ports: [{ port, protocol: "TCP" }] },
  ]);
});

it("leaves other classes' objects alone, and ends with the object", async () => {
  await create(
    ingress("foreign", {
      ingressClassName: "nginx",
      rules: [rule("foreign.example", [["Prefix", "/", "one"]])],
    }),
  );
  await create(
    ingress("own", {
      ingressClassName: "gateway",
      rules: [rule("own.example", [["Prefix", "/", "one"]])],
    }),
  );
  await expect.poll(() => ask("own.example", "/"), patience).toBe("one");
  expect(await ask("foreign.example", "/")).toMatch(/^4\d\d$/);
  const foreign = await network().readNamespacedIngress({ namespace, name: "foreign" });
  expect(foreign.status?.loadBalancer?.ingress).toBeUndefined();
  await network().deleteNamespacedIngress({ namespace, name: "own" });
  await expect.poll(() => ask("own.example", "/"), patience).toMatch(/^4\d\d$/);
});

it("takes another configuration without losing a request", { timeout: 60_000 }, async () => {
  const put = async (service: string) => {
    const routes = [{ name: "steady", hosts: ["steady.example"], to: [{ service }] }];
    const answer = await fetch(platform.url("/api/orchestration/gateway/config", 5), {
      method: "PUT",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ routes, policies: [] }),
    });
    expect(answer.status).toBe(200);
  };
  await put("one");
  const load = { isOver: false, counts: new Map<string, number>() };
  const client = async () => {
    while (!load.isOver) {
      const answer = await ask("steady.example", "/").catch(String);
      load.counts.set(answer, (load.counts.get(answer) ?? 0) + 1);
    }
  };
  const clients = [client(), client(), client(), client()];
  for (let step = 0; step < 20; step++) {
    await put(step % 2 === 0 ? "two" : "one");
    const name = `extra-${step}`;
    await create(ingress(name, { rules: [rule("extra.example", [["Prefix", "/", "one"]])] }));
    await network().deleteNamespacedIngress({ namespace, name });
  }
  load.isOver = true;
  await Promise.all(clients);
  expect([...load.counts.keys()].toSorted()).toEqual(["one", "two"]);
});

it("has the same routes after a restart", { timeout: 60_000 }, async () => {
  const before = await gatewayConfig();
  expect(before.routes).toHaveLength(1);
  await platform.stopCleanly();
  await start();
  const after = await gatewayConfig();
  expect(after.routes).toEqual(before.routes);
  ({ port } = after);
  await expect.poll(() => ask("steady.example", "/"), patience).toBe("one");
  await expect.poll(() => ask("a.shop.example", "/"), patience).toBe("two");
});
