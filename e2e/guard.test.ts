/**
 * The guard, seen from a raw socket: every step, on every port, for requests and for upgrades. The
 * letters in the titles are those of the usual attacks on loopback servers.
 */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { problemSchema, subsystems, type Problem } from "../workers/service/contract.ts";
import { serviceErrors, type ServiceErrorCode } from "../workers/service/errors.ts";
import { httpLimits } from "../workers/service/limits.ts";
import { startPlatformProcess, type PlatformProcess } from "./platform-process.ts";

let platform: PlatformProcess;
beforeAll(async () => {
  platform = await startPlatformProcess();
});
afterAll(async () => {
  await platform.stopCleanly();
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends bytes as they are and reads until the server closes or the body is complete. */
function exchange(port: number, bytes: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port });
    let received = "";
    const finish = () => {
      socket.destroy();
      const [head = "", body = ""] = received.split(/\r\n\r\n(.*)/s);
      const [first = "", ...lines] = head.split("\r\n");
      const headers = lines.map((line) => {
        const [name = "", value = ""] = line.split(/: ?(.*)/);
        return [name.toLowerCase(), value] as const;
      });
      resolve({ status: Number(first.split(" ")[1]), headers: Object.fromEntries(headers), body });
    };
    socket.setTimeout(5_000, () => {
      socket.destroy();
      reject(new Error(`No complete answer; received: ${received}`));
    });
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      const [head = "", body = ""] = received.split(/\r\n\r\n(.*)/s);
      const length = /content-length: (\d+)/i.exec(head)?.[1];
      if (length !== undefined && body.length >= Number(length)) finish();
    });
    socket.on("end", finish);
    socket.on("error", reject);
    socket.end(bytes, () => {});
  });
}

const ports = subsystems.flatMap(({ id, portOffset }) =>
  portOffset === null ? [] : [{ id, portOffset }],
);

interface Attack {
  readonly title: string;
  readonly code: ServiceErrorCode;
  /** Header lines after the request line; PORT stands for the port. */
  readonly lines: readonly string[];
  readonly requestLine?: string;
  readonly body?: string;
  /** Does not make sense for an upgrade, which is a GET without a body. */
  readonly requestOnly?: boolean;
}

const host = "Host: localhost:PORT";
const json = "Content-Type: application/json";
const attacks: readonly Attack[] = [
  { title: "A1 a foreign Host", code: "HOST_REFUSED", lines: ["Host: evil.test:PORT"] },
  { title: "A1 the Host of another port", code: "HOST_REFUSED", lines: ["Host: localhost:1"] },
  { title: "A1 a Host without the port", code: "HOST_REFUSED", lines: ["Host: localhost"] },
  { title: "A2 no Host", code: "HOST_MISSING", lines: [] },
  { title: "A3 two Hosts", code: "HOST_MISSING", lines: [host, "Host: evil.test"] },
  { title: "A3 the same Host twice", code: "HOST_MISSING", lines: [host, host] },
  {
    title: "A4 an absolute target",
    code: "BAD_TARGET",
    requestLine: "GET http://evil.test/api/platform HTTP/1.1",
    lines: [host],
  },
  {
    title: "A4 a target of two slashes",
    code: "BAD_TARGET",
    requestLine: "GET //evil.test/api/platform HTTP/1.1",
    lines: [host],
  },
  ...[
    "localhost.evil.test:PORT",
    "127.0.0.1.nip.io:PORT",
    "localhost.:PORT",
    "2130706433:PORT",
  ].map((name): Attack => ({
    title: `A5 a look-alike Host ${name}`,
    code: "HOST_REFUSED",
    lines: [`Host: ${name}`],
  })),
  ...["[::ffff:127.0.0.1]:PORT", "0177.0.0.1:PORT", "127.1:PORT", "localhost:PORT@evil.test"].map(
    (name): Attack => ({
      title: `A5 another spelling of loopback ${name}`,
      code: "HOST_REFUSED",
      lines: [`Host: ${name}`],
    }),
  ),
  {
    title: "A6 X-Forwarded-Host does not replace Host",
    code: "HOST_REFUSED",
    lines: ["Host: evil.test", "X-Forwarded-Host: localhost:PORT"],
  },
  ...["null", "http://localhost:9999", "http://localhost:PORT.evil.test", "http://evil.test"].map(
    (origin): Attack => ({
      title: `A7 and A11 the Origin ${origin}`,
      code: "ORIGIN_REFUSED",
      lines: [host, `Origin: ${origin}`],
    }),
  ),
  {
    title: "A7 the desktop's Origin where there is no desktop",
    code: "ORIGIN_REFUSED",
    lines: [host, "Origin: app://demo"],
  },
  {
    title: "A9 a cross-site request of a page",
    code: "CROSS_SITE_REFUSED",
    lines: [host, "Sec-Fetch-Site: cross-site", "Sec-Fetch-Mode: no-cors", "Sec-Fetch-Dest: image"],
  },
  {
    title: "A9 a cross-site navigation to the API",
    code: "CROSS_SITE_REFUSED",
    lines: [
      host,
      "Sec-Fetch-Site: cross-site",
      "Sec-Fetch-Mode: navigate",
      "Sec-Fetch-Dest: document",
    ],
  },
  ...["Bearer x", "Bearer ", `Bearer ${"A".repeat(10_000)}`, "Basic YTpi", "Bearer a b"].map(
    (value): Attack => ({
      title: `A16 the token ${value.slice(0, 20)}`,
      code: "TOKEN_INVALID",
      lines: [host, `Authorization: ${value}`],
    }),
  ),
  {
    title: "A19 a method that nobody implements",
    code: "METHOD_UNKNOWN",
    requestLine: "TRACE /api/platform HTTP/1.1",
    lines: [host],
    requestOnly: true,
  },
  ...["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"].map(
    (type): Attack => ({
      title: `A8 a form post as ${type}`,
      code: "CONTENT_TYPE_REFUSED",
      requestLine: "POST /api/quantum/search HTTP/1.1",
      lines: [host, `Content-Type: ${type}`],
      body: '{"items":["a"],"target":"a"}',
      requestOnly: true,
    }),
  ),
  {
    title: "a body without a type",
    code: "CONTENT_TYPE_REFUSED",
    requestLine: "POST /api/quantum/search HTTP/1.1",
    lines: [host],
    body: "{}",
    requestOnly: true,
  },
  {
    title: "A27 a compressed body",
    code: "CONTENT_TYPE_REFUSED",
    requestLine: "POST /api/quantum/search HTTP/1.1",
    lines: [host, json, "Content-Encoding: gzip"],
    body: "{}",
    requestOnly: true,
  },
  {
    title: "A28 a body that is announced one byte too long",
    code: "BODY_TOO_LARGE",
    requestLine: "POST /api/quantum/search HTTP/1.1",
    lines: [host, json, `Content-Length: ${httpLimits.bodyBytesMax + 1}`],
    requestOnly: true,
  },
  {
    title: "a target that is too long",
    code: "URL_TOO_LONG",
    requestLine: `GET /${"a".repeat(httpLimits.urlLengthMax)} HTTP/1.1`,
    lines: [host],
  },
  {
    title: "headers that are too long",
    code: "HEADERS_TOO_LARGE",
    lines: [host, `X-Long: ${"a".repeat(httpLimits.headerBytesMax)}`],
  },
  {
    title: "A26 Content-Length beside Transfer-Encoding",
    code: "BAD_REQUEST_FRAMING",
    requestLine: "POST /api/quantum/search HTTP/1.1",
    lines: [host, json, "Content-Length: 4", "Transfer-Encoding: chunked"],
    body: "0\r\n\r\n",
    requestOnly: true,
  },
  {
    title: "A26 two lengths",
    code: "BAD_REQUEST_FRAMING",
    requestLine: "POST /api/quantum/search HTTP/1.1",
    lines: [host, json, "Content-Length: 2", "Content-Length: 3"],
    body: "{}",
    requestOnly: true,
  },
  {
    title: "bytes that are not HTTP",
    code: "BAD_REQUEST_FRAMING",
    requestLine: "GET /api/health HTTX/1.1",
    lines: [],
    requestOnly: true,
  },
];

const upgradeLines = [
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
];

function bytesOf(attack: Attack, port: number, upgrade: boolean): string {
  const { requestLine = "GET /api/platform HTTP/1.1", lines, body } = attack;
  const framed = lines.some((line) => /^(content-length|transfer-encoding)/i.test(line));
  const all = [
    requestLine,
    ...lines,
    ...(upgrade ? upgradeLines : []),
    ...(body === undefined || framed ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
  ];
  return `${all.join("\r\n").replaceAll("PORT", String(port))}\r\n\r\n${body ?? ""}`;
}

function problemOf(answer: Answer): Problem {
  expect(answer.headers["content-type"]).toMatch(/^application\/problem\+json/);
  return problemSchema.parse(JSON.parse(answer.body));
}

describe.each(ports)("the port of $id", ({ portOffset }) => {
  const port = () => platform.portBase + portOffset;

  it("answers a plain request", async () => {
    const answer = await exchange(
      port(),
      `GET /api/health HTTP/1.1\r\nHost: LOCALHOST:${port()}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      "x-content-type-options": "nosniff",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "cache-control": "no-store",
    });
    // A10: nothing invites another origin in.
    expect(Object.keys(answer.headers).filter((name) => name.startsWith("access-control"))).toEqual(
      [],
    );
  });

  it.each(attacks.map((attack) => [attack.title, attack] as const))(
    "refuses %s",
    async (_title, attack) => {
      const answer = await exchange(port(), bytesOf(attack, port(), false));
      expect(problemOf(answer)).toMatchObject({
        code: attack.code,
        status: serviceErrors[attack.code].status,
      });
      expect(answer.status).toBe(serviceErrors[attack.code].status);
    },
  );

  it.each(
    attacks
      .filter(({ requestOnly }) => requestOnly !== true)
      .map((each) => [each.title, each] as const),
  )("refuses an upgrade with %s", async (_title, attack) => {
    const answer = await exchange(port(), bytesOf(attack, port(), true));
    expect(problemOf(answer).code).toBe(attack.code);
  });

  it("refuses an upgrade that nobody serves, after the guard", async () => {
    const plain = { title: "", code: "UPGRADE_UNKNOWN" as const, lines: [host] };
    const answer = await exchange(port(), bytesOf(plain, port(), true));
    expect(problemOf(answer).code).toBe("UPGRADE_UNKNOWN");
  });

  it("A15 is bound to loopback alone", async () => {
    const { networkInterfaces } = await import("node:os");
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4");
    for (const { address } of others) {
      const refused = await new Promise<boolean>((resolve) => {
        const socket = connect({ host: address, port: port() }, () => {
          socket.destroy();
          resolve(false);
        });
        socket.on("error", () => resolve(true));
      });
      expect(refused, `${address} must not answer`).toBe(true);
    }
  });

  it("still lives after all of this", async () => {
    const answer = await fetch(platform.url("/api/platform", portOffset));
    const { threads } = (await answer.json()) as { threads: { state: string; restarts: number }[] };
    expect(threads.map(({ state, restarts }) => ({ state, restarts }))).toEqual(
      threads.map(() => ({ state: "ready", restarts: 0 })),
    );
  });
});
