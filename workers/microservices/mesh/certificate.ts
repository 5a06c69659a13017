/** X.509 certificates (RFC 5280) of the profile that SPIFFE's X509-SVID asks for, over P-256. */
import { createHash, randomBytes, sign, type KeyObject } from "node:crypto";
import {
  bitString,
  boolean,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  tagged,
  time,
  utf8String,
} from "./der.ts";

export interface CertificateRequest {
  /** Common names; what counts are the alternative names. */
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly issuerPublicKey: KeyObject;
  readonly issuerKey: KeyObject;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly uri: string;
  readonly dnsName?: string;
  /** How many authorities may follow below this one; null: no authority but a workload. */
  readonly pathLength: number | null;
}

const oids = {
  ecdsaWithSha256: "1.2.840.10045.4.3.2",
  commonName: "2.5.4.3",
  organization: "2.5.4.10",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
} as const;

const serialBytes = 16;
const nameLengthMax = 64;

/** @returns the certificate as PEM text */
export function writeCertificate(request: CertificateRequest): string {
  const algorithm = sequence(objectIdentifier(oids.ecdsaWithSha256));
  const body = sequence(
    tagged(0, integer(Buffer.of(2)), true),
    integer(serial()),
    algorithm,
    nameOf(request.issuer),
    sequence(time(request.notBeforeMs), time(request.notAfterMs)),
    nameOf(request.subject),
    request.publicKey.export({ type: "spki", format: "der" }),
    tagged(3, sequence(...extensions(request)), true),
  );
  const signature = sign("sha256", body, request.issuerKey);
  return pemOf(sequence(body, algorithm, bitString(signature)));
}

/** Positive and not guessable (RFC 5280 section 4.1.2.2). */
function serial(): Buffer {
  const bytes = randomBytes(serialBytes);
  bytes[0] = (bytes[0]! & 0x7f) | 0x40;
  return bytes;
}

function nameOf(commonName: string): Buffer {
  const attribute = (type: string, value: string) =>
    setOf(sequence(objectIdentifier(type), utf8String(value)));
  return sequence(
    attribute(oids.organization, "cluster.local"),
    attribute(oids.commonName, commonName.slice(0, nameLengthMax)),
  );
}

function extensions(request: CertificateRequest): Buffer[] {
  const { pathLength, publicKey, issuerPublicKey, uri, dnsName } = request;
  const isAuthority = pathLength !== null;
  const extension = (type: string, critical: boolean, value: Buffer) =>
    sequence(objectIdentifier(type), ...(critical ? [boolean(true)] : []), octetString(value));
  const constraints = isAuthority
    ? sequence(boolean(true), integer(Buffer.of(pathLength)))
    : sequence();
  // Bits from the left: 0 digitalSignature; 5 keyCertSign and 6 cRLSign.
  const usage = isAuthority ? bitString(Buffer.of(0b0000_0110), 1) : bitString(Buffer.of(0x80), 7);
  const purposes = sequence(objectIdentifier(oids.serverAuth), objectIdentifier(oids.clientAuth));
  const names = sequence(
    tagged(6, Buffer.from(uri), false),
    ...(dnsName === undefined ? [] : [tagged(2, Buffer.from(dnsName), false)]),
  );
  return [
    extension(oids.basicConstraints, true, constraints),
    extension(oids.keyUsage, true, usage),
    ...(isAuthority ? [] : [extension(oids.extendedKeyUsage, false, purposes)]),
    extension(oids.subjectKeyIdentifier, false, octetString(keyIdentifier(publicKey))),
    extension(
      oids.authorityKeyIdentifier,
      false,
      sequence(tagged(0, keyIdentifier(issuerPublicKey), false)),
    ),
    extension(oids.subjectAltName, false, names),
  ];
}

/** RFC 7093 section 2, method 1: the leftmost 160 bits of the key's SHA-256. */
function keyIdentifier(key: KeyObject): Buffer {
  const info = key.export({ type: "spki", format: "der" });
  return createHash("sha256").update(info).digest().subarray(0, 20);
}

function pemOf(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`;
}
