/** The devices screen: measure the machine, read the table, run kernels. */
import { expect, test } from "./fixtures.ts";

test("the machine is measured, and the choice is shown with its numbers", async ({
  page,
  open,
  expectAccessible,
}) => {
  test.setTimeout(120_000);
  await open("/learning/devices");
  await page.getByRole("button", { name: /^Measure/ }).click();
  const verdict = page.getByLabel("Verdict");
  await expect(verdict).toContainText(/Measures |Starts/);
  await expect(verdict).toContainText("Chosen by measured speed", { timeout: 90_000 });
  const table = page.getByRole("table", { name: "Measured backends" });
  await expect(table).toContainText("right, chosen");
  await expect(table).toContainText("gpu.js-webasm");
  await expect(
    page.getByRole("figure", { name: /^Speed of product, 512 x 512 x 512/ }),
  ).toBeVisible();
  await page
    .getByRole("combobox", { name: "Operation" })
    .selectOption({ label: "sigmoid, 1048576" });
  await expect(page.getByRole("figure", { name: /^Speed of sigmoid/ })).toBeVisible();
  await expect(page.getByRole("region", { name: "Machine" })).toContainText("gpu.js-webgpu");
  await expectAccessible();
});

test.describe("the playground", () => {
  test.use({ allowedConsoleErrors: [/422/] });

  test("kernels run from the playground, and what is wrong is named", async ({ page, open }) => {
    await open("/learning/devices");
    await page.getByRole("combobox", { name: "Example" }).selectOption("product of matrices");
    await page.getByRole("button", { name: "Run kernel" }).click();
    const result = page.getByRole("region", { name: "Result" });
    await expect(result).toContainText("webasm ran");
    await expect(result).toContainText("4.00000, 5.00000, 10.0000, 11.0000");

    await page.getByRole("combobox", { name: "Example" }).selectOption("Mandelbrot set");
    await page.getByRole("combobox", { name: "Mode" }).selectOption("cpu");
    await page.getByRole("button", { name: "Run kernel" }).click();
    await expect(result).toContainText("cpu ran");
    await expect(result.getByRole("img", { name: /image of 96 x 64/ })).toBeVisible();

    const source = page.getByRole("textbox", { name: "Kernel source" });
    await source.fill("function outside(x) { return x[this.thread.x] * factor; }");
    await page.getByRole("button", { name: "Run kernel" }).click();
    await expect(result.getByRole("alert")).toContainText("factor is not known");
    await page.getByRole("textbox", { name: "Inputs, constants and output" }).fill("{");
    await page.getByRole("button", { name: "Run kernel" }).click();
    await expect(
      page.getByRole("region", { name: "Your kernel" }).getByRole("alert"),
    ).toContainText("no JSON");
  });
});
