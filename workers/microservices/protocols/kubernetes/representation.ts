/** Which of its forms a client wants an answer in (Accept), and the answer in it. */
import { stringify } from "yaml";
import { apiErrors } from "../../core/store/api-error.ts";

export interface Representation {
  readonly form: "object" | "table" | "metadata";
  readonly syntax: "json" | "yaml";
  /** Of Table and PartialObjectMetadata. */
  readonly metaVersion: "v1" | "v1beta1";
}

const plain: Representation = { form: "object", syntax: "json", metaVersion: "v1" };
const forms: Readonly<Record<string, Representation["form"]>> = {
  Table: "table",
  PartialObjectMetadata: "metadata",
  PartialObjectMetadataList: "metadata",
};

/** A media range of an Accept header, with its parameters by their names in lower case. */
export function mediaRanges(
  accept: string,
): { type: string; parameters: Readonly<Record<string, string>> }[] {
  const ranges = accept.split(",").map((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    const pairs = parameters.map((parameter): [string, string] => {
      const equals = parameter.indexOf("=");
      return [parameter.slice(0, equals).toLowerCase(), parameter.slice(equals + 1)];
    });
    return { type: type.toLowerCase(), parameters: Object.fromEntries(pairs) };
  });
  const quality = ({ parameters }: { parameters: Record<string, string> }): number =>
    Number(parameters["q"] ?? 1);
  return ranges.filter((range) => quality(range) > 0).toSorted((a, b) => quality(b) - quality(a));
}

const jsonTypes = new Set(["application/json", "application/*", "*/*"]);

/** @throws ApiError 406 */
export function negotiate(accept: string | undefined): Representation {
  if (accept === undefined || accept === "") return plain;
  for (const { type, parameters } of mediaRanges(accept)) {
    const isYaml = type === "application/yaml";
    if (!isYaml && !jsonTypes.has(type)) continue;
    const syntax = isYaml ? "yaml" : "json";
    const { as, v = "v1", g = "meta.k8s.io" } = parameters;
    if (as === undefined) return { ...plain, syntax };
    const form = forms[as];
    if (form === undefined || g !== "meta.k8s.io") continue;
    if (v === "v1" || v === "v1beta1") return { form, syntax, metaVersion: v };
  }
  throw apiErrors.notAcceptable(
    "only the following media types are accepted: application/json, application/yaml",
  );
}

export function contentTypeOf({ syntax }: Representation): string {
  return syntax === "yaml" ? "application/yaml" : "application/json";
}

export function textOf(value: unknown, { syntax }: Representation): string {
  return syntax === "yaml" ? stringify(value) : `${JSON.stringify(value)}\n`;
}
