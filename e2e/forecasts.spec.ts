/** The forecast workbench: a series in, its season found, what comes next, and which method is best. */
import { expect, test } from "./fixtures.ts";

test("the airline passengers are forecast, with their season found", async ({
  page,
  open,
  expectAccessible,
}) => {
  test.slow();
  await open("/learning/forecasts");
  await expect(page.getByRole("combobox", { name: "Sample" })).toHaveValue("AirPassengers");
  await page.getByRole("button", { name: "Forecast", exact: true }).click();
  await expect(page.getByRole("list", { name: "Figures" })).toContainText("Season12", {
    timeout: 30_000,
  });
  const rows = page.getByRole("table", { name: "Forecast values" }).getByRole("row");
  await expect(rows).toHaveCount(13);
  await expect(page.getByLabel("Why, and what to know")).toContainText("A season of 12 values");
  await expect(page.getByRole("region", { name: "Decomposition" })).toContainText(
    "season of 12 0.9",
  );
  await expect(page.getByRole("status", { name: "Verdict on the residuals" })).toContainText(
    "Ljung-Box",
  );
  await expect(page.getByLabel("The same with curl")).toContainText("/api/analytics/forecasts");
  await expectAccessible();
  const chart = page.getByRole("application", { name: /history and forecast/ });
  await chart.focus();
  await page.keyboard.press("Home");
  // The first month of the series.
  await expect(page.getByRole("status", { name: /^Value of Airline/ })).toContainText(
    "History 112",
  );
  // Zoomed into the past, where there is no forecast, and back.
  await page.keyboard.press("+");
  await page.keyboard.press("+");
  await page.keyboard.press("0");
  // The address alone gives the same forecast again.
  await page.reload();
  await expect(rows).toHaveCount(13, { timeout: 30_000 });
});

test("values held back are shown against the forecast", async ({ page, open }) => {
  test.slow();
  await open("/learning/forecasts?sample=AirPassengers&method=ets&hold=12");
  await expect(page.getByRole("status", { name: "Against the values held back" })).toContainText(
    "12 values held back",
    { timeout: 30_000 },
  );
  const table = page.getByRole("table", { name: "Forecast values" });
  await expect(table.getByRole("columnheader", { name: "Actual" })).toBeVisible();
  // The last month that R's data set has.
  await expect(table.getByRole("row").nth(12)).toContainText("432");
});

test("methods are compared, the best is marked, and a click shows its forecast", async ({
  page,
  open,
}) => {
  test.slow();
  const values = Array.from({ length: 40 }, (_, t) => 50 + t + [0, 9, -4, 2][t % 4]!).join(" ");
  await open(`/learning/forecasts?values=${encodeURIComponent(values)}&seasons=4&method=naive`);
  const panel = page.getByRole("region", { name: "Comparison of methods" });
  await panel.getByRole("combobox", { name: "Origins in the past" }).selectOption("5");
  await panel.getByRole("button", { name: "Compare all methods" }).click();
  await expect(panel.getByRole("status", { name: "Comparison", exact: true })).toContainText(
    "done",
    { timeout: 60_000 },
  );
  const table = panel.getByRole("table", { name: "Methods, best first" });
  const first = table.getByRole("row").nth(1);
  // A season on a line: a model has both, the naive forecast neither.
  await expect(first).toContainText("best");
  await expect(first).not.toContainText("aive");
  await expect(panel.getByRole("application", { name: /error by step/ })).toBeVisible();
  await first.click();
  await expect(page).not.toHaveURL(/method=naive/);
  await expect(first).toHaveAttribute("aria-current", "true", { timeout: 30_000 });
});

test("a long comparison is cancelled", async ({ page, open }) => {
  test.slow();
  await open("/learning/forecasts?sample=co2&method=naive");
  const panel = page.getByRole("region", { name: "Comparison of methods" });
  await panel.getByRole("combobox", { name: "Origins in the past" }).selectOption("50");
  await panel.getByRole("button", { name: "Compare all methods" }).click();
  const status = panel.getByRole("status", { name: "Comparison", exact: true });
  await expect(status).toContainText(/running: .*\d+ of \d+/, { timeout: 30_000 });
  await panel.getByRole("button", { name: "Cancel comparison" }).click();
  await expect(status).toContainText("cancelled");
  await expect(panel.getByRole("button", { name: "Compare all methods" })).toBeEnabled();
});

test("a bad row is named, put right by a click, and its gap is filled", async ({ page, open }) => {
  await open("/learning/forecasts");
  await page.getByText("Own values", { exact: true }).click();
  const source = page.getByRole("region", { name: "Series", exact: true });
  await source.getByRole("textbox", { name: "Values" }).fill("day,load\n1,5\n2,many\n3,5\n4,5");
  await expect(source.getByRole("alert")).toContainText("Row 3: “many” is not a number.");
  const button = page.getByRole("button", { name: "Forecast", exact: true });
  await expect(button).toBeDisabled();
  await source.getByRole("button", { name: "Take it as a gap" }).click();
  await expect(source.getByRole("status")).toContainText("1 of them gaps, the first in row 3");
  await source.getByRole("button", { name: "Interpolate gaps" }).click();
  await expect(source.getByRole("status")).toContainText("4 values of “load”, all the same");
  await page.getByRole("textbox", { name: "Horizon" }).fill("3");
  await button.click();
  const rows = page.getByRole("table", { name: "Forecast values" }).getByRole("row");
  await expect(rows).toHaveCount(4, { timeout: 15_000 });
  await expect(rows.nth(3)).toContainText("5");
});

test.describe("soon after a start, when a series may have too few readings yet", () => {
  test.use({ allowedConsoleErrors: [/status of 409/] });

  test("memory of the platform has its limit explained", async ({ page, open }) => {
    test.slow();
    await open("/learning/forecasts");
    await expect(async () => {
      await open("/learning/forecasts?series=platform.memory&method=holt&seasons=none");
      await expect(page.getByRole("status", { name: "Capacity" })).toContainText(
        "its budget of 600 MiB",
        { timeout: 3_000 },
      );
    }).toPass({ timeout: 60_000 });
    await expect(page.getByRole("region", { name: "Capacity" })).toContainText("This rests on");
  });
});
