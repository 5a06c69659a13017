import { describe, expect, it } from "vitest";
import { specificationSchema } from "../../../workers/analytics/contract.ts";
import {
  dataKinds,
  exampleNames,
  exampleOf,
  type LabDocument,
  labReducer,
  layerTypes,
  newLayer,
  readSpecification,
  withData,
  withHiddenLayer,
} from "./lab-document.ts";
import { columnsOf, framesNetwork } from "./network-model.ts";

const start: LabDocument = { present: exampleOf("circle"), past: [], future: [] };

describe("the document", () => {
  it("takes edits back and brings them again, until another edit is made", () => {
    const first = labReducer(start, { kind: "change", to: { batchSize: 8 } });
    const second = labReducer(first, { kind: "change", to: { epochs: 7 } });
    const back = labReducer(labReducer(second, { kind: "undo" }), { kind: "undo" });
    expect(back.present).toEqual(start.present);
    expect(labReducer(back, { kind: "undo" })).toBe(back);
    const again = labReducer(labReducer(back, { kind: "redo" }), { kind: "redo" });
    expect(again.present).toEqual(second.present);
    const other = labReducer(back, { kind: "change", to: { seed: 9 } });
    expect(other.future).toEqual([]);
    expect(labReducer(first, { kind: "change", to: { batchSize: 8 } }).past).toHaveLength(1);
  });

  it("never grows without bound", () => {
    let document = start;
    for (let seed = 1; seed < 300; seed++)
      document = labReducer(document, { kind: "change", to: { seed } });
    expect(document.past.length).toBeLessThanOrEqual(100);
  });

  it("stays a specification whatever data or layer is chosen", () => {
    for (const name of exampleNames) {
      for (const kind of dataKinds) {
        const changed = { ...exampleOf(name), ...withData(exampleOf(name), kind) };
        expect(specificationSchema.parse(changed).data.kind).toBe(kind);
      }
    }
    const layers = layerTypes.map(newLayer);
    expect(specificationSchema.parse({ ...start.present, layers }).layers).toEqual(layers);
  });

  it("is read from JSON, or says what is wrong with it", () => {
    expect(readSpecification(JSON.stringify(start.present))).toEqual(start.present);
    expect(readSpecification("{")).toMatch(/no JSON/);
    expect(readSpecification(JSON.stringify({ ...start.present, epochs: 0 }))).toMatch(/^epochs: /);
  });
});

describe("columns of the drawing", () => {
  it("are the inputs and each layer with weights, with its activation", () => {
    const columns = columnsOf(exampleOf("spiral"), null);
    expect(columns.map(({ layer, neurons }) => [layer, neurons])).toEqual([
      [null, 2],
      [0, 12],
      [2, 8],
      [4, 1],
    ]);
    expect(columns[1]!.followers).toEqual([{ index: 1, type: "Tanh" }]);
  });

  it("grow by a hidden layer before the last", () => {
    const layers = withHiddenLayer(exampleOf("circle").layers);
    expect(layers.map(({ type }) => type)).toEqual(["Linear", "Tanh", "Linear", "Tanh", "Linear"]);
  });

  it("show a frame only of the network that was trained", () => {
    const frame = { layers: [] } as never;
    const circle = exampleOf("circle");
    expect(framesNetwork(frame, circle, { ...circle, epochs: 3 })).toBe(true);
    expect(
      framesNetwork(frame, circle, { ...circle, layers: withHiddenLayer(circle.layers) }),
    ).toBe(false);
    expect(framesNetwork(null, circle, circle)).toBe(false);
  });
});
