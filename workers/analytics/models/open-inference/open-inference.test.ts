/**
 * The Open Inference Protocol as its clients speak it: over HTTP, with the requests and responses of the
 * published text (kserve/open-inference-protocol, inference_rest.md; Triton's binary tensor data and model
 * repository extensions), on threads that really run the models.
 */
import { createRouterClient } from "@orpc/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noGrad } from "../../../compute/autograd/tape.ts";
import { scope, tensor } from "../../../compute/tensor/tensor.ts";
import { createHttpServer, guardPolicy } from "../../../service/http-server.ts";
import { modelsRouter } from "../../handlers/models.ts";
import { JobTable } from "../../jobs/job-table.ts";
import { Jobs } from "../../jobs/jobs.ts";
import {
  adder,
  classifier,
  nothingElse,
  openServing,
  port,
  setupOf,
} from "../testdata/served-models.ts";
import { serveOpenInference } from "./route.ts";

const { serving, kit } = openServing(null);
const policy = { ...guardPolicy(setupOf(null), port), hosts: new Set<string>() };
const app = createHttpServer(policy, kit.metrics);
const jobs = new Jobs(kit, new JobTable(null, 0));
const client = createRouterClient(modelsRouter(serving, { jobs, now: kit.now, ...nothingElse }));
let origin = "";
const iris = classifier(3);

beforeAll(async () => {
  await serveOpenInference(app, serving, kit);
  origin = await app.listen({ host: "127.0.0.1", port: 0 });
  policy.hosts.add(new URL(origin).host);
  await serving.registry.add({ name: "mymodel", bytes: adder(10) });
  await serving.registry.add({ name: "iris", bytes: iris.bytes });
});
afterAll(async () => {
  await app.close();
  jobs.close();
  await serving.close();
});

async function call(
  path: string,
  body?: object | Uint8Array,
  headers: Record<string, string> = {},
) {
  const isBytes = body instanceof Uint8Array;
  const answer = await fetch(`${origin}${path}`, {
    ...(body === undefined
      ? {}
      : { method: "POST", body: isBytes ? Buffer.from(body) : JSON.stringify(body) }),
    headers: {
      ...(body === undefined
        ? {}
        : { "content-type": isBytes ? "application/octet-stream" : "application/json" }),
      ...headers,
    },
  });
  const bytes = Buffer.from(await answer.arrayBuffer());
  const headerBytes = Number(answer.headers.get("inference-header-content-length") ?? bytes.length);
  return {
    status: answer.status,
    type: answer.headers.get("content-type"),
    json: JSON.parse(bytes.subarray(0, headerBytes).toString() || "null") as unknown,
    binary: bytes.subarray(headerBytes),
  };
}

const input = (data: unknown, shape = [2, 2]) => ({
  name: "input0",
  shape,
  datatype: "FP32",
  data,
});

describe("health and metadata", () => {
  it.each([
    ["/v2/health/live", { live: true }],
    ["/v2/health/ready", { live: true, ready: true }],
    ["/v2/models/mymodel/ready", { name: "mymodel", ready: true }],
    ["/v2/models/mymodel/versions/1/ready", { name: "mymodel", ready: true }],
    [
      "/v2",
      {
        name: "demo-control-center",
        version: "1.2.3",
        extensions: ["binary_tensor_data", "model_repository"],
      },
    ],
    [
      "/v2/models/mymodel",
      {
        name: "mymodel",
        versions: ["1"],
        platform: "onnx",
        inputs: [{ name: "input0", datatype: "FP32", shape: [-1, 2] }],
        outputs: [{ name: "output0", datatype: "FP32", shape: [-1, 2] }],
      },
    ],
  ])("GET %s", async (path, body) => {
    const { status, json, type } = await call(path);
    expect([status, json]).toEqual([200, body]);
    expect(type).toContain("application/json");
  });
});

describe("inference", () => {
  it("answers the request with its id, tensors flat in row-major order", async () => {
    const { status, json } = await call("/v2/models/mymodel/infer", {
      id: "42",
      inputs: [input([1, 2, 3, 4])],
      outputs: [{ name: "output0" }],
    });
    expect([status, json]).toEqual([
      200,
      {
        id: "42",
        model_name: "mymodel",
        model_version: "1",
        outputs: [{ name: "output0", shape: [2, 2], datatype: "FP32", data: [11, 12, 13, 14] }],
      },
    ]);
  });

  it("takes nested data, a version in the path, and all outputs where none is named", async () => {
    const { json } = await call("/v2/models/mymodel/versions/1/infer", {
      inputs: [
        input([
          [1, 2],
          [3, 4],
        ]),
      ],
    });
    expect(json).toMatchObject({ outputs: [{ data: [11, 12, 13, 14] }] });
    expect(json).not.toHaveProperty("id");
  });

  it("is what the network itself computes", async () => {
    const x = [5.1, 3.5, 1.4, 0.2, 6.7, 3, 5.2, 2.3];
    const expected: number[] = [];
    iris.module.eval();
    scope(() => {
      expected.push(...noGrad(() => iris.module.forward(tensor(x, [2, 4]))).toArray());
    });
    const { json } = await call("/v2/models/iris/infer", {
      inputs: [{ name: "input", shape: [2, 4], datatype: "FP32", data: x }],
    });
    const { data } = (json as { outputs: { data: number[] }[] }).outputs[0]!;
    expected.forEach((value, at) => expect(data[at]).toBeCloseTo(value, 6));
  });

  it("of many at once gives each its own rows, from fewer runs", async () => {
    const row = (await client.health({ name: "mymodel", version: "1" })).serving;
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, at) =>
        call("/v2/models/mymodel/infer", { id: `${at}`, inputs: [input([at, -at], [1, 2])] }),
      ),
    );
    answers.forEach(({ json }, at) =>
      expect(json).toMatchObject({ id: `${at}`, outputs: [{ data: [10 + at, 10 - at] }] }),
    );
    const { serving: after } = await client.health({ name: "mymodel", version: "1" });
    expect(after.requests - row.requests).toBe(60);
    expect(after.batches - row.batches).toBeLessThan(60);
    expect(after.total.count).toBe(after.requests);
  });
});

describe("binary tensors", () => {
  const floats = (values: number[]) => Buffer.from(Float32Array.from(values).buffer);
  const withBytes = (header: object, binary: Uint8Array) => {
    const json = Buffer.from(JSON.stringify(header));
    const headers = { "inference-header-content-length": String(json.length) };
    return [new Uint8Array(Buffer.concat([json, binary])), headers] as const;
  };
  const header = (size: number, more: object = {}) => ({
    inputs: [
      { name: "input0", shape: [2, 2], datatype: "FP32", parameters: { binary_data_size: size } },
    ],
    ...more,
  });

  it("go in and come out as they lie in memory", async () => {
    const [body, headers] = withBytes(
      header(16, { outputs: [{ name: "output0", parameters: { binary_data: true } }] }),
      floats([1, 2, 3, 4]),
    );
    const { json, binary, type, status } = await call("/v2/models/mymodel/infer", body, headers);
    expect([status, type]).toEqual([200, "application/octet-stream"]);
    expect(json).toMatchObject({
      outputs: [
        { name: "output0", shape: [2, 2], datatype: "FP32", parameters: { binary_data_size: 16 } },
      ],
    });
    expect(binary).toEqual(floats([11, 12, 13, 14]));
  });

  it("come out for all outputs where the request says so, or not at all", async () => {
    const [body, headers] = withBytes(header(16), floats([1, 2, 3, 4]));
    expect((await call("/v2/models/mymodel/infer", body, headers)).json).toMatchObject({
      outputs: [{ data: [11, 12, 13, 14] }],
    });
    const all = { inputs: [input([1, 2, 3, 4])], parameters: { binary_data_output: true } };
    expect((await call("/v2/models/mymodel/infer", all)).binary).toEqual(floats([11, 12, 13, 14]));
  });

  it.each([
    ["more bytes than there are", header(17), "not in the body"],
    ["fewer than there are", header(8), "8 bytes belong to no input"],
    [
      "no whole values",
      header(16, {
        inputs: [
          { name: "input0", shape: [1, 2], datatype: "FP64", parameters: { binary_data_size: 15 } },
        ],
      }),
      "not whole values",
    ],
  ])("of %s are refused", async (_, head, complaint) => {
    const [body, headers] = withBytes(head, floats([1, 2, 3, 4]));
    const { status, json } = await call("/v2/models/mymodel/infer", body, headers);
    expect(status).toBe(400);
    expect((json as { error: string }).error).toContain(complaint);
  });

  it("with a header length beyond the body are refused", async () => {
    const body = new TextEncoder().encode("{}");
    const headers = { "inference-header-content-length": "1000" };
    expect((await call("/v2/models/mymodel/infer", body, headers)).status).toBe(400);
  });
});

describe("errors have the protocol's shape and name what is wrong", () => {
  const path = "/v2/models/mymodel/infer";
  it.each([
    [
      "of a model that is not there",
      "/v2/models/rose/infer",
      { inputs: [input([1])] },
      404,
      '"rose"',
    ],
    [
      "of a version that is not there",
      "/v2/models/mymodel/versions/7/infer",
      { inputs: [input([1])] },
      404,
      '"7"',
    ],
    ["without inputs", path, {}, 400, "inputs"],
    ["of another name", path, { inputs: [{ ...input([1]), name: "x" }] }, 400, 'takes "input0"'],
    [
      "of another datatype",
      path,
      { inputs: [{ ...input([1, 2]), datatype: "INT64" }] },
      400,
      "FP32, not INT64",
    ],
    ["of another shape", path, { inputs: [input([1, 2, 3], [1, 3])] }, 400, "[N, 2], not [1, 3]"],
    [
      "with too few values",
      path,
      { inputs: [input([1, 2, 3])] },
      400,
      "3 values; its shape holds 4",
    ],
    ["with too many values", path, { inputs: [input([1, 2, 3, 4, 5])] }, 400, "more than the 4"],
    ["with a text among numbers", path, { inputs: [input([1, 2, "x", 4])] }, 400, "Value 2"],
    ["of no rows", path, { inputs: [input([], [0, 2])] }, 400, "no values"],
    ["of an endless shape", path, { inputs: [input([1], [1e300, 2])] }, 400, "input0"],
    [
      "for an output that is not there",
      path,
      { inputs: [input([1, 2, 3, 4])], outputs: [{ name: "y" }] },
      400,
      '"y"',
    ],
  ])("a request %s", async (_, to, body, status, complaint) => {
    const answer = await call(to, body);
    expect(answer.status).toBe(status);
    expect(Object.keys(answer.json as object)).toEqual(["error"]);
    expect((answer.json as { error: string }).error).toContain(complaint);
  });

  it("also where the JSON is broken, and where a token is wrong the guard says so", async () => {
    const answer = await fetch(`${origin}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{",
    });
    expect([answer.status, Object.keys((await answer.json()) as object)]).toEqual([400, ["error"]]);
    const wrong = await call("/v2", undefined, { authorization: "Bearer nope" });
    expect(wrong.status).toBe(401);
  });

  it("and a viewer of a closed platform runs nothing", async () => {
    policy.anonymousRole = null;
    try {
      const { status, json } = await call(path, { inputs: [input([1, 2, 3, 4])] });
      expect([status, Object.keys(json as object)]).toEqual([401, ["error"]]);
    } finally {
      policy.anonymousRole = "operator";
    }
  });
});

describe("the model repository", () => {
  it("lists versions with their state, loads and unloads", async () => {
    const index = async (body: object = {}) => (await call("/v2/repository/index", body)).json;
    expect(await index()).toEqual([
      { name: "iris", version: "1", state: "READY", reason: "" },
      { name: "mymodel", version: "1", state: "READY", reason: "" },
    ]);
    expect((await call("/v2/repository/models/iris/unload", {})).status).toBe(200);
    expect(await index({ ready: true })).toMatchObject([{ name: "mymodel" }]);
    expect(await call("/v2/models/iris/ready")).toMatchObject({
      status: 503,
      json: { name: "iris", ready: false },
    });
    const body = {
      inputs: [{ name: "input", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] }],
    };
    expect(await call("/v2/models/iris/infer", body)).toMatchObject({ status: 409 });
    expect((await call("/v2/repository/models/iris/load", {})).status).toBe(200);
    expect((await call("/v2/models/iris/infer", body)).status).toBe(200);
  });
});

describe("files as they are", () => {
  it("become versions and come back, byte by byte", async () => {
    const { bytes } = classifier(8);
    const added = await call("/api/analytics/registry/models/flower/file", bytes);
    expect(added).toMatchObject({ status: 201, json: { model: "flower", version: 1 } });
    const answer = await fetch(
      `${origin}/api/analytics/registry/models/flower/versions/1/model.onnx`,
    );
    expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes);
  });

  it("that cannot be served are refused by the node, in a thread of their own", async () => {
    const evil = adder(1, [{ name: "evil", operator: "Evil", outputs: ["y"] }]);
    const { status, json } = await call("/api/analytics/registry/models/evil/file", evil);
    expect(status).toBe(422);
    expect(json).toMatchObject({
      code: "MODEL_REFUSED",
      detail: expect.stringContaining('Node 1 (Evil "evil")') as string,
    });
  });
});
