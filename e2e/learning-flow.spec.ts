/** From a CSV to a served model in the browser: found, registered, asked by a client, watched. */
import { readFile } from "node:fs/promises";
import { expect, test } from "./fixtures.ts";

const csv = `size,colour,kind\n${Array.from({ length: 60 }, (_, row) =>
  row % 2 === 0 ? `${100 + (row % 9)},red,apple` : `${60 + (row % 7)},yellow,lemon`,
).join("\n")}\n`;

test("a table becomes a model that is served, and its latency is seen", async ({
  page,
  open,
  platform,
  request,
  expectAccessible,
}) => {
  test.setTimeout(120_000);
  await open("/learning/automl");
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "basket.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  await expect(page.getByRole("combobox", { name: "Target" })).toHaveValue("kind", {
    timeout: 15_000,
  });
  await page.getByRole("textbox", { name: "Budget, seconds" }).fill("2");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page.getByRole("status", { name: "Search" })).toContainText("done", {
    timeout: 45_000,
  });

  const whole = page.getByRole("region", { name: "Predict a whole table" });
  await whole.getByRole("button", { name: "Predict the table" }).click();
  await expect(whole.getByRole("status", { name: "Prediction" })).toContainText("done", {
    timeout: 15_000,
  });
  const [answers] = await Promise.all([
    page.waitForEvent("download"),
    whole.getByRole("button", { name: "Save the answers as CSV" }).click(),
  ]);
  const lines = (await readFile(await answers.path(), "utf8")).trim().split(/\r?\n/);
  expect(lines).toHaveLength(61);
  expect(lines[1]).toMatch(/^1,apple,/);
  expect(lines[2]).toMatch(/^2,lemon,/);

  await page.getByRole("button", { name: "Add to the registry" }).click();
  const form = page.getByRole("dialog", { name: "Add to the registry" });
  await form.getByRole("textbox", { name: "Model" }).fill("basket");
  await form.getByRole("button", { name: "Add version" }).click();
  await expect(form.getByRole("status")).toContainText("Version 1 is added", { timeout: 15_000 });

  const infer = platform.url("/v2/models/basket/infer", "analytics");
  for (let row = 0; row < 20; row += 1) {
    const isApple = row % 2 === 0;
    // Size, and the place of the colour among the column's levels.
    const data = isApple ? [103, 0] : [62, 1];
    // oxlint-disable-next-line no-await-in-loop -- one client asks in turn
    const answer = await request.post(infer, {
      data: { inputs: [{ name: "input", shape: [1, 2], datatype: "FP32", data }] },
    });
    // oxlint-disable-next-line no-await-in-loop
    expect(await answer.json()).toMatchObject({ model_name: "basket", model_version: "1" });
  }

  await form.getByRole("link", { name: "Try basket" }).click();
  await expect(page).toHaveURL(/model=basket/);
  const latency = page.getByRole("table", { name: "Latency percentiles" });
  await expect(latency.getByRole("row", { name: /since the start/ })).toContainText(/20.*ms/);
  await expect(page.getByRole("region", { name: "Versions of basket" })).toContainText(
    "champion → 1",
  );
  const schema = page.getByRole("region", { name: "Schema of version 1" });
  await expect(schema).toContainText("log-loss");
  await expectAccessible();
  await schema.getByRole("link", { name: /Leaderboard/ }).click();
  await expect(page.getByRole("status", { name: "Search" })).toContainText("done");

  await open("/learning/jobs");
  const jobs = page.getByRole("table", { name: "Jobs" });
  await expect(jobs).toContainText("Predict basket.csv by a search's best model");
  await expectAccessible();
  await jobs
    .getByRole("button", { name: /^Remove Predict basket\.csv/ })
    .first()
    .click();
  await expect(jobs).not.toContainText("Predict basket.csv");

  await open("/learning");
  await expect(page.getByRole("table", { name: "Models served" })).toContainText("basket");
  await expect(page.getByRole("region", { name: "What to do next" })).toContainText("Find a model");
  await expectAccessible();
});

test("a running job is cancelled and resumed from the list of jobs", async ({
  page,
  open,
  platform,
  request,
}) => {
  const order = { dataset: "sample-wine", target: "class", budgetSeconds: 600 };
  const { datasets } = (await (
    await request.get(platform.url("/api/analytics/datasets", "analytics"))
  ).json()) as { datasets: { id: string; suggestedTarget: string }[] };
  const { suggestedTarget } = datasets.find(({ id }) => id === "sample-wine")!;
  const started = await request.post(platform.url("/api/analytics/automl", "analytics"), {
    data: { ...order, target: suggestedTarget },
  });
  expect(started.status()).toBe(200);
  await open("/learning/jobs");
  const row = page.getByRole("table", { name: "Jobs" }).getByRole("row", { name: /sample-wine/ });
  await row
    .first()
    .getByRole("button", { name: /^Cancel/ })
    .click();
  await expect(row.first()).toContainText("cancelled");
  await row
    .first()
    .getByRole("button", { name: /^Resume/ })
    .click();
  await expect(row.first()).toContainText(/running|queued/);
  await row
    .first()
    .getByRole("button", { name: /^Cancel/ })
    .click();
  await expect(row.first()).toContainText("cancelled");
});

test.afterAll(async ({ request, platform }) => {
  await request.delete(platform.url("/api/analytics/registry/models/basket", "analytics"));
});
