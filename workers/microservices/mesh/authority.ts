/**
 * The mesh's own certificate authority: a root, an intermediate that signs, and workloads' certificates
 * that live for an hour. Nothing is revoked; what is stolen expires.
 */
import { strict as assert } from "node:assert";
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { certificateLimits } from "../core/mesh/limits.ts";
import {
  isIdentity,
  podDnsName,
  spiffeId,
  trustDomain,
  type WorkloadIdentity,
} from "../core/mesh/spiffe-id.ts";
import { writeCertificate } from "./certificate.ts";

/** All times are milliseconds since 1970. */
export interface SigningCertificate {
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface RootGeneration {
  readonly root: SigningCertificate;
  readonly intermediate: SigningCertificate;
  /** Nothing is signed under it before, so that everybody trusts it by then. */
  readonly signsFromMs: number;
  /** Null: it is the newest. */
  readonly trustedUntilMs: number | null;
}

export interface IssuedCertificate {
  /** The workload's certificate, then the intermediate. */
  readonly chainPem: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
}

export interface TrustBundle {
  readonly rootsPem: readonly string[];
  /** Changes with the roots. */
  readonly version: string;
}

/** Whoever gives certificates to a mesh; the authority itself or a proxy of it in another thread. */
export interface CertificateIssuer {
  issue(identity: WorkloadIdentity, publicKey: KeyObject): Promise<IssuedCertificate>;
  trustBundle(): Promise<TrustBundle>;
}

/** Where the roots outlive the process. */
export interface AuthorityStore {
  read(): readonly RootGeneration[];
  write(generations: readonly RootGeneration[]): void;
}

export interface AuthorityOptions {
  readonly now: () => number;
  /** Without one the keys are in memory alone. */
  readonly store?: AuthorityStore;
  /** Shorter in tests. */
  readonly workloadLifeMs?: number;
  readonly rootAnnounceMs?: number;
}

export class CertificateAuthority implements CertificateIssuer {
  readonly #options: AuthorityOptions;
  readonly #workloadLifeMs: number;
  #generations: readonly RootGeneration[];

  constructor(options: AuthorityOptions) {
    this.#options = options;
    this.#workloadLifeMs = options.workloadLifeMs ?? certificateLimits.workloadLifeMs;
    this.#generations = options.store?.read() ?? [];
    this.#maintain();
  }

  /**
   * @param publicKey of the workload, who keeps the private one to itself
   * @throws RangeError for names that Kubernetes would not take
   */
  issue(identity: WorkloadIdentity, publicKey: KeyObject): Promise<IssuedCertificate> {
    if (!isIdentity(identity)) {
      return Promise.reject(
        new RangeError(`No workload can be named ${JSON.stringify(identity)}.`),
      );
    }
    const now = this.#maintain();
    const { intermediate } = this.#signing(now);
    const notBeforeMs = now - certificateLimits.skewMs;
    const notAfterMs = Math.min(now + this.#workloadLifeMs, intermediate.notAfterMs);
    const issuerKey = createPrivateKey(intermediate.keyPem);
    const certificate = writeCertificate({
      subject: identity.name,
      issuer: intermediateName,
      publicKey,
      issuerPublicKey: createPublicKey(issuerKey),
      issuerKey,
      notBeforeMs,
      notAfterMs,
      uri: spiffeId(identity),
      dnsName: podDnsName(identity),
      pathLength: null,
    });
    return Promise.resolve({
      chainPem: certificate + intermediate.certificatePem,
      notBeforeMs,
      notAfterMs,
    });
  }

  trustBundle(): Promise<TrustBundle> {
    this.#maintain();
    const rootsPem = this.#generations.map(({ root }) => root.certificatePem);
    const version = createHash("sha256").update(rootsPem.join("")).digest("hex");
    return Promise.resolve({ rootsPem, version });
  }

  /**
   * Announces a new root. It is trusted at once and signs after `rootAnnounceMs`; the one before is
   * trusted until the last certificate under it has expired.
   * @throws Error while `rootsMax` roots are trusted
   */
  rotateRoot(): void {
    const now = this.#maintain();
    if (this.#generations.length >= certificateLimits.rootsMax) {
      throw new Error("Too many roots are trusted at once; wait until an old one has expired.");
    }
    this.#announceRoot(now);
  }

  #announceRoot(now: number): void {
    const announceMs = this.#options.rootAnnounceMs ?? certificateLimits.rootAnnounceMs;
    const signsFromMs = now + announceMs;
    const trustedUntilMs = signsFromMs + this.#workloadLifeMs + certificateLimits.skewMs;
    this.#save([
      ...this.#generations.map((each) =>
        each.trustedUntilMs === null ? { ...each, trustedUntilMs } : each,
      ),
      newGeneration(now, signsFromMs),
    ]);
  }

  /** The newest that everybody knows by now. */
  #signing(now: number): RootGeneration {
    const known = this.#generations.findLast(({ signsFromMs }) => signsFromMs <= now);
    assert(known !== undefined, "a root has been announced");
    return known;
  }

  /** Drops roots that ended, and renews what is past half its life. @returns the time */
  #maintain(): number {
    const now = this.#options.now();
    const trusted = this.#generations.filter(
      ({ root, trustedUntilMs }) => (trustedUntilMs ?? root.notAfterMs) > now,
    );
    const renewed = trusted.map((each) =>
      isPastHalf(each.intermediate, now)
        ? { ...each, intermediate: newIntermediate(each.root, now) }
        : each,
    );
    if (!renewed.some(({ signsFromMs }) => signsFromMs <= now)) {
      renewed.push(newGeneration(now, now));
    }
    const isChanged =
      renewed.length !== this.#generations.length ||
      renewed.some((each, index) => each !== this.#generations[index]);
    if (isChanged) this.#save(renewed);
    const newest = renewed.at(-1);
    if (newest?.trustedUntilMs === null && isPastHalf(newest.root, now)) this.#announceRoot(now);
    return now;
  }

  #save(generations: readonly RootGeneration[]): void {
    this.#options.store?.write(generations);
    this.#generations = generations;
  }
}

const rootName = "mesh root";
const intermediateName = "mesh intermediate";

export function isPastHalf(
  { notBeforeMs, notAfterMs }: Pick<SigningCertificate, "notBeforeMs" | "notAfterMs">,
  now: number,
): boolean {
  return now >= (notBeforeMs + notAfterMs) / 2;
}

function newGeneration(now: number, signsFromMs: number): RootGeneration {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const notBeforeMs = now - certificateLimits.skewMs;
  const notAfterMs = now + certificateLimits.rootLifeMs;
  const certificatePem = writeCertificate({
    subject: rootName,
    issuer: rootName,
    publicKey,
    issuerPublicKey: publicKey,
    issuerKey: privateKey,
    notBeforeMs,
    notAfterMs,
    uri: `spiffe://${trustDomain}`,
    pathLength: 1,
  });
  const root = { certificatePem, keyPem: pemOf(privateKey), notBeforeMs, notAfterMs };
  return { root, intermediate: newIntermediate(root, now), signsFromMs, trustedUntilMs: null };
}

function newIntermediate(root: SigningCertificate, now: number): SigningCertificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuerKey = createPrivateKey(root.keyPem);
  const notBeforeMs = now - certificateLimits.skewMs;
  const notAfterMs = Math.min(now + certificateLimits.intermediateLifeMs, root.notAfterMs);
  const certificatePem = writeCertificate({
    subject: intermediateName,
    issuer: rootName,
    publicKey,
    issuerPublicKey: createPublicKey(issuerKey),
    issuerKey,
    notBeforeMs,
    notAfterMs,
    uri: `spiffe://${trustDomain}`,
    pathLength: 0,
  });
  return { certificatePem, keyPem: pemOf(privateKey), notBeforeMs, notAfterMs };
}

function pemOf(key: KeyObject): string {
  return key.export({ type: "pkcs8", format: "pem" }).toString();
}
