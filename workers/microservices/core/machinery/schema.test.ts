import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  fieldByNumber,
  fieldOf,
  fieldsOf,
  isKind,
  isMessage,
  servedKinds,
  type TypeName,
  typeOf,
} from "./schema.ts";

const scalars =
  /^(?:string|bytes|int32|int64|bool|double|any|Quantity|IntOrString|Time|MicroTime|Duration|FieldsV1|RawExtension)$/;

const reached = reachable();

function reachable(): Set<TypeName> {
  const seen = new Set<TypeName>();
  const pending = servedKinds().map(({ type }) => type);
  for (let type = pending.pop(); type !== undefined; type = pending.pop()) {
    if (seen.has(type)) continue;
    seen.add(type);
    pending.push(...fieldsOf(type).flatMap((field) => (isMessage(field.type) ? [field.type] : [])));
  }
  return seen;
}

describe("the schema", () => {
  it("has the kinds that kubectl asks for, and says when it has not", () => {
    expect(typeOf("apps/v1", "Deployment")).toBe("apps/v1.Deployment");
    expect(typeOf("v1", "Event")).toBe("core/v1.Event");
    expect(typeOf("events.k8s.io/v1", "Event")).toBe("events/v1.Event");
    expect(typeOf("apps/v1", "Pod")).toBeNull();
    expect(typeOf("example.com/v1", "Widget")).toBeNull();
    expect(isKind("core/v1.Pod")).toBe(true);
    expect(isKind("core/v1.PodSpec")).toBe(false);
  });

  it("knows every type it names, and every merge key is a field of the list's members", () => {
    const offences: string[] = [];
    for (const type of reached) {
      for (const field of fieldsOf(type)) {
        const place = `${type}.${field.name}`;
        if (!isMessage(field.type) && !scalars.test(field.type)) offences.push(place);
        const keys = [...field.listMapKeys, ...(field.patchMergeKey?.split(",") ?? [])];
        const lacks = (key: string): boolean => fieldOf(field.type, key) === null;
        if (keys.some((key) => isMessage(field.type) && lacks(key))) offences.push(place);
      }
    }
    expect(reached.size).toBeGreaterThan(300);
    expect(offences).toEqual([]);
  });

  it("looks through embedded structs by name and keeps them by number", () => {
    expect(fieldOf("core/v1.Volume", "configMap")?.type).toBe("core/v1.ConfigMapVolumeSource");
    expect(fieldOf("core/v1.Volume", "volumeSource")).toBeNull();
    expect(fieldByNumber("core/v1.Volume", 2)?.isInline).toBe(true);
    expect(fieldOf("core/v1.Pod", "constructor")).toBeNull();
  });

  it("has the required fields and merge keys that kubernetes.io's reference gives", () => {
    expect(fieldOf("apps/v1.DeploymentSpec", "selector")?.isRequired).toBe(true);
    expect(fieldOf("core/v1.PodSpec", "containers")).toMatchObject({
      isRequired: true,
      listType: "map",
      listMapKeys: ["name"],
      patchMergeKey: "name",
    });
    expect(fieldOf("core/v1.ServiceSpec", "ports")?.listMapKeys).toEqual(["port", "protocol"]);
    expect(fieldOf("core/v1.ServiceSpec", "selector")?.isAtomicMap).toBe(true);
  });
});

const table = join(import.meta.dirname, "../../../../../shared/reference/kubernetes-fields.tsv");
let rows: string[] = [];
try {
  rows = readFileSync(table, "utf8").trim().split("\n").slice(1);
} catch {
  // The table is not part of the project; the test below is then skipped.
}

it.skipIf(rows.length === 0)("has every protobuf number of the table for what it holds", () => {
  const wrong = rows.filter((row) => {
    const [message, number, name, label] = row.split("\t");
    if (!reached.has(message!) || label === "map") return false;
    const field = fieldByNumber(message!, Number(number));
    return field !== null && field.name !== name;
  });
  expect(wrong).toEqual([]);
});
