/**
 * The Open Inference Protocol v2 under /v2 of the analytics port, as KServe and Triton speak it, with
 * binary tensors and the model repository; and models' files as they are, for curl.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { SubsystemKit } from "../../../service/boot.ts";
import type { Role } from "../../../service/contract.ts";
import { logUnexpected } from "../../../service/boot.ts";
import { problem, problemFrom } from "../../../service/errors.ts";
import { checkRole } from "../../../service/guard.ts";
import { callerOf } from "../../../service/http-server.ts";
import { parseJsonBody } from "../../../service/json-body.ts";
import { modelNameSchema, versionRefSchema } from "../../contract-registry.ts";
import { analyticsProblem } from "../../errors.ts";
import type { ModelServing } from "../model-serving.ts";
import { versionView } from "../model-views.ts";
import { registryLimits } from "../models-limits.ts";
import type { VersionRow } from "../registry-table.ts";
import { describePort } from "../tensor-data.ts";
import { readRequest, writeResponse } from "./inference.ts";

type Kit = Pick<SubsystemKit, "setup" | "log">;
type Named = FastifyRequest<{ Params: { name: string; version?: string } }>;

const extensions = ["binary_tensor_data", "model_repository"];
const headerLength = "inference-header-content-length";

function need(role: Role, request: FastifyRequest): void {
  const refusal = checkRole(role, callerOf(request.raw));
  if (refusal !== undefined) throw refusal;
}

export async function serveOpenInference(
  app: FastifyInstance,
  serving: ModelServing,
  kit: Kit,
): Promise<void> {
  await app.register((scope, _options, done) => {
    takeBytes(scope);
    scope.setErrorHandler((error, request, reply) => {
      logUnexpected(kit.log, error, `open-inference ${request.url}`);
      const { status, detail } = problemFrom(error);
      if (status === 503) reply.header("retry-after", "1");
      return reply.code(status).send({ error: detail });
    });
    addServer(scope, kit);
    addModels(scope, serving);
    addRepository(scope, serving);
    done();
  });
  await app.register((scope, _options, done) => {
    takeBytes(scope);
    addFiles(scope, serving);
    done();
  });
}

function takeBytes(scope: FastifyInstance): void {
  scope.addContentTypeParser(
    "application/octet-stream",
    { parseAs: "buffer", bodyLimit: registryLimits.fileBytesMax },
    (_request, body, done) => done(null, body),
  );
}

function addServer(scope: FastifyInstance, { setup }: Kit): void {
  const answer = (path: string, body: unknown) =>
    scope.get(path, (request) => {
      need("viewer", request);
      return body;
    });
  answer("/v2", { name: "demo-control-center", version: setup.version, extensions });
  answer("/v2/health/live", { live: true });
  // The protocol calls it "live" here too; KServe says "ready".
  answer("/v2/health/ready", { live: true, ready: true });
}

function namesOf({ params }: Named): { name: string; version: string | undefined } {
  const name = modelNameSchema.safeParse(params.name);
  if (!name.success) throw analyticsProblem("MODEL_UNKNOWN", `There is no model "${params.name}".`);
  const version = versionRefSchema.optional().safeParse(params.version);
  if (!version.success) {
    const detail = `"${params.name}" has no version or alias "${params.version}".`;
    throw analyticsProblem("MODEL_VERSION_UNKNOWN", detail);
  }
  return { name: name.data, version: version.data };
}

function rowOf({ registry }: ModelServing, request: Named): VersionRow {
  const { name, version } = namesOf(request);
  return registry.resolve(
    name,
    version,
    (targets) => targets.toSorted((a, b) => b.weight - a.weight)[0]!.version,
  ).row;
}

function addModels(scope: FastifyInstance, serving: ModelServing): void {
  const { registry, server } = serving;
  for (const path of ["/v2/models/:name", "/v2/models/:name/versions/:version"]) {
    scope.get(path, (request: Named) => {
      need("viewer", request);
      const { model, inspection } = rowOf(serving, request);
      return {
        name: model,
        versions: registry.versions(model).map(({ version }) => String(version)),
        platform: "onnx",
        inputs: inspection.inputs.map(describePort),
        outputs: inspection.outputs.map(describePort),
      };
    });
    scope.get(`${path}/ready`, (request: Named, reply) => {
      need("viewer", request);
      const { model, loaded } = rowOf(serving, request);
      return reply.code(loaded ? 200 : 503).send({ name: model, ready: loaded });
    });
    scope.post(`${path}/infer`, async (request: Named, reply) => {
      need("operator", request);
      const { name, version } = namesOf(request);
      const [header, binary] = bodyOf(request);
      const read = readRequest(header, binary);
      const found = await server.infer(name, version, read.tensors, goneSignal(reply));
      const written = writeResponse(found, read);
      if (written.binary.length === 0) {
        return reply.type("application/json; charset=utf-8").send(written.json);
      }
      const json = Buffer.from(written.json);
      return reply
        .type("application/octet-stream")
        .header("Inference-Header-Content-Length", json.length)
        .send(Buffer.concat([json, written.binary]));
    });
  }
}

/** The JSON of a request, and the bytes after it. @throws BODY_MALFORMED, CONTENT_TYPE_REFUSED */
function bodyOf(request: FastifyRequest): readonly [unknown, Uint8Array] {
  const { body } = request;
  const given = request.headers[headerLength];
  if (!Buffer.isBuffer(body)) {
    if (given === undefined) return [body, new Uint8Array()];
    throw problem(
      "CONTENT_TYPE_REFUSED",
      "A body with binary tensors is of the type application/octet-stream.",
    );
  }
  const length = given === undefined ? body.length : Number(given);
  if (!Number.isInteger(length) || length < 0 || length > body.length) {
    throw problem(
      "BODY_MALFORMED",
      `Inference-Header-Content-Length is ${String(given)}; the body has ${body.length} bytes.`,
    );
  }
  if (length > jsonHeaderBytesMax) {
    throw problem(
      "BODY_TOO_LARGE",
      `The JSON has ${length} bytes; ${jsonHeaderBytesMax} are let in.`,
    );
  }
  return [parseJsonBody(body.subarray(0, length)), body.subarray(length)];
}

const jsonHeaderBytesMax = 2 * 1024 * 1024;

/** Aborted when the client has gone away. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) controller.abort(new Error("The client went away."));
  });
  return controller.signal;
}

function addRepository(scope: FastifyInstance, serving: ModelServing): void {
  const { registry } = serving;
  scope.post("/v2/repository/index", (request) => {
    need("viewer", request);
    const onlyReady = (request.body as { ready?: unknown } | undefined)?.ready === true;
    return registry
      .models()
      .flatMap(({ name }) => registry.versions(name))
      .filter(({ loaded }) => loaded || !onlyReady)
      .map(({ model, version, loaded }) => ({
        name: model,
        version: String(version),
        state: loaded ? "READY" : "UNAVAILABLE",
        reason: loaded ? "" : "unloaded",
      }));
  });
  const loadAll = async (name: string) => {
    for (const row of registry.versions(name)) if (!row.loaded) await serving.load(row);
    return {};
  };
  scope.post("/v2/repository/models/:name/load", (request: Named) => {
    need("operator", request);
    return loadAll(registry.model(namesOf(request).name).name);
  });
  scope.post("/v2/repository/models/:name/unload", (request: Named) => {
    need("operator", request);
    const { name } = registry.model(namesOf(request).name);
    for (const row of registry.versions(name)) if (row.loaded) serving.unload(row);
    return {};
  });
}

/** `curl --data-binary @model.onnx` and back; problems are the API's own here. */
function addFiles(scope: FastifyInstance, serving: ModelServing): void {
  const { registry } = serving;
  scope.post("/api/analytics/registry/models/:name/file", async (request: Named, reply) => {
    need("operator", request);
    const { name } = namesOf(request);
    if (!Buffer.isBuffer(request.body)) {
      const detail = "Send the file itself as application/octet-stream.";
      throw problem("CONTENT_TYPE_REFUSED", detail);
    }
    const row = await registry.add({ name, bytes: new Uint8Array(request.body) });
    return reply.code(201).send(versionView(registry, row));
  });
  scope.get(
    "/api/analytics/registry/models/:name/versions/:version/model.onnx",
    async (request: Named, reply) => {
      need("viewer", request);
      const row = rowOf(serving, request);
      const bytes = await registry.file(row);
      return reply
        .type("application/octet-stream")
        .header("content-disposition", `attachment; filename="${row.model}-${row.version}.onnx"`)
        .send(Buffer.from(bytes));
    },
  );
}
