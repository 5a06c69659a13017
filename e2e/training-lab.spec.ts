/** The training lab: trained, stopped, resumed, edited, asked; and experiments compared. */
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

const lab = "/learning/lab";
const verdict = (page: Page) => page.getByLabel("Verdict");
const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });

async function begin(page: Page, example: string): Promise<void> {
  await button(page, "Examples and files").click();
  await page.getByRole("menuitem", { name: example, exact: true }).click();
}

test("a spiral is learned to more than 90 %, stopped, resumed and edited by hand", async ({
  page,
  open,
  expectAccessible,
}) => {
  test.setTimeout(90_000);
  await open(lab);
  await expect(verdict(page)).toContainText("149 parameters are ready");
  await button(page, "Train").click();
  await expect(verdict(page)).toContainText("is running");
  await expect(page).toHaveURL(/run=run-\d+/);
  await button(page, "Stop").click();
  await expect(verdict(page)).toContainText("is stopped");
  await expectAccessible();

  // The address is the state.
  await page.reload();
  await expect(verdict(page)).toContainText("is stopped");
  await button(page, "Neuron 1 of layer 1").click();
  const bias = page.getByLabel("Bias");
  await bias.fill("0.75");
  await bias.press("Enter");
  await expect(page.getByLabel("Bias")).toHaveValue("0.75");
  await page.keyboard.press("Escape");

  await button(page, "Resume").click();
  await expect(verdict(page)).toContainText("is done", { timeout: 60_000 });
  const text = (await verdict(page).textContent()) ?? "";
  expect(Number(/accuracy (\d+\.\d) %/.exec(text)?.[1])).toBeGreaterThan(90);
  await expect(page.getByRole("img", { name: "Loss by epoch" })).toBeVisible();
  await expect(page.getByRole("img", { name: /^weights of layer 1 Linear/ })).toBeVisible();
});

test("while it trains, the page goes on drawing and stays at hand", async ({ page, open }) => {
  test.setTimeout(60_000);
  await open(lab);
  await page.getByLabel("Epochs", { exact: true }).fill("10000");
  await button(page, "Train").click();
  await expect(page.getByRole("img", { name: "Loss by epoch" })).toBeVisible();
  const epochNow = async () =>
    Number(/epoch (\d+)/.exec((await verdict(page).textContent()) ?? "")?.[1]);
  const before = await epochNow();
  await page.getByLabel("Pace").selectOption({ label: "200 steps/s" });
  await expect.poll(epochNow).toBeGreaterThan(before);
  await page.getByLabel("What is counted").selectOption("gradients");
  await expect(page.getByRole("img", { name: /^gradients of layer 3 Linear/ })).toBeVisible();
  await button(page, "Pause").click();
  await expect(verdict(page)).toContainText("is paused");
  const paused = await epochNow();
  await button(page, "Step once").click();
  await expect(button(page, "Resume")).toBeEnabled();
  expect(await epochNow()).toBeGreaterThanOrEqual(paused);
});

test("a layer that does not fit says which and why, and the edit is undone", async ({
  page,
  open,
}) => {
  await open(lab);
  await expect(verdict(page)).toContainText("149 parameters");
  await page.getByLabel("inFeatures of layer 3 Linear").fill("5");
  await page.getByLabel("inFeatures of layer 3 Linear").press("Tab");
  const alert = page.getByRole("alert");
  await expect(alert).toContainText("Layer 3 Linear expects [5] and is given [12].");
  await expect(button(page, "Train")).toBeDisabled();
  await button(page, "Undo").click();
  await expect(alert).toHaveCount(0);
  await button(page, "Add hidden layer").click();
  await expect(page.getByRole("region", { name: "Column 4: Linear" })).toBeVisible();
  await button(page, "Add a neuron to layer 1 Linear").click();
  await expect(button(page, "Neuron 13 of layer 1")).toBeVisible();
});

test("a digit is drawn and recognised", async ({ page, open, expectAccessible }) => {
  test.setTimeout(120_000);
  await open(lab);
  await begin(page, "digits, dense");
  await expect(verdict(page)).toContainText("50,890 parameters");
  await button(page, "Train").click();
  await expect(verdict(page)).toContainText("is done", { timeout: 90_000 });
  const pad = page.getByRole("img", { name: /Drawing area for a digit/ });
  await pad.scrollIntoViewIfNeeded();
  const box = (await pad.boundingBox())!;
  // A plain 1: one stroke from above.
  await page.mouse.move(box.x + 90, box.y + 24);
  await page.mouse.down();
  await page.mouse.move(box.x + 78, box.y + 140, { steps: 8 });
  await expect(page.getByLabel("Recognised")).toContainText("This is a");
  await page.mouse.up();
  await expect(page.getByLabel("Recognised")).toContainText("This is a 1");
  await expect(page.getByRole("region", { name: "Confusion matrix" })).toBeVisible();
  await expectAccessible();
});

test("experiments are compared, run again, deleted and brought back", async ({
  page,
  open,
  expectAccessible,
}) => {
  test.setTimeout(90_000);
  await open(lab);
  for (const batch of ["16", "64"]) {
    await begin(page, "circle");
    await page.getByLabel("Batch size").fill(batch);
    await expect(button(page, "Train")).toBeEnabled();
    await button(page, "Train").click();
    await expect(verdict(page)).toContainText("is done", { timeout: 30_000 });
  }
  await open("/learning/experiments");
  const table = page.getByRole("table", { name: "Experiments" });
  const boxes = table.getByRole("checkbox");
  await boxes.nth(0).check();
  await boxes.nth(1).check();
  const differences = page.getByRole("region", { name: "Differences" });
  await expect(differences.getByRole("row", { name: /batchSize/ })).toContainText("16");
  await expect(differences.getByRole("row", { name: /batchSize/ })).toContainText("64");
  await expectAccessible();
  const first = table.getByRole("button", { name: /^Delete circle/ }).first();
  const name = ((await first.getAttribute("aria-label")) ?? "").replace("Delete ", "");
  await first.click();
  await expect(page.getByText(`${name} is deleted.`)).toBeVisible();
  await expect(table.getByRole("link", { name, exact: true })).toHaveCount(0);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(table.getByRole("link", { name, exact: true })).toBeVisible();
});
