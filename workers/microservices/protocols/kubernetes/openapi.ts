/** /openapi/v3: what kubectl apply and explain read. */
import { createHash } from "node:crypto";
import type { CustomType } from "../../core/machinery/openapi.ts";
import type { JsonObject } from "../../core/machinery/json.ts";
import { apiErrors } from "../../core/store/api-error.ts";
import type { ApiContext } from "./context.ts";
import { type TextAnswer, jsonAnswer } from "./answer.ts";
import { groupsOf, serverVersion } from "./discovery.ts";
import { apiVersionOf } from "./served.ts";

const pathOf = (group: string, version: string): string =>
  group === "" ? `api/${version}` : `apis/${group}/${version}`;

const v2Protobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

/**
 * OpenAPI v2 with a title and nothing else: kubectl 1.27 does not apply without the document, and
 * takes its own types for kinds that it lacks. gnostic's Document has swagger in field 1 and info,
 * with title and version, in field 2.
 */
export function openApiV2(accept: string | undefined): TextAnswer {
  const info = { title: "Kubernetes", version: serverVersion.gitVersion };
  if (!(accept ?? "").includes(v2Protobuf)) {
    return jsonAnswer({ swagger: "2.0", info, paths: {}, definitions: {} });
  }
  // Every length here is below 128, and so one byte.
  const field = (number: number, text: string): string =>
    String.fromCharCode((number << 3) | 2, text.length) + text;
  const text = field(1, "2.0") + field(2, field(1, info.title) + field(2, info.version));
  return { status: 200, type: v2Protobuf, text };
}

export class OpenApiDocuments {
  readonly #context: ApiContext;
  /** Of the built-in groups: they never change. */
  readonly #texts = new Map<string, Promise<string>>();

  constructor(context: ApiContext) {
    this.#context = context;
  }

  async index(): Promise<object> {
    const paths: Record<string, object> = {};
    for (const { group, versions } of groupsOf(this.#context.served)) {
      for (const version of versions) {
        const path = pathOf(group, version);
        const hash = createHash("sha256")
          .update(await this.text(group, version))
          .digest("hex");
        paths[path] = { serverRelativeURL: `/openapi/v3/${path}?hash=${hash.toUpperCase()}` };
      }
    }
    return { paths };
  }

  /** @throws ApiError 404 */
  async text(group: string, version: string): Promise<string> {
    const isKnown = groupsOf(this.#context.served).some(
      (each) => each.group === group && each.versions.includes(version),
    );
    if (!isKnown) throw apiErrors.pathNotFound();
    const customTypes = this.#customTypes(group, version);
    const apiVersion = apiVersionOf(group, version);
    const make = async (): Promise<string> =>
      JSON.stringify(await this.#context.machinery.openApiV3(apiVersion, customTypes));
    if (customTypes.length > 0) return make();
    let text = this.#texts.get(apiVersion);
    if (text === undefined) this.#texts.set(apiVersion, (text = make()));
    return text;
  }

  #customTypes(group: string, version: string): CustomType[] {
    return [...this.#context.served.all()].flatMap(({ kind, definition, ...served }) => {
      if (definition === null || served.group !== group || served.version !== version) return [];
      const { hasStatus, scale, schema } = definition.versions.find(
        ({ name }) => name === version,
      )!;
      return [
        {
          group,
          version,
          kind: kind.kind,
          plural: kind.plural,
          isNamespaced: kind.namespaced,
          hasStatus,
          hasScale: scale !== null,
          schema: schema as unknown as JsonObject,
        },
      ];
    });
  }
}
