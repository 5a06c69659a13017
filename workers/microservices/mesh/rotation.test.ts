import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { X509Certificate } from "node:crypto";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "node:tls";
import { once } from "node:events";
import { certificateLimits } from "../core/mesh/limits.ts";
import { CertificateAuthority, type CertificateIssuer } from "./authority.ts";
import { MeshHarness, podIdentity, serviceOf, textOf } from "./mesh-harness.ts";
import type { MeshAddress } from "./peer-pool.ts";

const web = podIdentity("shop", "web");
const api = podIdentity("data", "api");

let cluster: MeshHarness;
afterEach(() => cluster.close());

/** Mulberry32. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a listener shows at the moment. */
async function shownBy(address: MeshAddress): Promise<X509Certificate> {
  const socket = connect({ ...address, rejectUnauthorized: false });
  socket.on("error", () => {});
  await once(socket, "secureConnect");
  const certificate = socket.getPeerX509Certificate()!;
  socket.destroy();
  return certificate;
}

describe("rotation under load", () => {
  const seed = 20_260_501;
  const random = seeded(seed);
  let authority: CertificateAuthority;
  beforeEach(async () => {
    authority = new CertificateAuthority({ now: Date.now, rootAnnounceMs: 100 });
    cluster = new MeshHarness({ issuer: authority, random });
    for (let pod = 0; pod < 2; pod++) {
      await cluster.serve(podIdentity("data", "api", pod), (request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        // Some answers take as long as several rotations.
        const pauseMs = Number(request.headers["x-pause-ms"]);
        request.on("end", () => {
          response.write("begun ");
          const end = () => response.end(Buffer.concat(chunks));
          if (pauseMs > 0) setTimeout(end, pauseMs);
          else end();
        });
      });
    }
  });

  it("no request is dropped, neither by new certificates nor by new roots", async () => {
    const requests = 2_000;
    const callers = 8;
    let [left, rotations] = [requests, 0];
    const failures: string[] = [];
    const sources = [0, 1].map((pod) => cluster.caller(podIdentity("shop", "web", pod)));
    const work = async (): Promise<void> => {
      while (left-- > 0) {
        const text = "x".repeat(Math.floor(random() * 8_000));
        const isStream = random() < 0.3;
        const pauseMs = random() < 0.05 ? Math.floor(random() * 200) : 0;
        const source = sources[Math.floor(random() * sources.length)]!;
        try {
          const answer = await cluster.mesh.call(source, serviceOf(api), {
            method: "POST",
            path: "/",
            headers: ["x-pause-ms", String(pauseMs)],
            body: isStream ? Readable.from([Buffer.from(text)], { objectMode: false }) : text,
          });
          const got = await textOf(answer);
          if (answer.status !== 200 || got !== `begun ${text}`) {
            failures.push(`${answer.status}, ${got.length} of ${text.length + 6} bytes`);
          }
        } catch (error) {
          failures.push((error as Error).message);
        }
      }
    };
    const load = Promise.all(Array.from({ length: callers }, work));
    const stopped = load.then(() => true);
    while (!(await Promise.race([stopped, sleep(50, false)]))) {
      rotations += 1;
      await cluster.mesh.rotate();
      if (rotations === 4) authority.rotateRoot();
    }
    expect({ seed, failures: failures.slice(0, 5) }).toEqual({ seed, failures: [] });
    expect(rotations).toBeGreaterThan(5);
    expect(cluster.warnings).toEqual([]);
    const edges = cluster.mesh.metrics.edges();
    expect(edges).toMatchObject([{ requests, errors: {}, denials: 0, handshakeFailures: 0 }]);
    expect((await authority.trustBundle()).rootsPem).toHaveLength(2);
  }, 120_000);

  it("a tunnel and a stream live on, and what comes after has new certificates", async () => {
    const { address } = cluster.services.get("data/api")![0]!;
    const before = await shownBy(address);
    const source = cluster.caller(web);
    const body = new Readable({ read() {} });
    cluster.services.set("data/api", [cluster.services.get("data/api")![0]!]);
    const request = { method: "POST", path: "/", headers: [], body };
    body.push("a");
    const call = cluster.mesh.call(source, serviceOf(api), request);
    for (let rotation = 0; rotation < 5; rotation++) {
      await cluster.mesh.rotate();
      body.push("b");
    }
    body.push(null);
    expect(await textOf(await call)).toBe("begun abbbbb");
    const after = await shownBy(address);
    expect(after.serialNumber).not.toBe(before.serialNumber);
    expect(after.subjectAltName).toBe(before.subjectAltName);
  });
});

describe("renewal", () => {
  it("comes at half life by itself, and when roots change", async () => {
    let now = Date.now();
    const authority = new CertificateAuthority({ now: () => now });
    const asked: number[] = [];
    const issuer: CertificateIssuer = {
      issue: (...words) => {
        asked.push(now);
        return authority.issue(...words);
      },
      trustBundle: () => authority.trustBundle(),
    };
    cluster = new MeshHarness({ issuer, now: () => now });
    await cluster.serve(api, (_request, response) => response.end());
    expect(asked).toHaveLength(1);
    await cluster.mesh.renewDue();
    expect(asked).toHaveLength(1);
    now += certificateLimits.workloadLifeMs / 2;
    await cluster.mesh.renewDue();
    expect(asked).toHaveLength(2);
    authority.rotateRoot();
    await cluster.mesh.renewDue();
    expect(asked).toHaveLength(3);
  });

  it("that fails leaves what there is, says so, and is tried again", async () => {
    const authority = new CertificateAuthority({ now: Date.now });
    let isDown = true;
    const issuer: CertificateIssuer = {
      issue: (...words) =>
        isDown ? Promise.reject(new Error("the authority is down")) : authority.issue(...words),
      trustBundle: () => authority.trustBundle(),
    };
    cluster = new MeshHarness({ issuer });
    const serve = () => cluster.serve(api, (_request, response) => response.end("ok"));
    await expect(serve()).rejects.toThrow("the authority is down");
    isDown = false;
    const { address } = await serve();
    const before = await shownBy(address);
    isDown = true;
    await cluster.mesh.rotate();
    expect(cluster.warnings).toEqual(["No new certificate for data/api-0: the authority is down"]);
    expect((await shownBy(address)).serialNumber).toBe(before.serialNumber);
    isDown = false;
    await cluster.mesh.rotate();
    expect((await shownBy(address)).serialNumber).not.toBe(before.serialNumber);
  });
});
