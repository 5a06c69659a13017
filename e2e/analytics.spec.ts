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

test("a series of one's own is forecast", async ({ page, open }) => {
  await open("/analytics");
  const bench = page.getByRole("region", { name: "Forecast your own series" });
  await bench.getByRole("textbox", { name: "Values" }).fill("day,load\n1,5\n2,5\n3,5\n4,5");
  await bench.getByRole("textbox", { name: "Horizon" }).fill("3");
  await bench.getByRole("button", { name: "Forecast", exact: true }).click();
  const rows = bench.getByRole("table", { name: "Forecast values" }).getByRole("row");
  await expect(rows).toHaveCount(4);
  await expect(rows.nth(3)).toContainText("3555");
  await expect(bench).toContainText("Simple smoothing");
});

test("a wrong series is refused at its line", async ({ page, open }) => {
  await open("/analytics");
  const bench = page.getByRole("region", { name: "Forecast your own series" });
  await bench.getByRole("textbox", { name: "Values" }).fill("1\n2\nmany");
  await bench.getByRole("button", { name: "Forecast", exact: true }).click();
  await expect(bench).toContainText("Line 3: “many” is not a number.");
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

test("the workbench compares the methods on the past of the values", async ({ page, open }) => {
  // Forty fits of models on a machine that may be busy.
  test.slow();
  await open("/analytics");
  const bench = page.getByRole("region", { name: "Forecast your own series" });
  const values = Array.from({ length: 40 }, (_, t) => 50 + t + [0, 9, -4, 2][t % 4]!);
  await bench.getByRole("textbox", { name: "Values" }).fill(values.join("\n"));
  await bench.getByRole("button", { name: "Forecast", exact: true }).click();
  await bench.getByRole("button", { name: "Compare methods on its past" }).click();
  const rows = bench.getByRole("table", { name: "Methods, best first" }).getByRole("row");
  // A season on a line: a model has both, the naive forecast neither.
  await expect(rows).toHaveCount(9, { timeout: 60_000 });
  await expect(rows.nth(1)).not.toContainText("aive");
  await expect(rows.filter({ hasText: "Naive" }).last()).toContainText(/\d\.\d\d/);
});
