/** AutoML in the browser: a CSV brought, a target chosen, a model found, explained and exported. */
import { expect, test } from "./fixtures.ts";

const csv = `size,colour,kind\n${Array.from({ length: 60 }, (_, row) =>
  row % 2 === 0 ? `${100 + (row % 9)},red,apple` : `${60 + (row % 7)},yellow,lemon`,
).join("\n")}\n`;

test("a CSV becomes a model with a leaderboard and reasons", async ({
  page,
  open,
  expectAccessible,
}) => {
  await open("/learning/automl");
  await page
    .locator("input[type=file]")
    .setInputFiles({ name: "fruit.csv", mimeType: "text/csv", buffer: Buffer.from(csv) });
  const table = page.getByRole("region", { name: "Table", exact: true });
  await expect(table).toContainText("lemon 30", { timeout: 15_000 });
  await expect(page.getByRole("combobox", { name: "Target" })).toHaveValue("kind");
  await expect(page.getByRole("status", { name: "Task" })).toContainText(
    "Classification of 60 rows into",
  );
  // Each colour is one kind of fruit, so it gives the answer away.
  await expect(page.getByRole("list", { name: "Signs of leakage" })).toContainText(/"colour" is/);
  await page.getByRole("textbox", { name: "Budget, seconds" }).fill("3");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await expect(page.getByRole("status", { name: "Search" })).toContainText("done", {
    timeout: 45_000,
  });
  await expect(page.getByRole("region", { name: "Importance" })).toContainText("size");
  await expect(page.getByRole("region", { name: "Calibration" })).toContainText("%");
  await expect(page.getByRole("region", { name: "Confusion" })).toContainText("30");
  await expectAccessible();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export ONNX" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("kind.onnx");
  await expect(page).toHaveURL(/job=job-/);
});

test("a search is cancelled and resumed", async ({ page, open }) => {
  await open("/learning/automl?table=sample-wine");
  await page.getByRole("textbox", { name: "Budget, seconds" }).fill("600");
  await page.getByRole("button", { name: "Search", exact: true }).click();
  const search = page.getByRole("status", { name: "Search" });
  await expect(search).toContainText("running", { timeout: 15_000 });
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(search).toContainText("cancelled");
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(search).toContainText("running");
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(search).toContainText("cancelled");
});
