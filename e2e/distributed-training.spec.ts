/** Distributed training on its screen: train, crash a worker, stop, resume; and a simulated run. */
import { expect, test } from "./fixtures.ts";

test("two workers train, one crashes, the other goes on, stops and resumes", async ({
  page,
  open,
}) => {
  await open("/learning/distributed");
  // Long enough that it is still at work at the end, on any machine.
  await page.getByRole("textbox", { name: "Epochs" }).fill("2000");
  await page.getByRole("textbox", { name: "Samples" }).fill("4000");
  await page.getByRole("textbox", { name: "Hidden layers" }).fill("96, 96");
  await page.getByRole("textbox", { name: "Workers" }).fill("2");
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await expect(page).toHaveURL(/run=job-/);
  const verdict = page.getByLabel("Verdict");
  await expect(verdict).toContainText("Trains with 2 workers");
  await expect(verdict).toContainText("all replicas are equal");
  await expect(page.getByRole("figure", { name: /^Loss over .* steps/ })).toBeVisible();
  await expect(page.getByRole("img", { name: /^Timeline of 2 workers/ })).toBeVisible();
  const epochs = page.getByRole("table", { name: "Epochs" });
  await expect(epochs).toContainText("2 equal");

  const workers = page.getByRole("table", { name: "Workers" });
  await workers.getByRole("button", { name: "Crash worker 2" }).click();
  await expect(page.getByRole("table", { name: "Events" })).toContainText("Worker 2 is gone");
  await expect(verdict).toContainText("Trains with 1 worker:");
  await expect(epochs).toContainText("1 equal");

  await page.getByRole("button", { name: "Add a worker" }).click();
  await expect(verdict).toContainText("Trains with 2 workers");

  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(verdict).toContainText("Stopped");
  await page.getByRole("button", { name: "Resume from the checkpoint" }).click();
  await expect(verdict).toContainText("Trains with 2 workers");
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(verdict).toContainText("Stopped");
});

test("a simulated ring loses a worker for a while, in virtual time", async ({
  page,
  open,
  expectAccessible,
}) => {
  await open("/learning/distributed");
  await page.getByRole("combobox", { name: "Where" }).selectOption("simulation");
  await page.getByRole("combobox", { name: "Exchange of gradients" }).selectOption("ring");
  await page.getByRole("textbox", { name: "Lost messages, %" }).fill("2");
  await page.getByRole("button", { name: "Train", exact: true }).click();
  const verdict = page.getByLabel("Verdict");
  await expect(verdict).toContainText("Trains with 4 workers");
  const workers = page.getByRole("table", { name: "Workers" });
  await workers.getByRole("button", { name: "Crash worker 3" }).click();
  await expect(verdict).toContainText("Trains with 3 workers");
  await page.getByRole("button", { name: "Add a worker" }).click();
  await expect(verdict).toContainText("Trains with 4 workers");
  await page.getByRole("button", { name: "Zoom in" }).click();
  await page.getByRole("button", { name: "Show as table" }).first().click();
  await expect(page.getByRole("table", { name: "Time of each worker" })).toContainText("worker 4");
  await expectAccessible();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await expect(verdict).toContainText("Stopped");
});

test("scaling is measured beside the model", async ({ page, open }) => {
  await open("/learning/distributed");
  await page.getByRole("combobox", { name: "Where" }).selectOption("simulation");
  await page
    .getByRole("combobox", { name: "Exchange of gradients" })
    .selectOption("parameter-server");
  await page.getByRole("button", { name: "Measure scaling" }).click();
  const table = page.getByRole("table", { name: "Scaling" });
  await expect(table.getByRole("row")).toHaveCount(9, { timeout: 30_000 });
  await expect(
    page.getByRole("figure", { name: "Speed-up by the number of workers" }),
  ).toBeVisible();
});

test("a field that is wrong is named", async ({ page, open }) => {
  await open("/learning/distributed");
  await page.getByRole("textbox", { name: "Epochs" }).fill("many");
  await page.getByRole("button", { name: "Train", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("Epochs: “many” is not a number.");
});
