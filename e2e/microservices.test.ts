/** The microservices lines of the documentation, through the running platform, also with wrong input. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type {
  DeploymentView,
  GatewayRoute,
  MeshEdge,
  PodView,
  ServiceInstance,
} from "../workers/microservices/contract.ts";
import { problemSchema } from "../workers/service/contract.ts";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

const portOffset = 5;
let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess([
    "--ephemeral",
    "--only=microservices,integration,gateway",
  ]);
});
afterAll(async () => {
  await platform.stopCleanly();
});

async function call<T>(path: string, body?: object, offset = portOffset): Promise<T> {
  const post = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const answer = await fetch(platform.url(path, offset), body === undefined ? {} : post);
  return (await answer.json()) as T;
}

async function refusal(path: string, body?: object) {
  return problemSchema.parse(await call(path, body));
}

const podsOf = async (deployment: string) =>
  (await call<{ pods: PodView[] }>(`/api/pods?deployment=${deployment}`)).pods;
const statusesOf = async (deployment: string) =>
  (await podsOf(deployment)).map(({ status }) => status);
const readyOf = async (name: string) =>
  (await call<DeploymentView>(`/api/deployments/${name}`)).ready;
const create = (name: string, image: string, replicas: number, environment = {}) =>
  call<DeploymentView>("/api/deployments/create", { name, image, replicas, environment });
const patience = { timeout: 8_000 };

describe("GET /api/orchestration/status", () => {
  it("answers on its own port and through the others", async () => {
    for (const offset of [5, 7, 0]) {
      const status = await call("/api/orchestration/status", undefined, offset);
      expect(status).toMatchObject({ pods: { capacity: 750 }, verdict: expect.any(String) });
    }
  });

  it("refuses a query that it does not know", async () => {
    expect(await refusal("/api/orchestration/status?x=1")).toMatchObject({ code: "INPUT_INVALID" });
  });
});

describe("POST /api/deployments/create and /scale", () => {
  it("runs the documented lines: three pods of nginx that answer, then five", async () => {
    await create("web-app", "nginx:latest", 3);
    await expect.poll(() => readyOf("web-app"), patience).toBe(3);
    for (const { port } of await podsOf("web-app")) {
      const page = await fetch(`http://127.0.0.1:${port}/`);
      expect(page.status).toBe(200);
      expect(await page.text()).toContain("Welcome to nginx!");
    }
    const scaled = await call("/api/deployments/scale", { name: "web-app", replicas: 5 });
    expect(scaled).toMatchObject({ name: "web-app", replicas: 5 });
    await expect.poll(() => readyOf("web-app"), patience).toBe(5);
    await call("/api/deployments/scale", { name: "web-app", replicas: 2 });
    await expect.poll(() => podsOf("web-app"), patience).toHaveLength(2);
  });

  it.each([
    ["a name that is no label", { name: "Web_App", image: "nginx", replicas: 1 }, "name"],
    ["too many replicas", { name: "a", image: "nginx", replicas: 51 }, "replicas"],
    ["a negative count", { name: "a", image: "nginx", replicas: -1 }, "replicas"],
    ["no image", { name: "a", replicas: 1 }, "image"],
    ["an unknown key", { name: "a", image: "nginx", replicas: 1, cpu: 4 }, ""],
  ])("refuses %s and names the field", async (_title, input, path) => {
    const problem = await refusal("/api/deployments/create", input);
    expect(problem).toMatchObject({ status: 400, code: "INPUT_INVALID" });
    expect(problem.issues?.map((issue) => issue.path)).toContain(path);
  });

  it("refuses a name that is taken, and one that is unknown", async () => {
    await create("taken", "echo", 0);
    expect(problemSchema.parse(await create("taken", "echo", 0))).toMatchObject({
      status: 409,
      code: "DEPLOYMENT_EXISTS",
    });
    expect(await refusal("/api/deployments/scale", { name: "nobody", replicas: 1 })).toMatchObject({
      status: 404,
      code: "DEPLOYMENT_UNKNOWN",
    });
    expect(await refusal("/api/deployments/nobody")).toMatchObject({ code: "DEPLOYMENT_UNKNOWN" });
    expect(await refusal("/api/deployments/delete", { name: "nobody" })).toMatchObject({
      code: "DEPLOYMENT_UNKNOWN",
    });
  });

  it("deletes a deployment with its pods, and their ports close", async () => {
    await create("gone", "echo", 2);
    await expect.poll(() => readyOf("gone"), patience).toBe(2);
    const [pod] = await podsOf("gone");
    await call("/api/deployments/delete", { name: "gone" });
    await expect.poll(() => podsOf("gone"), patience).toEqual([]);
    await expect(fetch(`http://127.0.0.1:${pod?.port}/`)).rejects.toThrow("fetch failed");
  });
});

describe("pods", () => {
  it("are replaced when they are killed, and restarted when their container is", async () => {
    await create("healing", "echo", 2);
    await expect.poll(() => readyOf("healing"), patience).toBe(2);
    const [victim, survivor] = await podsOf("healing");
    await call(`/api/pods/${victim?.name}/kill`, {});
    const names = async () => (await podsOf("healing")).map(({ name }) => name);
    await expect.poll(names, patience).not.toContain(victim?.name);
    expect(await names()).toHaveLength(2);
    expect(await names()).toContain(survivor?.name);
    await expect.poll(() => readyOf("healing"), patience).toBe(2);
    await call(`/api/pods/${survivor?.name}/kill`, { target: "container" });
    await expect
      .poll(() => call<PodView>(`/api/pods/${survivor?.name}`), patience)
      .toMatchObject({ restarts: 1, ready: true, lastTermination: { exitCode: 137 } });
    expect(await refusal(`/api/pods/${victim?.name}/kill`, {})).toMatchObject({
      code: "POD_UNKNOWN",
    });
  });

  it("end as ImagePullBackOff when their image is unknown", async () => {
    await create("typo", "ngnix:latest", 1);
    await expect.poll(() => statusesOf("typo"), patience).toEqual(["ImagePullBackOff"]);
  });

  it("end as CrashLoopBackOff when they crash, with their log kept", async () => {
    await create("crasher", "failing", 1);
    await expect.poll(() => statusesOf("crasher"), patience).toEqual(["CrashLoopBackOff"]);
    const [pod] = await podsOf("crasher");
    const { lines } = await call<{ lines: { text: string }[] }>(`/api/pods/${pod?.name}/logs`);
    expect(lines.map(({ text }) => text)).toContain("fatal: this image always fails");
  });
});

describe("POST /api/services/register", () => {
  let server: Server;
  let port = 0;
  beforeAll(async () => {
    server = createServer((_request, response) => response.end("hello from user-service"));
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve());
    });
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const instanceOf = async (service: string) =>
    (
      await call<{ services: { name: string; instances: ServiceInstance[] }[] }>("/api/services")
    ).services.find(({ name }) => name === service)?.instances[0];

  it("takes the documented line, and says that nothing listens there", async () => {
    const body = { name: "nobody-there", id: "user-1", host: "localhost", port: 1 };
    expect(await call("/api/services/register", body)).toMatchObject({
      service: "nobody-there",
      id: "user-1",
      port: 1,
      ttlSeconds: 60,
    });
    await expect
      .poll(() => instanceOf("nobody-there"), patience)
      .toMatchObject({ health: "critical", detail: expect.stringContaining("connection refused") });
  });

  it("checks, routes to, renews and takes out an instance", async () => {
    const body = { name: "user-service", id: "user-1", host: "localhost", port };
    await call("/api/services/register", body);
    await expect
      .poll(() => instanceOf("user-service"), patience)
      .toMatchObject({ health: "passing" });
    const answer = await fetch(platform.url("/services/user-service/", portOffset));
    expect(await answer.text()).toBe("hello from user-service");
    const key = { name: "user-service", id: "user-1" };
    expect(await call("/api/services/heartbeat", key)).toMatchObject({ health: "passing" });
    expect(await call("/api/services/deregister", key)).toEqual({ ...key, deregistered: true });
    expect(await refusal("/api/services/heartbeat", key)).toMatchObject({
      code: "INSTANCE_UNKNOWN",
    });
    const gone = await fetch(platform.url("/services/user-service/", portOffset));
    expect(gone.status).toBe(404);
  });

  it("forgets an instance that gives no sign of life", async () => {
    const body = { name: "mortal", id: "m-1", host: "127.0.0.1", port: 1, ttlSeconds: 5 };
    await call("/api/services/register", body);
    await expect.poll(() => instanceOf("mortal"), patience).toBeDefined();
    await expect.poll(() => instanceOf("mortal"), { timeout: 9_000 }).toBeUndefined();
  });

  it.each(["example.com", "10.0.0.1", "169.254.169.254", "127.0.0.1.nip.io", "0x7f.1", "::ffff:1"])(
    "refuses the host %s",
    async (host) => {
      const body = { name: "a", id: "b", host, port: 80 };
      expect(await refusal("/api/services/register", body)).toMatchObject({
        status: 400,
        code: "HOST_NOT_LOCAL",
      });
    },
  );

  it("refuses the platform's own ports, and input that does not fit", async () => {
    const own = { name: "a", id: "b", host: "localhost", port: platform.portBase + portOffset };
    expect(await refusal("/api/services/register", own)).toMatchObject({
      code: "PORT_TAKEN_BY_PLATFORM",
    });
    const wrong = { name: "a", id: "b", host: "localhost", port: 70_000 };
    expect(await refusal("/api/services/register", wrong)).toMatchObject({ code: "INPUT_INVALID" });
  });
});

describe("the gateway", () => {
  const through = (path: string, init: RequestInit = {}) =>
    fetch(platform.url(`/services/${path}`, portOffset), init);

  it("spreads requests over the pods and carries method, path, query and body", async () => {
    await create("echo", "echo", 3);
    await expect.poll(() => readyOf("echo"), patience).toBe(3);
    const answered = new Set<string>();
    for (let request = 0; request < 9; request++) {
      const answer = await through("echo/a%20b?x=1", {
        method: "POST",
        headers: { "content-type": "application/json", cookie: "secret=1" },
        body: '{"n":1}',
      }).then((response) => response.json() as Promise<Record<string, unknown>>);
      expect(answer).toMatchObject({ method: "POST", path: "/a%20b?x=1", body: '{"n":1}' });
      expect(answer["headers"]).not.toHaveProperty("cookie");
      answered.add(String(answer["pod"]));
    }
    expect(answered.size).toBe(3);
  });

  it("loses no request while a deployment rolls out", async () => {
    await create("rolling", "echo", 4);
    await expect.poll(() => readyOf("rolling"), patience).toBe(4);
    const rollout = { isOver: false };
    const statuses: number[] = [];
    const load = (async () => {
      while (!rollout.isOver) statuses.push((await through("rolling/")).status);
    })();
    await call("/api/deployments/restart", { name: "rolling" });
    await expect
      .poll(() => call<DeploymentView>("/api/deployments/rolling"), patience)
      .toMatchObject({ ready: 4, updated: 4, current: 4, revision: 2 });
    rollout.isOver = true;
    await load;
    expect(statuses.length).toBeGreaterThan(5);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  });

  it("opens the circuit of an instance that only fails", async () => {
    await create("errors", "failing:errors", 1);
    await expect.poll(() => readyOf("errors"), patience).toBe(1);
    const statuses: number[] = [];
    for (let request = 0; request < 7; request++) statuses.push((await through("errors/")).status);
    expect(statuses).toEqual([500, 500, 500, 500, 500, 503, 503]);
    const { routes } = await call<{ routes: GatewayRoute[] }>("/api/orchestration/gateway");
    expect(routes.find(({ service }) => service === "errors")).toMatchObject({
      requests: 5,
      errors: 5,
      refused: 2,
      openCircuits: 1,
      latency: { count: 5 },
    });
  });

  it("measures pods that call each other, and ends a circle of calls", async () => {
    await create("front", "relay", 1, { UPSTREAM: "echo" });
    await create("ring", "relay", 1, { UPSTREAM: "ring" });
    await expect
      .poll(async () => (await readyOf("front")) + (await readyOf("ring")), patience)
      .toBe(2);
    expect((await through("front/hello")).status).toBe(200);
    // The circle ends where the depth does, or where its failures have opened the circuit.
    expect((await through("ring/")).status).toBeOneOf([502, 503]);
    const { edges } = await call<{ edges: MeshEdge[] }>("/api/orchestration/mesh");
    expect(edges).toContainEqual(
      expect.objectContaining({ from: "front", to: "echo", requests: 1, errors: 0 }),
    );
  });

  it("sandboxes pages of services and refuses what the guard refuses", async () => {
    const page = await through("web-app/");
    expect(page.headers.get("content-security-policy")).toBe("sandbox");
    const text = await through("echo/", {
      method: "POST",
      headers: { "content-type": "text/plain" },
      body: "x",
    });
    expect(text.status).toBe(415);
    const foreign = await through("echo/", { headers: { origin: "http://example.com" } });
    expect(foreign.status).toBe(403);
    expect((await through("nobody/")).status).toBe(404);
    const large = await through("echo/", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify("x".repeat(1024 * 1024)),
    });
    expect(large.status).toBe(413);
  });

  it("is reachable for the dashboard through every port", async () => {
    const body = { name: "web-app", method: "GET", path: "/robots.txt" };
    expect(await call("/api/orchestration/gateway/send", body, 0)).toMatchObject({
      status: 200,
      attempts: 1,
      body: "User-agent: *\nDisallow: /\n",
    });
  });
});
