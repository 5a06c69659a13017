/** The certificates of this thread's identities: asked for once, renewed at half their life. */
import { generateKeyPair, type X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import { promisify } from "node:util";
import { certificateLimits } from "../core/mesh/limits.ts";
import { identityKey, identityOf, type WorkloadIdentity } from "../core/mesh/spiffe-id.ts";
import { isPastHalf, type CertificateIssuer, type IssuedCertificate } from "./authority.ts";

const generateKeys = promisify(generateKeyPair);

/** What one identity shows and trusts at the moment. */
export class Credentials {
  readonly identity: WorkloadIdentity;
  readonly issued: IssuedCertificate;
  readonly trustVersion: string;
  readonly options: SecureContextOptions;
  readonly context: SecureContext;

  constructor(
    identity: WorkloadIdentity,
    issued: IssuedCertificate,
    keyPem: string,
    trust: { readonly rootsPem: readonly string[]; readonly version: string },
  ) {
    this.identity = identity;
    this.issued = issued;
    this.trustVersion = trust.version;
    this.options = {
      key: keyPem,
      cert: issued.chainPem,
      ca: [...trust.rootsPem],
      minVersion: "TLSv1.3",
      maxVersion: "TLSv1.3",
    };
    this.context = createSecureContext(this.options);
  }
}

interface Held {
  readonly identity: WorkloadIdentity;
  current: Promise<Credentials>;
  readonly listeners: Set<(credentials: Credentials) => void>;
}

export interface CredentialsOptions {
  readonly issuer: CertificateIssuer;
  readonly now: () => number;
  /** A renewal failed; what was issued before is used until it expires. */
  readonly failed: (identity: WorkloadIdentity, error: Error) => void;
}

export class CredentialStore {
  readonly #options: CredentialsOptions;
  readonly #held = new Map<string, Held>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: CredentialsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.renew(false), certificateLimits.checkIntervalMs);
    this.#timer.unref();
  }

  /** Those in force; asks for them the first time. */
  async obtain(identity: WorkloadIdentity): Promise<Credentials> {
    const held = this.#hold(identity);
    try {
      return await held.current;
    } catch (error) {
      // Nothing is known yet: the next one who asks tries again.
      this.#held.delete(identityKey(identity));
      throw error;
    }
  }

  /**
   * @param since those that the listener has; it hears at once of any that came meanwhile
   * @returns ends the subscription
   */
  subscribe(since: Credentials, listener: (credentials: Credentials) => void): () => void {
    const { listeners, current } = this.#hold(since.identity);
    listeners.add(listener);
    const catchUp = (newest: Credentials): void => {
      if (newest !== since && listeners.has(listener)) listener(newest);
    };
    // A failure is told to whoever asks for the credentials.
    current.then(catchUp, () => undefined);
    return () => listeners.delete(listener);
  }

  /** The identity is gone. */
  forget(identity: WorkloadIdentity): void {
    this.#held.delete(identityKey(identity));
  }

  /** @param all also those that are young and trust the right roots */
  async renew(all: boolean): Promise<void> {
    await Promise.all([...this.#held.values()].map((held) => this.#renew(held, all)));
  }

  close(): void {
    clearInterval(this.#timer);
    this.#held.clear();
  }

  #hold(identity: WorkloadIdentity): Held {
    const key = identityKey(identity);
    const known = this.#held.get(key);
    if (known?.identity.serviceAccount === identity.serviceAccount) return known;
    const held: Held = { identity, current: this.#issue(identity), listeners: new Set() };
    this.#held.set(key, held);
    return held;
  }

  async #renew(held: Held, all: boolean): Promise<void> {
    const { issuer, now, failed } = this.#options;
    try {
      const current = await held.current;
      const { version } = await issuer.trustBundle();
      const isGood = !isPastHalf(current.issued, now()) && current.trustVersion === version;
      if (isGood && !all) return;
      const renewed = await this.#issue(held.identity);
      held.current = Promise.resolve(renewed);
      for (const listener of held.listeners) listener(renewed);
    } catch (error) {
      failed(held.identity, error as Error);
    }
  }

  async #issue(identity: WorkloadIdentity): Promise<Credentials> {
    const { issuer } = this.#options;
    const { publicKey, privateKey } = await generateKeys("ec", { namedCurve: "P-256" });
    const [issued, trust] = await Promise.all([
      issuer.issue(identity, publicKey),
      issuer.trustBundle(),
    ]);
    const keyPem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    return new Credentials(identity, issued, keyPem, trust);
  }
}

export interface VerifiedPeer {
  readonly identity: WorkloadIdentity;
  readonly notAfterMs: number;
  /** SHA-256 of the certificate in hexadecimal. */
  readonly fingerprint: string;
}

/**
 * Who a verified certificate names; null where it names nobody of the mesh. TLS has checked the chain
 * once; a session that is resumed is not checked again, so the time is for the caller to look at.
 */
export function peerOf(certificate: X509Certificate | undefined): VerifiedPeer | null {
  const identity = identityOf(certificate?.subjectAltName);
  if (certificate === undefined || identity === null) return null;
  return {
    identity,
    notAfterMs: new Date(certificate.validTo).getTime(),
    fingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
  };
}
