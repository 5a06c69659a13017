/** Each panel of the analytics dashboard, and the alerts screen. */
import { expect, test } from "./fixtures.ts";

test("real-time analytics draws a series, and another when it is opened", async ({
  page,
  open,
}) => {
  await open("/analytics");
  const live = page.getByRole("region", { name: "Real-time analytics" });
  await expect(live.getByRole("figure", { name: /^CPU of the platform/ })).toBeVisible();
  await page
    .getByRole("table", { name: "Live series" })
    .getByRole("row", { name: /^Memory of the platform/ })
    .click();
  await expect(live.getByRole("figure", { name: /^Memory of the platform.*MiB/ })).toBeVisible();
  await expect(page).toHaveURL(/series=platform\.memory/);
  await page.reload();
  await expect(live.getByRole("figure", { name: /^Memory of the platform/ })).toBeVisible();
});

test("an address that names no series falls back to the first one", async ({ page, open }) => {
  await open("/analytics?series=Not.Valid");
  await expect(page.getByRole("figure", { name: /^CPU of the platform/ })).toBeVisible();
});

test("model performance has a row for each forecast series", async ({ page, open }) => {
  await open("/analytics");
  const models = page.getByRole("table", { name: "Model performance" });
  await expect(models.getByRole("row", { name: /CPU of the platform/ })).toContainText(
    /Simple|Holt|waiting: \d+ of 30/,
  );
});

test("anomaly detection says what was found, or that nothing was", async ({ page, open }) => {
  await open("/analytics");
  const panel = page.getByRole("region", { name: "Anomaly detection" });
  await expect(panel.getByRole("table", { name: "Anomalies" })).toBeVisible();
  await expect(panel).toContainText(/Nothing unusual since the start|deviations|new baseline/);
});

test("predictive insights speak in numbers", async ({ page, open }) => {
  await open("/analytics");
  const insights = page.getByRole("region", { name: "Predictive insights" });
  await expect(insights).toContainText(/CPU of the platform/);
  await expect(insights).toContainText(/expected at|of 30 readings are there/);
  await insights.getByRole("button", { name: "Show platform.memory" }).click();
  await expect(page).toHaveURL(/series=platform\.memory/);
});

test("system health judges every thread", async ({ page, open }) => {
  await open("/analytics");
  const health = page.getByRole("table", { name: "System health" });
  await expect(health.getByRole("row", { name: /Analytics/ })).toBeVisible();
  await expect(health.getByRole("row", { name: /Gateway/ })).toBeVisible();
});

test.describe("soon after a start, when a series may have too few readings yet", () => {
  test.use({ allowedConsoleErrors: [/status of 409/] });

  test("a series leads to its forecast in the workbench", async ({ page, open }) => {
    await open("/analytics?series=platform.memory");
    const panel = page.getByRole("region", { name: "Forecast your own series" });
    await panel.getByRole("link", { name: "forecast platform.memory" }).click();
    await expect(page).toHaveURL(/learning\/forecasts\?series=platform\.memory/);
    await expect(page.getByRole("combobox", { name: "Series of the platform" })).toHaveValue(
      "platform.memory",
    );
  });
});

test("alerts show what is active, what is over, and the rules", async ({ page, open }) => {
  await open("/alerts");
  await expect(page.getByRole("table", { name: "Active alerts" })).toBeVisible();
  await expect(page.getByRole("table", { name: "Resolved alerts" })).toBeVisible();
  const rules = page.getByRole("table", { name: "Rules" });
  await expect(rules.getByRole("row", { name: /A thread does not serve/ })).toContainText("health");
  await open("/alerts?alert=alert-999999");
  await expect(page.getByRole("dialog")).toContainText("This alert is not known");
});
