import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey, generateKeyPairSync, X509Certificate } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { certificateLimits } from "../core/mesh/limits.ts";
import { identityOf } from "../core/mesh/spiffe-id.ts";
import { authorityFile } from "./authority-file.ts";
import { CertificateAuthority } from "./authority.ts";

const { workloadLifeMs, rootAnnounceMs, skewMs, intermediateLifeMs, rootLifeMs } =
  certificateLimits;
const web = { namespace: "shop", serviceAccount: "web", name: "web-7d4-x2v9c" };
const keys = () => generateKeyPairSync("ec", { namedCurve: "P-256" });
const pems = (chain: string): string[] => chain.split(/(?<=-----END CERTIFICATE-----\n)/);

/** Not everywhere; its absence shows as skipped tests. */
const openssl = "openssl";
const hasOpenssl = spawnSync(openssl, ["version"]).status === 0;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "mesh-authority-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** OpenSSL's own judgement at a time. @returns its words, "OK" included */
function opensslVerify(roots: readonly string[], chain: string, atMs: number): string {
  const [leaf = "", ...between] = pems(chain);
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const purposes = ["sslserver", "sslclient"].map((purpose) => {
    const options = ["-x509_strict", "-purpose", purpose, "-attime", `${Math.floor(atMs / 1_000)}`];
    const trusted = ["-CAfile", file("roots.pem", roots.join(""))];
    const others = ["-untrusted", file("between.pem", between.join(""))];
    try {
      const words = ["verify", ...options, ...trusted, ...others, file("leaf.pem", leaf)];
      return execFileSync(openssl, words, { encoding: "utf8", stdio: "pipe" });
    } catch (error) {
      return (error as { stderr: string }).stderr;
    }
  });
  return purposes.join("");
}

describe.runIf(hasOpenssl)("certificates of the authority", () => {
  const now = Date.UTC(2026, 4, 1);

  it("are strictly valid to OpenSSL, as server and as client, within their time alone", async () => {
    const authority = new CertificateAuthority({ now: () => now });
    const { chainPem, notAfterMs } = await authority.issue(web, keys().publicKey);
    const { rootsPem } = await authority.trustBundle();
    expect(opensslVerify(rootsPem, chainPem, now).match(/: OK$/gm)).toHaveLength(2);
    expect(opensslVerify(rootsPem, chainPem, now - skewMs).match(/: OK$/gm)).toHaveLength(2);
    expect(notAfterMs).toBe(now + workloadLifeMs);
    const expired = opensslVerify(rootsPem, chainPem, notAfterMs + 1_000);
    expect(expired).toContain("certificate has expired");
    const early = opensslVerify(rootsPem, chainPem, now - skewMs - 1_000);
    expect(early).toContain("certificate is not yet valid");
    const other = await new CertificateAuthority({ now: () => now }).trustBundle();
    expect(opensslVerify(other.rootsPem, chainPem, now)).not.toContain("OK");
  });

  it("X509-SVID: one URI, the constraints of a leaf, a serial of their own", async () => {
    const authority = new CertificateAuthority({ now: () => now });
    const { publicKey } = keys();
    const issued = await Promise.all([1, 2].map(() => authority.issue(web, publicKey)));
    const [first, second] = issued.map(({ chainPem }) => new X509Certificate(chainPem));
    expect(first?.subjectAltName).toBe(
      "URI:spiffe://cluster.local/ns/shop/sa/web, DNS:web-7d4-x2v9c.shop.pod.cluster.local",
    );
    expect(identityOf(first?.subjectAltName)).toEqual(web);
    expect(first?.publicKey.equals(publicKey)).toBe(true);
    expect(first?.serialNumber).not.toBe(second?.serialNumber);
    writeFileSync(join(folder, "leaf.pem"), issued[0]!.chainPem);
    const text = execFileSync(
      openssl,
      ["x509", "-in", join(folder, "leaf.pem"), "-noout", "-text"],
      { encoding: "utf8" },
    );
    expect(text).toMatch(/Basic Constraints: critical\n\s+CA:FALSE/);
    expect(text).toMatch(/X509v3 Key Usage: critical\n\s+Digital Signature\n/);
    expect(text).toContain("TLS Web Server Authentication, TLS Web Client Authentication");
    expect(text).toContain("Signature Algorithm: ecdsa-with-SHA256");
  });

  it("a workload cannot sign for another", async () => {
    const authority = new CertificateAuthority({ now: () => now });
    const { chainPem } = await authority.issue(web, keys().publicKey);
    expect(pems(chainPem).map((pem) => new X509Certificate(pem).ca)).toEqual([false, true]);
  });

  it("are signed by nobody for names that are none", async () => {
    const authority = new CertificateAuthority({ now: () => now });
    const names = ["a/sa/b", "", "A", "a, URI:spiffe://cluster.local/ns/a/sa/admin", "-a", "a..b"];
    for (const bad of names) {
      await expect(authority.issue({ ...web, serviceAccount: bad }, keys().publicKey))
        .rejects //
        .toThrow(RangeError);
      await expect(authority.issue({ ...web, namespace: bad }, keys().publicKey))
        .rejects //
        .toThrow(RangeError);
    }
  });

  it("dates of 2050 and later are written as RFC 5280 wants them", async () => {
    const late = Date.UTC(2049, 11, 31, 23, 30);
    const authority = new CertificateAuthority({ now: () => late });
    const { chainPem, notAfterMs } = await authority.issue(web, keys().publicKey);
    expect(new Date(new X509Certificate(chainPem).validTo).getTime()).toBe(notAfterMs);
    const { rootsPem } = await authority.trustBundle();
    expect(opensslVerify(rootsPem, chainPem, late).match(/: OK$/gm)).toHaveLength(2);
  });
});

describe.runIf(hasOpenssl)("rotation of the root", () => {
  it("at every moment, whoever has the bundle of then trusts every certificate that is valid", async () => {
    let now = Date.UTC(2026, 0, 1);
    const authority = new CertificateAuthority({ now: () => now });
    const issued: { chainPem: string; notAfterMs: number }[] = [];
    const versions = new Set<string>();
    const stepMs = rootAnnounceMs / 2;
    for (let at = 0; at < workloadLifeMs + 4 * rootAnnounceMs; at += stepMs) {
      if (at === 3 * stepMs) authority.rotateRoot();
      if (at % (10 * stepMs) === 0 || at < 12 * stepMs) {
        issued.push(await authority.issue(web, keys().publicKey));
        const { rootsPem, version } = await authority.trustBundle();
        versions.add(version);
        const valid = issued.filter(({ notAfterMs }) => notAfterMs > now);
        const oldest = opensslVerify(rootsPem, valid[0]!.chainPem, now);
        const newest = opensslVerify(rootsPem, valid.at(-1)!.chainPem, now);
        expect((oldest + newest).match(/: OK$/gm)).toHaveLength(4);
      }
      now += stepMs;
    }
    now += workloadLifeMs;
    const { rootsPem, version } = await authority.trustBundle();
    expect(rootsPem).toHaveLength(1);
    expect(versions.add(version).size).toBe(3);
  });

  it("nothing is signed under a root before it was announced for a while", async () => {
    let now = Date.UTC(2026, 0, 1);
    const authority = new CertificateAuthority({ now: () => now });
    const before = await authority.trustBundle();
    authority.rotateRoot();
    now += rootAnnounceMs - 1;
    const early = await authority.issue(web, keys().publicKey);
    expect(opensslVerify(before.rootsPem, early.chainPem, now)).toContain("OK");
    now += 1;
    const late = await authority.issue(web, keys().publicKey);
    expect(opensslVerify(before.rootsPem, late.chainPem, now)).not.toContain("OK");
  });

  it("years pass without a certificate that nobody trusts", async () => {
    let now = Date.UTC(2026, 0, 1);
    const authority = new CertificateAuthority({ now: () => now });
    for (const end = now + 2 * rootLifeMs; now < end; now += intermediateLifeMs / 3) {
      const { chainPem } = await authority.issue(web, keys().publicKey);
      const { rootsPem } = await authority.trustBundle();
      const roots = rootsPem.map((pem) => new X509Certificate(pem));
      const [leaf, intermediate] = pems(chainPem).map((pem) => new X509Certificate(pem));
      expect(leaf?.verify(intermediate!.publicKey)).toBe(true);
      expect(roots.some(({ publicKey }) => intermediate!.verify(publicKey))).toBe(true);
      expect(new Date(intermediate!.validTo).getTime()).toBeGreaterThan(now);
    }
  }, 30_000);

  it("only so many roots at once", () => {
    const authority = new CertificateAuthority({ now: () => 0 });
    for (let root = 1; root < certificateLimits.rootsMax; root++) authority.rotateRoot();
    expect(() => authority.rotateRoot()).toThrow("Too many roots");
  });
});

describe("the authority's file", () => {
  const now = Date.UTC(2026, 0, 1);
  const path = () => join(folder, "mesh-authority.json");
  const open = (notices: string[] = []) =>
    new CertificateAuthority({
      now: () => now,
      store: authorityFile(
        folder,
        () => now,
        (notice) => notices.push(notice),
      ),
    });

  it("keeps the root over a restart, for its owner's eyes alone", async () => {
    const first = await open().trustBundle();
    expect(await open().trustBundle()).toEqual(first);
    expect(readdirSync(folder)).toEqual(["mesh-authority.json"]);
    if (process.platform !== "win32") expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it.runIf(process.platform !== "win32")("that others could read is closed, and said", () => {
    open();
    chmodSync(path(), 0o644);
    const notices: string[] = [];
    open(notices);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(notices).toEqual([expect.stringContaining("open to other users")]);
  });

  it.each(["", "{", '{"version":1,"generations":[{}]}', '{"version":2,"generations":[]}'])(
    "damaged (%s) is moved aside, and said",
    (text) => {
      writeFileSync(path(), text, { mode: 0o600 });
      const notices: string[] = [];
      open(notices);
      expect(notices).toEqual([expect.stringContaining("damaged")]);
      expect(readdirSync(folder).toSorted()).toEqual([
        "mesh-authority.json",
        `mesh-authority.json.damaged-${now}`,
      ]);
    },
  );

  it("holds keys that are the certificates'", () => {
    const store = authorityFile(folder, () => now, expect.unreachable);
    open();
    for (const { root, intermediate } of store.read()) {
      for (const { certificatePem, keyPem } of [root, intermediate]) {
        const certificate = new X509Certificate(certificatePem);
        expect(certificate.checkPrivateKey(createPrivateKey(keyPem))).toBe(true);
      }
    }
  });
});
