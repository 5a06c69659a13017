/** Lines that do with curl what the page does, on the port of the analytics thread. */
import type { ModelVersion } from "../../../workers/analytics/contract.ts";
import type { ReadTensor } from "./try-input.ts";

export interface CurlLine {
  readonly name: string;
  readonly code: string;
}

const valuesShownMax = 64;

/** @param tensors of the form; without them a row of zeros stands there */
export function curlLines(
  origin: string,
  { model, version, inputs }: ModelVersion,
  tensors: readonly ReadTensor[] | null,
): CurlLine[] {
  const shown =
    tensors ??
    inputs.map(({ name, datatype, shape }): ReadTensor => {
      const sized = shape.map((size) => (size === -1 ? 1 : size));
      const count = sized.reduce((product, size) => product * size, 1);
      return { name, datatype, shape: sized, data: Array.from({ length: count }, () => 0) };
    });
  const body = JSON.stringify({ inputs: shown });
  const isLong = shown.some(({ data }) => data.length > valuesShownMax);
  const json = `-H 'Content-Type: application/json'`;
  const path = `${origin}/v2/models/${model}`;
  return [
    {
      name: "Predict",
      code: isLong
        ? `curl ${path}/versions/${version}/infer ${json} -d @request.json`
        : `curl ${path}/versions/${version}/infer ${json} -d '${body}'`,
    },
    { name: "Describe", code: `curl ${path}` },
    { name: "Is it ready", code: `curl ${path}/ready` },
    {
      name: "Add a version",
      code: `curl ${origin}/api/analytics/registry/models/${model}/file -H 'Content-Type: application/octet-stream' --data-binary @model.onnx`,
    },
    {
      name: "Fetch the file",
      code: `curl -O ${origin}/api/analytics/registry/models/${model}/versions/${version}/model.onnx`,
    },
    {
      name: "Move the champion",
      code: `curl -X PUT ${origin}/api/analytics/registry/models/${model}/aliases/champion ${json} -d '{"targets":[{"version":${version}}]}'`,
    },
  ];
}
