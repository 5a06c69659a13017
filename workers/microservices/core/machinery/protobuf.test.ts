import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type JsonObject, objectAt } from "./json.ts";
import { machineryLimits } from "./limits.ts";
import { decodeProtobuf } from "./protobuf.ts";

interface Captured {
  readonly kubectl: string;
  readonly command: string;
  readonly hex: string;
  /** What `kubectl <command> --dry-run=client -o json` prints; null where it has no such option. */
  readonly dryRun: JsonObject | null;
}

/** Bodies that kubectl 1.32 and 1.33 sent, taken down by a server of a few lines. */
const captured = JSON.parse(
  readFileSync(join(import.meta.dirname, "testdata/kubectl-bodies.json"), "utf8"),
) as Captured[];
const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));

describe("bodies of the real kubectl", () => {
  const compared = captured.filter(({ dryRun }) => dryRun !== null);

  it("covers the commands that send protobuf", () => {
    expect(new Set(captured.map(({ kubectl }) => kubectl))).toEqual(new Set(["1.32", "1.33"]));
    expect(compared.length).toBeGreaterThanOrEqual(40);
  });

  it.each(compared)("kubectl $kubectl $command", ({ hex, dryRun }) => {
    const expected = structuredClone(dryRun!);
    // Go prints a nil list that is not omitempty as null; on the wire it is an absence.
    const status = objectAt(expected, "status");
    if (status?.["currentMetrics"] === null) delete status["currentMetrics"];
    expect(decodeProtobuf(bytesOf(hex))).toEqual(expected);
  });

  it("reads a SelfSubjectAccessReview", () => {
    const review = captured.find(({ command }) => command.startsWith("auth can-i"));
    expect(decodeProtobuf(bytesOf(review!.hex))).toEqual({
      kind: "SelfSubjectAccessReview",
      apiVersion: "authorization.k8s.io/v1",
      metadata: { creationTimestamp: null },
      spec: { resourceAttributes: { namespace: "team", verb: "create", resource: "pods" } },
      status: { allowed: false },
    });
  });

  it("reads a TokenRequest", () => {
    const request = captured.find(({ command }) => command.startsWith("create token"));
    expect(decodeProtobuf(bytesOf(request!.hex))).toMatchObject({
      kind: "TokenRequest",
      apiVersion: "authentication.k8s.io/v1",
      spec: { audiences: ["shop"], expirationSeconds: 600 },
    });
  });
});

/** The wire format, written from its specification: a tag, then a number or a length and bytes. */
const varint = (value: bigint): number[] => {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return [...bytes, Number(rest)];
};
const number = (field: number, value: number | bigint): number[] => [
  ...varint(BigInt(field << 3)),
  ...varint(BigInt(value)),
];
const bytes = (field: number, value: readonly number[] | string): number[] => {
  const content = typeof value === "string" ? [...Buffer.from(value)] : value;
  return [...varint(BigInt((field << 3) | 2)), ...varint(BigInt(content.length)), ...content];
};
const body = (apiVersion: string, kind: string, raw: readonly number[]): Uint8Array =>
  new Uint8Array([
    0x6b,
    0x38,
    0x73,
    0,
    ...bytes(1, [...bytes(1, apiVersion), ...bytes(2, kind)]),
    ...bytes(2, raw),
  ]);

describe("values with a JSON form of their own", () => {
  it("keeps the zero of a pointer and leaves out the zero of a plain field", () => {
    // apps/v1 DeploymentSpec: replicas 1 is *int32, minReadySeconds 5 is int32.
    const deployment = body("apps/v1", "Deployment", bytes(2, [...number(1, 0), ...number(5, 0)]));
    expect(decodeProtobuf(deployment)).toEqual({
      kind: "Deployment",
      apiVersion: "apps/v1",
      spec: { replicas: 0 },
    });
  });

  it("reads times, and the zero time as null", () => {
    const time = [...number(1, 1_700_000_000), ...number(2, 0)];
    const micro = [...number(1, 1_700_000_000), ...number(2, 123_456_789)];
    const lease = body("coordination.k8s.io/v1", "Lease", [
      ...bytes(1, [...bytes(8, time), ...bytes(9, [])]),
      ...bytes(2, bytes(4, micro)),
    ]);
    expect(decodeProtobuf(lease)).toMatchObject({
      metadata: { creationTimestamp: "2023-11-14T22:13:20Z", deletionTimestamp: null },
      spec: { renewTime: "2023-11-14T22:13:20.123456Z" },
    });
  });

  it("reads a ControllerRevision's raw JSON and negative numbers", () => {
    const raw = body("apps/v1", "ControllerRevision", [
      ...bytes(2, bytes(1, '{"spec":{"a":[1]}}')),
      ...number(3, -7),
    ]);
    expect(decodeProtobuf(raw)).toMatchObject({ data: { spec: { a: [1] } }, revision: -7 });
  });

  it("reads DeleteOptions under the version of any group", () => {
    expect(decodeProtobuf(body("apps/v1", "DeleteOptions", number(1, 0)))).toEqual({
      kind: "DeleteOptions",
      apiVersion: "apps/v1",
      gracePeriodSeconds: 0,
    });
  });

  it("skips the fields of later versions", () => {
    const later = [...bytes(2, []), ...bytes(500, "x"), ...number(501, 5)];
    expect(decodeProtobuf(body("v1", "Namespace", later))).toEqual({
      kind: "Namespace",
      apiVersion: "v1",
      spec: {},
    });
  });

  it("keeps a map's key __proto__ as a key", () => {
    const entry = bytes(2, [...bytes(1, "__proto__"), ...bytes(2, "x")]);
    const decoded = decodeProtobuf(body("v1", "ConfigMap", entry));
    expect(Object.entries(decoded["data"] as JsonObject)).toEqual([["__proto__", "x"]]);
  });
});

describe("bad bytes", () => {
  it.each([
    ["", "does not begin"],
    ["7b7d", "does not begin"],
    ["6b38730012", "ends inside a number"],
    ["6b387300120a00", "ends inside a field"],
    ["6b38730013", "unknown wire type"],
    ["6b38730000", "field number out of range"],
    ["6b38730008ffffffffffffffffffff01", "more than 10 bytes"],
    ["6b3873001a0467", "ends inside a field"],
    ["6b3873001a0267ff", "not UTF-8"],
    ["6b387300", 'no kind "" is registered'],
  ])("%s: %s", (hex, sentence) => {
    expect(() => decodeProtobuf(bytesOf(hex))).toThrow(sentence);
  });

  it("refuses a wrong wire type, a deep nest and a long body", () => {
    expect(() => decodeProtobuf(body("v1", "Namespace", number(1, 3)))).toThrow('"metadata"');
    // core/v1 has no recursive message; the CustomResourceDefinition's are JSON only.
    const long = new Uint8Array(machineryLimits.protobufBytesMax + 1);
    expect(() => decodeProtobuf(long)).toThrow("longer than");
  });

  it("answers any damage with a sentence or an object", () => {
    const whole = captured.map(({ hex }) => bytesOf(hex));
    fc.assert(
      fc.property(
        fc.constantFrom(...whole),
        fc.nat(),
        fc.nat(255),
        fc.nat(),
        (original, at, byte, cut) => {
          const damaged = original.slice(0, 4 + (cut % original.length));
          damaged[4 + (at % Math.max(1, damaged.length - 4))] = byte;
          let message = "an object";
          try {
            expect(decodeProtobuf(damaged)).toBeTypeOf("object");
          } catch (error) {
            ({ message } = error as Error);
            expect(error).toBeInstanceOf(Error);
            expect(error).not.toBeInstanceOf(TypeError);
            expect(error).not.toBeInstanceOf(RangeError);
          }
          expect(message.length).toBeGreaterThan(5);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
