/** The model registry as a user meets it: add a file, try it, move an alias, delete and undo. */
import { exportOnnx } from "../workers/compute/onnx/export.ts";
import { Softmax } from "../workers/compute/nn/activations.ts";
import { Linear } from "../workers/compute/nn/layers.ts";
import { Sequential } from "../workers/compute/nn/module.ts";
import { seededChance } from "../workers/compute/seeded-chance.ts";
import { expect, test } from "./fixtures.ts";

const fileOf = (seed: number) =>
  Buffer.from(
    exportOnnx(new Sequential(new Linear(4, 3, { chance: seededChance(seed) }), new Softmax()), {
      inputShape: [1, 4],
    }),
  );

// A file that is refused, and a model that is deleted while its readings are asked for.
test.use({ allowedConsoleErrors: [/status of (?:422|404)/] });

test("a model is added, tried, made the champion, deleted and brought back", async ({
  page,
  open,
  platform,
  request,
  expectAccessible,
}) => {
  test.setTimeout(90_000);
  await open("/learning/models");
  await expect(page.getByLabel("Verdict")).toContainText("No model yet");
  await expectAccessible();

  const add = page.getByRole("region", { name: "Add a version" });
  const choose = async (name: string, bytes: Buffer) => {
    const chooser = page.waitForEvent("filechooser");
    await add.getByRole("button", { name: "ONNX file" }).click();
    await (await chooser).setFiles({ name, mimeType: "application/octet-stream", buffer: bytes });
  };
  await add.getByLabel("Model").fill("iris");
  await choose("notes.onnx", Buffer.from("<!doctype html>"));
  await add.getByRole("button", { name: "Add version" }).click();
  await expect(add.getByRole("alert")).toContainText("This is not an ONNX model");
  await add.getByRole("button", { name: "Choose no file" }).click();

  await choose("iris.onnx", fileOf(1));
  await add.getByLabel("Names of the classes").fill("setosa, versicolor, virginica");
  await add.getByRole("button", { name: "Add version" }).click();
  await expect(page.getByRole("table", { name: "Models" })).toContainText("iris");
  await choose("iris.onnx", fileOf(2));
  await add.getByRole("button", { name: "Add version" }).click();
  const versions = page.getByRole("region", { name: "Versions of iris" });
  await expect(versions.getByRole("button", { name: "Open version 2" })).toBeVisible();

  const form = page.getByRole("region", { name: "Try version 2" });
  await form.getByLabel("Input input").fill("5.1, 3.5, 1.4");
  await form.getByRole("button", { name: "Predict" }).click();
  await expect(form).toContainText("3 values are given; a multiple of 4 are needed.");
  await form.getByLabel("Input input").fill("5.1, 3.5, 1.4, 0.2");
  await form.getByRole("button", { name: "Predict" }).click();
  await expect(form.getByRole("status", { name: "Answer" })).toContainText(/setosa|versicolor/);
  const latency = page.getByRole("table", { name: "Latency percentiles" });
  await expect(latency.getByRole("row", { name: /since the start/ })).toContainText(/1.*ms/);
  await expect(page.getByRole("region", { name: "The same by curl" })).toContainText(
    '"data":[5.1,3.5,1.4,0.2]',
  );
  await expectAccessible();

  await versions.getByRole("button", { name: "Open version 1" }).click();
  await versions.getByRole("button", { name: "Make 1 the champion" }).click();
  await expect(versions).toContainText("champion → 1");
  const answer = await request.post(platform.url("/v2/models/iris/infer", "analytics"), {
    data: { inputs: [{ name: "input", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] }] },
  });
  expect(await answer.json()).toMatchObject({ model_name: "iris", model_version: "1" });

  await versions.getByRole("button", { name: "Delete the model" }).click();
  await expect(page.getByLabel("Verdict")).toContainText("No model yet");
  await page.getByRole("button", { name: "Undo deletion of iris" }).click();
  await expect(page.getByLabel("Verdict")).toContainText("1 model with 2 versions");
  await expect(page.getByRole("region", { name: "Versions of iris" })).toContainText(
    "champion → 1",
  );
});

test.afterAll(async ({ request, platform }) => {
  await request.delete(platform.url("/api/analytics/registry/models/iris", "analytics"));
});
