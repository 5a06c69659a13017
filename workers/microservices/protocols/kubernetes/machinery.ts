/** What the API server asks of Kubernetes' API machinery, in one narrow interface. */
import { setDefaults } from "../../core/machinery/defaults.ts";
import type { JsonObject } from "../../core/machinery/json.ts";
import { applyJsonPatch } from "../../core/machinery/json-patch.ts";
import { applyMergePatch } from "../../core/machinery/merge-patch.ts";
import { type CustomType, loadDescriptions, openApiV3 } from "../../core/machinery/openapi.ts";
import { decodeProtobuf } from "../../core/machinery/protobuf.ts";
import { typeOf } from "../../core/machinery/schema.ts";
import {
  type Apply,
  applyPatch,
  type Conflict,
  trackUpdate,
  type Update,
} from "../../core/machinery/server-side-apply.ts";
import { strategicMergePatch } from "../../core/machinery/strategic-merge-patch.ts";
import { checkFields, pruneFields } from "../../core/machinery/unknown-fields.ts";
import { type FieldError, validate } from "../../core/machinery/validation.ts";

export interface Machinery {
  decodeProtobuf(bytes: Uint8Array): JsonObject;
  jsonPatch(document: JsonObject, patch: unknown): JsonObject;
  mergePatch(document: JsonObject, patch: JsonObject): JsonObject;
  strategicMergePatch(original: JsonObject, patch: JsonObject, type: string): JsonObject;
  typeOf(apiVersion: string, kind: string): string | null;
  applyPatch(request: Apply): { object: JsonObject; conflicts: Conflict[] };
  trackUpdate(record: Update): JsonObject;
  setDefaults(object: JsonObject): void;
  validate(object: JsonObject, old: JsonObject | null): readonly FieldError[];
  checkFields(
    object: JsonObject,
    apiVersion: string,
    kind: string,
  ): { readonly unknown: readonly string[]; readonly mistyped: readonly string[] };
  pruneFields(object: JsonObject, apiVersion: string, kind: string): void;
  openApiV3(groupVersion: string, customTypes: readonly CustomType[]): Promise<JsonObject>;
}

export const kubernetesMachinery: Machinery = {
  decodeProtobuf,
  jsonPatch: (document, patch) => applyJsonPatch(document, patch as never) as JsonObject,
  mergePatch: (document, patch) => applyMergePatch(document, patch) as JsonObject,
  strategicMergePatch,
  typeOf,
  applyPatch,
  trackUpdate,
  setDefaults,
  validate,
  checkFields,
  pruneFields,
  async openApiV3(groupVersion, customTypes) {
    return openApiV3(groupVersion, customTypes, await loadDescriptions());
  },
};
