import { once } from "node:events";
import { generateKeyPairSync } from "node:crypto";
import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect as connectPlain, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { connect, type ConnectionOptions } from "node:tls";
import { afterEach, describe, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import type { AuthorizationPolicy } from "../core/mesh/authorization.ts";
import { MeshPolicy } from "../core/mesh/policy.ts";
import { identityKey, principalOf, type WorkloadIdentity } from "../core/mesh/spiffe-id.ts";
import { CertificateAuthority } from "./authority.ts";
import { headerOf } from "./headers.ts";
import {
  MeshHarness,
  podIdentity,
  serviceOf,
  textOf,
  type HarnessOptions,
} from "./mesh-harness.ts";
import type { MeshAddress } from "./peer-pool.ts";

const web = podIdentity("shop", "web");
const api = podIdentity("data", "api");
const get = { method: "GET", path: "/", headers: [] };

const open: MeshHarness[] = [];
function harness(options?: HarnessOptions): MeshHarness {
  const made = new MeshHarness(options);
  open.push(made);
  return made;
}
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

const allowWeb: AuthorizationPolicy = {
  namespace: "data",
  name: "web-reads",
  action: "ALLOW",
  rules: [{ from: [{ principals: [principalOf(web)] }], to: [{ methods: ["GET"] }] }],
};

describe("a call over the mesh", () => {
  it("shows both sides' identities, of the pods and not of the node", async () => {
    const cluster = harness();
    await cluster.serve(api, (request, response) => {
      response.end(String(request.headers["x-forwarded-client-cert"]));
    });
    for (const identity of [web, podIdentity("shop", "cart"), podIdentity("shop", "web", 1)]) {
      const source = cluster.caller(identity);
      const forged = ["x-forwarded-client-cert", "URI=spiffe://cluster.local/ns/data/sa/admin"];
      const answer = await cluster.mesh.call(source, serviceOf(api), { ...get, headers: forged });
      expect(answer.status).toBe(200);
      expect(await textOf(answer)).toMatch(
        new RegExp(
          `^By=spiffe://cluster.local/ns/data/sa/api;Hash=[0-9a-f]{64};URI=spiffe://${principalOf(identity)}$`,
        ),
      );
    }
  });

  it("streams both ways, and passes methods, queries, headers and statuses on", async () => {
    const cluster = harness();
    await cluster.serve(api, (request, response) => {
      response.writeHead(207, "Odd", ["x-Target", request.url!, "x-a", "1", "x-a", "2"]);
      request.on("data", (chunk: Buffer) => response.write(chunk.toString().toUpperCase()));
      request.on("end", () => response.end(`${request.method} ${String(request.headers["x-b"])}`));
    });
    const body = new PassThrough();
    const headers = ["x-b", "c", "connection", "x-hop", "x-hop", "gone"];
    const request = { method: "PUT", path: "/a?b=c", headers, body };
    const source = cluster.caller(web);
    body.write("one ");
    const answer = await cluster.mesh.call(source, serviceOf(api), request);
    expect(answer.status).toBe(207);
    expect(headerOf(answer.headers, "x-target")).toBe("/a?b=c");
    expect(answer.headers.filter((_, index, all) => all[index - 1] === "x-a")).toEqual(["1", "2"]);
    const pieces = answer.body[Symbol.asyncIterator]();
    // The first piece comes back before the last one is sent.
    expect(String((await pieces.next()).value)).toBe("ONE ");
    body.end("two ");
    let rest = "";
    for await (const piece of { [Symbol.asyncIterator]: () => pieces }) rest += String(piece);
    expect(rest).toBe("TWO PUT c");
  });

  it.each([
    ["text", "héllo"],
    ["bytes", new Uint8Array([1, 2, 3])],
    ["nothing", null],
  ])("frames a body of %s", async (_title, body) => {
    const cluster = harness();
    await cluster.serve(api, (request, response) => {
      response.setHeader("x-length", request.headers["content-length"] ?? "none");
      request.pipe(response);
    });
    const request = { ...get, method: "POST", body };
    const answer = await cluster.mesh.call(cluster.caller(web), serviceOf(api), request);
    const sent = Buffer.from(body ?? "");
    expect(headerOf(answer.headers, "x-length")).toBe(String(sent.length));
    expect(await textOf(answer)).toBe(sent.toString());
  });

  it("carries WebSocket", async () => {
    const cluster = harness();
    const { plain } = await cluster.serve(api, (_request, response) => response.end());
    const sockets = new WebSocketServer({ server: plain });
    sockets.on("connection", (socket) =>
      socket.on("message", (data, binary) => socket.send(data, { binary })),
    );
    const answer = await cluster.mesh.call(cluster.caller(web), serviceOf(api), {
      ...get,
      headers: ["sec-websocket-version", "13", "sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA=="],
      upgrade: "websocket",
    });
    expect(answer.status).toBe(101);
    // Of the key above, by RFC 6455 section 4.2.2.
    expect(headerOf(answer.headers, "sec-websocket-accept")).toBe("ICX+Yqv66kxgM0FcWaLWlFLwTAI=");
    const { socket } = answer.tunnel!;
    // A text frame "hi", masked with zeros, and its echo without a mask.
    socket.write(Buffer.from([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]));
    const [echo] = (await once(socket, "data")) as [Buffer];
    expect([...echo]).toEqual([0x81, 0x02, 0x68, 0x69]);
    const ended = once(socket, "close");
    for (const client of sockets.clients) client.terminate();
    await ended;
    sockets.close();
  });

  it("keeps connections, and resumes sessions where it needs more of them", async () => {
    const cluster = harness();
    await cluster.serve(api, (_request, response) => response.end("ok"));
    const source = cluster.caller(web);
    const ask = async () => textOf(await cluster.mesh.call(source, serviceOf(api), get));
    for (let time = 0; time < 20; time++) await ask();
    expect(cluster.mesh.metrics.edges()).toMatchObject([
      { source: "shop/web", destination: "data/api", requests: 20, handshakes: 1, errors: {} },
    ]);
    await Promise.all([ask(), ask(), ask(), ask()]);
    const [edge] = cluster.mesh.metrics.edges();
    expect(edge!.handshakes).toBe(4);
    expect(edge!.resumptions).toBe(3);
  });

  it("never has more connections than a pair may have; more requests wait", async () => {
    const cluster = harness();
    let [now, most] = [0, 0];
    // Nobody is answered before as many have come as may come at once.
    const full = Promise.withResolvers<void>();
    await cluster.serve(api, (_request, response) => {
      most = Math.max(most, ++now);
      if (most === 64) full.resolve();
      void full.promise.then(() => response.end("ok", () => now--));
    });
    const source = cluster.caller(web);
    const calls = Array.from({ length: 400 }, () =>
      cluster.mesh.call(source, serviceOf(api), get).then(textOf, (error: Error) => error.message),
    );
    const answers = Map.groupBy(await Promise.all(calls), (text) => text);
    expect(most).toBe(64);
    // 64 are under way, 256 wait, and the rest is told so at once.
    expect(answers.get("ok")).toHaveLength(320);
    expect(answers.get("256 requests wait for api-0.")).toHaveLength(80);
  });

  it("tells what went wrong", async () => {
    const cluster = harness();
    const source = cluster.caller(web);
    const ask = () => cluster.mesh.call(source, serviceOf(api), get);
    await expect(ask()).rejects.toMatchObject({ code: "MESH_NO_ENDPOINT", status: 503 });
    const { plain } = await cluster.serve(api, (request) => request.socket.destroy());
    const answer = await ask();
    expect([answer.status, headerOf(answer.headers, "x-mesh-refusal")]).toEqual([
      503,
      "unreachable",
    ]);
    answer.body.resume();
    plain.removeAllListeners("request");
    plain.on("request", (_request, response) => {
      response.write("half");
      setTimeout(() => response.destroy(), 20);
    });
    const half = await ask();
    await expect(textOf(half)).rejects.toThrow("aborted");
    await cluster.mesh.remove(api, 0);
    await expect(ask()).rejects.toMatchObject({ code: "MESH_CONNECTION_FAILED", status: 502 });
    await cluster.mesh.close();
    await expect(ask()).rejects.toMatchObject({ code: "MESH_CLOSED" });
    const classes: Record<string, number> = {};
    for (const { errors } of cluster.mesh.metrics.edges()) {
      for (const [name, count] of Object.entries(errors))
        classes[name] = (classes[name] ?? 0) + count;
    }
    expect(classes).toEqual({ connection: 4 });
  });

  it("ends with its caller's signal, at the pod too", async () => {
    const cluster = harness();
    const left = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    await cluster.serve(api, (request) => {
      arrived.resolve();
      request.once("close", left.resolve);
    });
    const abort = new AbortController();
    const request = { ...get, signal: abort.signal };
    const call = cluster.mesh.call(cluster.caller(web), serviceOf(api), request);
    await arrived.promise;
    abort.abort(new Error("enough"));
    await expect(call).rejects.toThrow("enough");
    await left.promise;
    expect(cluster.mesh.metrics.edges()).toMatchObject([{ errors: { cancelled: 1 } }]);
  });

  it("shows the pod its secret, which callers cannot", async () => {
    const cluster = harness();
    const echo = { secret: "open sesame" };
    await cluster.serve(
      api,
      (request, response) => response.end(String(request.headers["x-mesh-secret"])),
      echo,
    );
    const request = { ...get, headers: ["x-mesh-secret", "guess"] };
    const answer = await cluster.mesh.call(cluster.caller(web), serviceOf(api), request);
    expect(await textOf(answer)).toBe("open sesame");
  });
});

describe("policies on the path", () => {
  it("deny by default, with a reason, and count it", async () => {
    const cluster = harness({ rules: { denyByDefault: ["data"], authorization: [allowWeb] } });
    let served = 0;
    await cluster.serve(api, (_request, response) => response.end(String(++served)));
    const ask = async (identity: WorkloadIdentity, method = "GET") => {
      const source = cluster.caller(identity);
      const answer = await cluster.mesh.call(source, serviceOf(api), { ...get, method });
      return [answer.status, await textOf(answer)];
    };
    expect(await ask(web)).toEqual([200, "1"]);
    const denied = [403, "RBAC: access denied: no policy allows it\n"];
    expect(await ask(web, "POST")).toEqual(denied);
    expect(await ask(podIdentity("shop", "cart"))).toEqual(denied);
    expect(await ask(podIdentity("data", "web"))).toEqual(denied);
    expect(served).toBe(1);
    const edges = cluster.mesh.metrics.edges();
    expect(edges.map(({ source, denials, errors }) => [source, denials, errors])).toEqual([
      ["shop/web", 1, { denied: 1 }],
      ["shop/cart", 1, { denied: 1 }],
      ["data/web", 1, { denied: 1 }],
    ]);
    cluster.mesh.setPolicy(new MeshPolicy({}));
    expect(await ask(web, "POST")).toEqual([200, "2"]);
  });

  it("a pod's own 403 is no denial", async () => {
    const cluster = harness();
    await cluster.serve(api, (_request, response) => {
      response.writeHead(403, { "x-mesh-refusal": "denied" }).end();
    });
    const answer = await cluster.mesh.call(cluster.caller(web), serviceOf(api), get);
    await textOf(answer);
    expect(cluster.mesh.metrics.edges()).toMatchObject([{ denials: 0, errors: { client: 1 } }]);
  });

  it("network policies refuse without a connection, by the labels of the pods", async () => {
    const network = {
      metadata: { namespace: "data" },
      spec: {
        podSelector: {},
        ingress: [
          { from: [{ namespaceSelector: {}, podSelector: { matchLabels: { tier: "a" } } }] },
        ],
      },
    };
    const cluster = harness({ rules: { network: [network] } });
    await cluster.serve(api, (_request, response) => response.end());
    const ask = async (labels: Record<string, string>) => {
      const answer = await cluster.mesh.call(cluster.caller(web, labels), serviceOf(api), get);
      return [answer.status, await textOf(answer)];
    };
    expect(await ask({ tier: "b" })).toEqual([
      403,
      "RBAC: access denied: network policy refuses the ingress\n",
    ]);
    expect(cluster.mesh.metrics.edges()).toMatchObject([{ handshakes: 0, denials: 1 }]);
    expect(await ask({ tier: "a" })).toEqual([200, ""]);
  });
});

/** A client of its own, to try what the mesh's never does. @returns the answer, or the error's code */
function callDirectly(address: MeshAddress, options: ConnectionOptions): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const sent = httpsRequest(
    { ...address, ...options, agent: false, rejectUnauthorized: false },
    (answer) => {
      answer.setEncoding("utf8");
      answer.once("data", (text: string) => resolve(`${answer.statusCode} ${text}`));
    },
  );
  sent.on("error", (error: NodeJS.ErrnoException) => resolve(`${error.code} ${error.message}`));
  sent.end();
  return promise;
}

async function certificateOf(authority: CertificateAuthority, identity: WorkloadIdentity) {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { chainPem } = await authority.issue(identity, publicKey);
  return { cert: chainPem, key: privateKey.export({ type: "pkcs8", format: "pem" }) };
}

describe("the mesh's port refuses", () => {
  const setUp = async (options?: HarnessOptions) => {
    const cluster = harness(options);
    const pod = await cluster.serve(api, (_request, response) => response.end("served"));
    return { cluster, ...pod };
  };

  it("nobody with a certificate of the authority, TLS 1.3 and HTTP/1.1", async () => {
    const { cluster, address } = await setUp();
    const mine = await certificateOf(cluster.authority, web);
    expect(await callDirectly(address, mine)).toBe("200 served");
    expect(await callDirectly(address, { ...mine, ALPNProtocols: ["http/1.1"] })).toBe(
      "200 served",
    );
  });

  it("whoever shows no certificate", async () => {
    const { address } = await setUp();
    expect(await callDirectly(address, {})).toMatch(/^(ECONNRESET|ERR_SSL.*CERTIFICATE_REQUIRED)/);
  });

  it("another authority's certificate", async () => {
    const { address } = await setUp();
    const other = await certificateOf(new CertificateAuthority({ now: Date.now }), web);
    expect(await callDirectly(address, other)).toMatch(/^(ECONNRESET|ERR_SSL_.*UNKNOWN_CA) /);
  });

  it("an expired certificate", async () => {
    let now = Date.now() - 3 * 3_600_000;
    const authority = new CertificateAuthority({ now: () => now });
    const late = await certificateOf(authority, web);
    now = Date.now();
    const { address } = await setUp({ issuer: authority });
    expect(await callDirectly(address, late)).toMatch(
      /^(ECONNRESET|ERR_SSL_.*CERTIFICATE_EXPIRED) /,
    );
  });

  it("TLS 1.2", async () => {
    const { cluster, address } = await setUp();
    const mine = await certificateOf(cluster.authority, web);
    const old = { ...mine, maxVersion: "TLSv1.2" } as const;
    expect(await callDirectly(address, old)).toContain("alert protocol version");
  });

  it("other protocols over TLS", async () => {
    const { cluster, address } = await setUp();
    const mine = await certificateOf(cluster.authority, web);
    const other = { ...mine, ALPNProtocols: ["h2"] };
    expect(await callDirectly(address, other)).toContain("alert no application protocol");
  });

  it("plain HTTP, in words", async () => {
    const { address } = await setUp();
    const sent = httpRequest({ ...address, method: "POST" });
    sent.end("x".repeat(100_000));
    const [answer] = await once(sent, "response");
    expect(answer).toMatchObject({ statusCode: 400 });
    let text = "";
    for await (const chunk of answer as AsyncIterable<Buffer>) text += String(chunk);
    expect(text).toContain("mutual TLS 1.3");
  });

  it("noise, and a connection that says nothing does not keep the mesh open", async () => {
    const { cluster, address } = await setUp();
    const sockets: Socket[] = [];
    for (const bytes of ["", "\x16", "\x16\x03\x01\xff\xff", "\x00\x01", "\x16".repeat(5_000)]) {
      const socket = connectPlain(address);
      sockets.push(socket);
      socket.on("error", () => {});
      socket.resume();
      await once(socket, "connect");
      if (bytes !== "") socket.write(bytes, "latin1");
    }
    const answer = await cluster.mesh.call(cluster.caller(web), serviceOf(api), get);
    expect(await textOf(answer)).toBe("served");
    const ended = sockets
      .filter((socket) => !socket.destroyed)
      .map((socket) => once(socket, "close"));
    await cluster.close();
    await Promise.all(ended);
  });

  it("a session that outlives its certificate", async () => {
    let now = Date.now();
    const { cluster, address } = await setUp({ now: () => now });
    const mine = await certificateOf(cluster.authority, web);
    const socket = connect({ ...address, ...mine, rejectUnauthorized: false });
    await once(socket, "secureConnect");
    const ask = async () => {
      socket.write("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
      return String((await once(socket, "data"))[0]);
    };
    expect(await ask()).toContain("200 OK");
    now += 3_600_000;
    expect(await ask()).toContain("RBAC: access denied: the certificate of the caller has expired");
    socket.destroy();
  });
});

describe("the mesh's caller refuses", () => {
  it.each([
    ["another pod", podIdentity("data", "api", 1)],
    ["another account", { ...api, serviceAccount: "db" }],
    ["another namespace", { ...api, namespace: "shop" }],
  ])("%s behind the address of the one it called, and sends nothing", async (_title, wrong) => {
    const cluster = harness();
    let served = 0;
    const { address, pod } = await cluster.serve(wrong, (_request, response) => {
      served += 1;
      response.end();
    });
    const expected = { ...pod, ...api };
    cluster.services.set("data/api", [{ pod: expected, port: 8_080, address }]);
    const call = cluster.mesh.call(cluster.caller(web), serviceOf(api), get);
    await expect(call).rejects.toThrow(`was expected, and ${identityKey(wrong)}`);
    expect(served).toBe(0);
    expect(cluster.mesh.metrics.edges()).toMatchObject([{ handshakes: 0, handshakeFailures: 1 }]);
  });

  it("another authority's server", async () => {
    const [cluster, other] = [harness(), harness()];
    const { pod, address } = await other.serve(api, (_request, response) => response.end());
    cluster.addEndpoint({ pod, port: 8_080, address });
    const call = cluster.mesh.call(cluster.caller(web), serviceOf(api), get);
    await expect(call).rejects.toThrow("unable to get local issuer certificate");
  });
});
