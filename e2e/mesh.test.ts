/** The mesh as its users see it: namespaces are injected, pods call pods, kubectl brings the policies. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  kubectls,
  runKubectl,
} from "../workers/microservices/protocols/kubernetes/testing/kubectl.ts";
import { type PlatformProcess, startPlatformProcess } from "./platform-process.ts";

const kubectl = kubectls().at(-1);
const patience = { timeout: 20_000 };
let platform: PlatformProcess;
let home: string;

async function run(args: string, input = ""): Promise<string> {
  const words = [...args.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
  const server = platform.url("", 5);
  const { code, output } = await runKubectl(kubectl!, words, { server, home, input });
  if (code !== 0) throw new Error(`kubectl ${args}: ${output}`);
  return output;
}
const apply = (...manifests: object[]) =>
  run("apply -f -", JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests }));

const namespaceOf = (name: string, labels: Record<string, string> = {}) => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, labels },
});
const podOf = (namespace: string, name: string, more: object = {}) => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { namespace, name, labels: { app: name.replace(/-v\d$/, ""), pod: name } },
  spec: {
    serviceAccountName: name,
    containers: [{ name: "main", image: "echo", ports: [{ containerPort: 8080 }] }],
    ...more,
  },
});
const accountOf = (namespace: string, name: string) => ({
  apiVersion: "v1",
  kind: "ServiceAccount",
  metadata: { namespace, name },
});
const serviceOf = (namespace: string, name: string, selector = { app: name } as object) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { namespace, name },
  spec: { selector, ports: [{ port: 80, targetPort: 8080 }] },
});
const policyOf = (name: string, spec: object) => ({
  apiVersion: "security.istio.io/v1",
  kind: "AuthorizationPolicy",
  metadata: { namespace: "data", name },
  spec,
});

/** What a pod gets from an address: the status, and the answer where it is the echo's. */
async function call(from: string, url: string): Promise<{ status: number; body: string }> {
  const [namespace, pod] = from.split("/");
  try {
    const output = await run(`exec -n ${namespace} ${pod} -- curl -s -i ${url}`);
    const body = output.slice(output.indexOf("\n\n") + 2);
    return { status: Number(/^HTTP\/1.1 (\d+)/.exec(output)?.[1]), body };
  } catch (error) {
    return { status: 0, body: String(error) };
  }
}
const statusOf = async (from: string, url: string) => (await call(from, url)).status;
const outside = async () => (await fetch(platform.url("/services/api.data/", 5))).status;

interface Echo {
  readonly pod: string;
  readonly headers: Readonly<Record<string, string>>;
}
const echo = async (from: string, url: string) => JSON.parse((await call(from, url)).body) as Echo;

describe.skipIf(kubectl === undefined)("the mesh", () => {
  beforeAll(async () => {
    platform = await startPlatformProcess([
      "--ephemeral",
      "--only=microservices,integration,gateway",
    ]);
    home = mkdtempSync(join(tmpdir(), "kubectl-mesh-"));
    writeFileSync(join(home, "config"), "");
    await apply(
      namespaceOf("shop", { "istio-injection": "enabled" }),
      namespaceOf("data", { "mesh.demo/injection": "enabled" }),
      namespaceOf("plain"),
      ...["web", "cart"].map((name) => accountOf("shop", name)),
      ...["api", "api-v1", "api-v2"].map((name) => accountOf("data", name)),
      accountOf("plain", "old"),
    );
    await apply(
      podOf("shop", "web"),
      podOf("shop", "cart"),
      podOf("data", "api-v1"),
      podOf("data", "api-v2"),
      podOf("plain", "old"),
      serviceOf("shop", "web"),
      serviceOf("data", "api"),
      serviceOf("data", "api-v1", { pod: "api-v1" }),
      serviceOf("data", "api-v2", { pod: "api-v2" }),
      serviceOf("plain", "old"),
    );
    await run("wait -n data --for=condition=Ready pod --all --timeout=20s");
    await run("wait -n shop --for=condition=Ready pod --all --timeout=20s");
    await run("wait -n plain --for=condition=Ready pod --all --timeout=20s");
  }, 60_000);
  afterAll(async () => {
    await platform.stopCleanly();
    rmSync(home, { recursive: true, force: true });
  });

  it("carries calls under the identities of both ends", async () => {
    await expect.poll(() => statusOf("shop/web", "http://api.data/"), patience).toBe(200);
    const { headers } = await echo("shop/web", "http://api.data.svc.cluster.local/x");
    expect(headers["x-forwarded-client-cert"]).toMatch(
      /^By=spiffe:\/\/cluster\.local\/ns\/data\/sa\/api-v[12];Hash=[0-9a-f]{64};URI=spiffe:\/\/cluster\.local\/ns\/shop\/sa\/web$/,
    );
    expect(headers["traceparent"]).toMatch(/^00-[0-9a-f]{32}-/);
    // Who is not of the mesh has no identity.
    const plain = await echo("plain/old", "http://api.data/");
    expect(plain.headers).not.toHaveProperty("x-forwarded-client-cert");
    const away = await echo("shop/web", "http://old.plain/");
    expect(away.headers).not.toHaveProperty("x-forwarded-client-cert");
  });

  it("shows each edge from the workload that calls", async () => {
    await call("shop/cart", "http://api.data/");
    const answer = await fetch(platform.url("/api/orchestration/mesh", 5));
    const { edges } = (await answer.json()) as { edges: { from: string; to: string }[] };
    const named = edges.map(({ from, to }) => `${from} ${to}`);
    expect(named).toEqual(expect.arrayContaining(["web.shop api.data", "cart.shop api.data"]));
    const metrics = await (await fetch(platform.url("/metrics", 5))).text();
    expect(metrics).toMatch(/mesh_requests_total\{[^}]*source_workload="shop\/cart"[^}]*\} [1-9]/);
  });

  it("allows by identity, method and path, and nothing else", async () => {
    await apply(policyOf("nothing", {}));
    await expect.poll(() => statusOf("shop/web", "http://api.data/"), patience).toBe(403);
    expect(await outside()).toBe(403);
    const source = { principals: ["cluster.local/ns/shop/sa/web"] };
    const operation = { methods: ["GET"], paths: ["/public/*"] };
    await apply(policyOf("web", { rules: [{ from: [{ source }], to: [{ operation }] }] }));
    await expect.poll(() => statusOf("shop/web", "http://api.data/public/a"), patience).toBe(200);
    expect(await statusOf("shop/web", "http://api.data/private")).toBe(403);
    expect(await statusOf("shop/web", "http://api.data/public/../private")).toBe(403);
    expect(await statusOf("shop/cart", "http://api.data/public/a")).toBe(403);
    expect(await statusOf("plain/old", "http://api.data/public/a")).not.toBe(200);
    expect(await run("get ap -n data")).toMatch(/nothing\s+\S*\s+\d+s/);
    await run("delete ap -n data --all");
    await expect.poll(() => statusOf("shop/cart", "http://api.data/"), patience).toBe(200);
  });

  it("fails closed for what it does not carry out, and says so", async () => {
    const when = [{ key: "request.auth.claims[iss]", values: ["x"] }];
    await apply(policyOf("claims", { rules: [{ when }] }));
    await expect.poll(() => statusOf("shop/web", "http://api.data/"), patience).toBe(403);
    await expect
      .poll(() => run("get events -n data"), patience)
      .toMatch(/Unsupported\s+authorizationpolicy\/claims\s+spec.rules\[0\].when/);
    await run("delete ap -n data --all");
    await expect.poll(() => statusOf("shop/web", "http://api.data/"), patience).toBe(200);
  });

  it("takes no plain connection where PeerAuthentication is STRICT", async () => {
    expect(await statusOf("plain/old", "http://api.data/")).toBe(200);
    await apply({
      apiVersion: "security.istio.io/v1",
      kind: "PeerAuthentication",
      metadata: { namespace: "data", name: "default" },
      spec: { mtls: { mode: "STRICT" } },
    });
    await expect.poll(() => statusOf("plain/old", "http://api.data/"), patience).not.toBe(200);
    expect(await statusOf("shop/web", "http://api.data/")).toBe(200);
    expect(await outside()).toBe(200);
    await run("delete peerauthentication -n data default");
    await expect.poll(() => statusOf("plain/old", "http://api.data/"), patience).toBe(200);
  });

  it("follows NetworkPolicy objects, whoever calls", async () => {
    const policy = (name: string, ingress: object[]) => ({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { namespace: "data", name },
      spec: { podSelector: {}, policyTypes: ["Ingress"], ingress },
    });
    await apply(policy("deny", []));
    await expect.poll(() => statusOf("shop/web", "http://api.data/"), patience).toBe(403);
    expect(await statusOf("plain/old", "http://api.data/")).not.toBe(200);
    expect(await outside()).toBe(403);
    const shop = { matchLabels: { "kubernetes.io/metadata.name": "shop" } };
    const web = { namespaceSelector: shop, podSelector: { matchLabels: { app: "web" } } };
    const plain = { matchLabels: { "kubernetes.io/metadata.name": "plain" } };
    const ports = [{ port: 8080 }];
    await apply(policy("web", [{ from: [web, { namespaceSelector: plain }], ports }]));
    await expect.poll(() => statusOf("shop/web", "http://api.data/"), patience).toBe(200);
    expect(await statusOf("plain/old", "http://api.data/")).toBe(200);
    expect(await statusOf("shop/cart", "http://api.data/")).toBe(403);
    const gateway = { matchLabels: { "app.kubernetes.io/name": "gateway" } };
    const system = { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } };
    await apply(
      policy("gateway", [{ from: [{ namespaceSelector: system, podSelector: gateway }] }]),
    );
    await expect.poll(outside, patience).toBe(200);
    await run("delete netpol -n data --all");
    await expect.poll(() => statusOf("shop/cart", "http://api.data/"), patience).toBe(200);
  });

  it("splits by the weights of an HTTPRoute", async () => {
    const route = (weights: readonly [number, number]) => ({
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { namespace: "data", name: "api" },
      spec: {
        parentRefs: [{ group: "", kind: "Service", name: "api", port: 80 }],
        rules: [
          {
            backendRefs: weights.map((weight, at) => ({
              name: `api-v${at + 1}`,
              port: 80,
              weight,
            })),
          },
        ],
      },
    });
    const pods = async () => {
      const found = new Set<string>();
      for (let step = 0; step < 5; step++)
        found.add((await echo("shop/web", "http://api.data/")).pod);
      return [...found];
    };
    await apply(route([1, 0]));
    await expect.poll(pods, patience).toEqual(["api-v1"]);
    await apply(route([0, 1]));
    await expect.poll(pods, patience).toEqual(["api-v2"]);
    await run("delete httproute -n data api");
  });

  it("keeps the doors to pods that are restarted", { timeout: 60_000 }, async () => {
    await run("delete pod -n data api-v1 --now");
    await apply(podOf("data", "api-v1"));
    await run("wait -n data --for=condition=Ready pod/api-v1 --timeout=20s");
    await expect
      .poll(async () => (await call("shop/web", "http://api-v1.data/")).status, patience)
      .toBe(200);
    const { headers } = await echo("shop/web", "http://api-v1.data/");
    expect(headers["x-forwarded-client-cert"]).toContain("sa/api-v1;");
  });

  it("scales by the requests that the mesh measures", { timeout: 90_000 }, async () => {
    const template = {
      metadata: { labels: { app: "busy" } },
      spec: {
        containers: [{ name: "main", image: "echo", ports: [{ containerPort: 8080 }] }],
      },
    };
    const metric = { name: "requests-per-second" };
    const target = { type: "AverageValue", averageValue: "5" };
    await apply(
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { namespace: "data", name: "busy" },
        spec: { replicas: 1, selector: { matchLabels: { app: "busy" } }, template },
      },
      serviceOf("data", "busy"),
      {
        apiVersion: "autoscaling/v2",
        kind: "HorizontalPodAutoscaler",
        metadata: { namespace: "data", name: "busy" },
        spec: {
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "busy" },
          maxReplicas: 4,
          metrics: [{ type: "Pods", pods: { metric, target } }],
        },
      },
      accountOf("shop", "load"),
      podOf("shop", "load", {
        containers: [
          {
            name: "main",
            image: "load-generator",
            env: [
              { name: "TARGET", value: "http://busy.data/" },
              { name: "RPS", value: "40" },
            ],
          },
        ],
      }),
    );
    // 40 requests a second at 5 each would be eight pods: as many as there may be.
    await expect
      .poll(() => run("get deployment -n data busy -o jsonpath={.status.readyReplicas}"), {
        timeout: 60_000,
      })
      .toBe("4");
    expect(await run("get hpa -n data busy")).toMatch(/\d+(m|\/)/);
    await run("delete pod -n shop load --now");
  });

  it("loses no call while pods are replaced", { timeout: 90_000 }, async () => {
    const readinessProbe = { httpGet: { path: "/", port: 8080 }, periodSeconds: 1 };
    const ports = [{ containerPort: 8080 }];
    await apply(
      {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { namespace: "data", name: "steady" },
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: "steady" } },
          template: {
            metadata: { labels: { app: "steady" } },
            spec: { containers: [{ name: "main", image: "echo", ports, readinessProbe }] },
          },
        },
      },
      serviceOf("data", "steady"),
      accountOf("shop", "caller"),
    );
    await run("rollout status -n data deployment/steady --timeout=30s");
    await expect.poll(() => statusOf("shop/web", "http://steady.data/"), patience).toBe(200);
    const env = [
      { name: "TARGET", value: "http://steady.data/" },
      { name: "RPS", value: "40" },
    ];
    const containers = [{ name: "main", image: "load-generator", env, ports }];
    await apply(podOf("shop", "caller", { containers }), serviceOf("shop", "caller"));
    const counts = async () =>
      JSON.parse((await call("shop/web", "http://caller/")).body) as {
        answered: number;
        failed: number;
      };
    await expect
      .poll(async () => (await counts().catch(() => null))?.answered ?? 0, patience)
      .toBeGreaterThan(20);
    await run("rollout restart -n data deployment/steady");
    await run("rollout status -n data deployment/steady --timeout=40s");
    const { answered } = await counts();
    await expect
      .poll(async () => (await counts()).answered, patience)
      .toBeGreaterThan(answered + 20);
    expect((await counts()).failed).toBe(0);
    await run("delete pod -n shop caller --now");
  });
});
