/**
 * Reads `application/vnd.kubernetes.protobuf` (k8s.io/apimachinery runtime/serializer/protobuf): the
 * magic `k8s\0`, a runtime.Unknown with the kind, and the message. kubectl sends it since 1.32.
 */
import { type Json, type JsonObject, setOwn } from "./json.ts";
import { machineryLimits } from "./limits.ts";
import { type Field, fieldByNumber, isMessage, type TypeName, typeOf } from "./schema.ts";
import { WireReader, type WireType } from "./wire-reader.ts";

const magic = [0x6b, 0x38, 0x73, 0x00];

/**
 * The object in the JSON form that Kubernetes gives it: apiVersion and kind filled, optional values
 * that are empty left out unless Go holds them by a pointer, bytes in base64, times as RFC 3339.
 * Throws an Error with a sentence for bytes that are no such object, or of an unknown kind.
 */
export function decodeProtobuf(bytes: Uint8Array): JsonObject {
  if (bytes.length > machineryLimits.protobufBytesMax) {
    throw new Error(`The protobuf body is longer than ${machineryLimits.protobufBytesMax} bytes.`);
  }
  if (magic.some((byte, index) => bytes[index] !== byte)) {
    throw new Error("The body does not begin with the bytes that mark Kubernetes protobuf.");
  }
  const { apiVersion, kind, raw } = readUnknown(bytes.subarray(magic.length));
  // Every API group registers DeleteOptions under its own version.
  const type = kind === "DeleteOptions" ? typeOf("v1", kind) : typeOf(apiVersion, kind);
  if (type === null) {
    throw new Error(`no kind "${kind}" is registered for version "${apiVersion}"`);
  }
  return { kind, apiVersion, ...readMessage(raw, type, 0) };
}

/** runtime.Unknown of k8s.io/apimachinery/pkg/runtime/generated.proto. */
function readUnknown(bytes: Uint8Array): { apiVersion: string; kind: string; raw: Uint8Array } {
  const reader = new WireReader(bytes);
  const result = { apiVersion: "", kind: "", raw: new Uint8Array() };
  while (!reader.isAtEnd) {
    const { number, wireType } = reader.tag();
    if (number === 1 && wireType === "bytes") {
      const meta = new WireReader(reader.bytes());
      while (!meta.isAtEnd) {
        const field = meta.tag();
        if (field.number === 1 && field.wireType === "bytes") result.apiVersion = meta.string();
        else if (field.number === 2 && field.wireType === "bytes") result.kind = meta.string();
        else meta.skip(field.wireType);
      }
    } else if (number === 2 && wireType === "bytes") {
      result.raw = new Uint8Array(reader.bytes());
    } else if ((number === 3 || number === 4) && wireType === "bytes") {
      const encoding = reader.string();
      if (encoding !== "") throw new Error(`The protobuf body is encoded as "${encoding}".`);
    } else reader.skip(wireType);
  }
  return result;
}

function readMessage(bytes: Uint8Array, type: TypeName, depth: number): JsonObject {
  if (depth > machineryLimits.protobufDepthMax) {
    throw new Error(`The protobuf body nests deeper than ${machineryLimits.protobufDepthMax}.`);
  }
  const reader = new WireReader(bytes);
  const result: JsonObject = {};
  while (!reader.isAtEnd) {
    const { number, wireType } = reader.tag();
    const field = fieldByNumber(type, number);
    // A field of a later Kubernetes version: skipped, as Kubernetes' own server does.
    if (field === null) reader.skip(wireType);
    else readField(reader, wireType, field, result, depth);
  }
  return result;
}

function readField(
  reader: WireReader,
  wireType: WireType,
  field: Field,
  result: JsonObject,
  depth: number,
): void {
  if (field.isInline) {
    expectWire(field, wireType, "bytes");
    Object.assign(result, readMessage(reader.bytes(), field.type, depth + 1));
  } else if (field.container === "map") {
    expectWire(field, wireType, "bytes");
    const { key, value } = readEntry(reader.bytes(), field, depth);
    const entries = (result[field.name] ?? {}) as JsonObject;
    setOwn(entries, key, value);
    result[field.name] = entries;
  } else if (field.container === "list") {
    const list = (result[field.name] ?? []) as Json[];
    result[field.name] = list;
    if (wireType === "bytes" && wireOf(field) === "varint") {
      const packed = new WireReader(reader.bytes());
      while (!packed.isAtEnd) list.push(readValue(packed, "varint", field, depth));
    } else list.push(readValue(reader, wireType, field, depth));
  } else {
    const value = readValue(reader, wireType, field, depth);
    const isZero = value === "" || value === 0 || value === false;
    if (isZero && !field.isRequired && !field.isPointer && !isMessageOnWire(field)) {
      // Go leaves out the zero of a plain optional field; the last value on the wire counts.
      delete result[field.name];
    } else result[field.name] = value;
  }
}

function readEntry(bytes: Uint8Array, field: Field, depth: number): { key: string; value: Json } {
  const reader = new WireReader(bytes);
  let key = "";
  let value: Json | undefined;
  while (!reader.isAtEnd) {
    const tag = reader.tag();
    if (tag.number === 1) {
      expectWire(field, tag.wireType, "bytes");
      key = reader.string();
    } else if (tag.number === 2) value = readValue(reader, tag.wireType, field, depth);
    else reader.skip(tag.wireType);
  }
  return {
    key,
    value: value ?? (isMessage(field.type) ? {} : field.type === "Quantity" ? "0" : ""),
  };
}

function readValue(reader: WireReader, wireType: WireType, field: Field, depth: number): Json {
  expectWire(field, wireType, wireOf(field));
  switch (field.type) {
    case "string":
      return reader.string();
    case "bytes":
      return Buffer.from(reader.bytes()).toString("base64");
    case "bool":
      return reader.varint() !== 0n;
    case "int32":
    case "int64":
      return reader.integer();
    case "double":
      return reader.double();
    default:
      return readWellKnown(reader.bytes(), field, depth + 1);
  }
}

/** The messages whose JSON is not an object of their fields. */
function readWellKnown(bytes: Uint8Array, field: Field, depth: number): Json {
  switch (field.type) {
    case "Quantity": {
      const { strings } = readParts(bytes);
      return strings.get(1) ?? "0";
    }
    case "IntOrString": {
      const { numbers, strings } = readParts(bytes);
      return numbers.get(1) === 1 ? (strings.get(3) ?? "") : (numbers.get(2) ?? 0);
    }
    case "Time":
    case "MicroTime": {
      const { numbers } = readParts(bytes);
      return timeText(numbers.get(1) ?? 0, numbers.get(2) ?? 0, field.type === "MicroTime");
    }
    case "Duration":
      return `${(readParts(bytes).numbers.get(1) ?? 0) / 1e9}s`;
    case "FieldsV1":
    case "RawExtension":
      return jsonOf(readParts(bytes).strings.get(1));
    default:
      return readMessage(bytes, field.type, depth);
  }
}

function readParts(bytes: Uint8Array): {
  numbers: Map<number, number>;
  strings: Map<number, string>;
} {
  const reader = new WireReader(bytes);
  const numbers = new Map<number, number>();
  const strings = new Map<number, string>();
  while (!reader.isAtEnd) {
    const { number, wireType } = reader.tag();
    if (wireType === "varint") numbers.set(number, reader.integer());
    else if (wireType === "bytes") strings.set(number, reader.string());
    else reader.skip(wireType);
  }
  return { numbers, strings };
}

/** Go's zero time is an empty message, and null in JSON. */
function timeText(seconds: number, nanos: number, isMicro: boolean): string | null {
  if (seconds === 0 && nanos === 0) return null;
  const time = new Date(seconds * 1_000);
  if (Number.isNaN(time.getTime()) || time.getUTCFullYear() < 0 || time.getUTCFullYear() > 9999) {
    throw new Error("The protobuf body has a time outside the years 0 to 9999.");
  }
  const whole = time.toISOString().slice(0, "2006-01-02T15:04:05".length);
  const micros = String(Math.floor(nanos / 1_000)).padStart(6, "0");
  return isMicro ? `${whole}.${micros}Z` : `${whole}Z`;
}

function jsonOf(text: string | undefined): Json {
  if (text === undefined || text === "") return null;
  try {
    return JSON.parse(text) as Json;
  } catch {
    throw new Error("The protobuf body has a raw extension that is not JSON.");
  }
}

function isMessageOnWire(field: Field): boolean {
  return wireOf(field) === "bytes" && field.type !== "string" && field.type !== "bytes";
}

function wireOf(field: Field): WireType {
  if (field.type === "double") return "fixed64";
  return /^(?:bool|int32|int64)$/.test(field.type) ? "varint" : "bytes";
}

function expectWire(field: Field, found: WireType, expected: WireType): void {
  if (found !== expected) {
    throw new Error(`The protobuf body has field "${field.name}" as ${found}, not ${expected}.`);
  }
}
