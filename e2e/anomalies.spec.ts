/** The anomaly console: an anomaly of one's own telemetry is labelled, and own data are judged. */
import type { Page } from "@playwright/test";
import type { Session } from "../workers/analytics/contract.ts";
import { expect, type PlatformHandle, test } from "./fixtures.ts";

async function post<T>(platform: PlatformHandle, path: string, body: object): Promise<T> {
  const answer = await fetch(platform.url(path, "analytics"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBe(200);
  return (await answer.json()) as T;
}

/** Feeds a quiet series with one spike near its end. */
async function feedSpike(platform: PlatformHandle, title: string): Promise<Session> {
  const session = await post<Session>(platform, "/api/analytics/detector-sessions", {
    title,
    features: ["queue"],
  });
  const readings = Array.from({ length: 200 }, (_, i) => ({
    values: { queue: i === 190 ? 60 : 10 + ((i * 7) % 5) },
  }));
  const path = `/api/analytics/detector-sessions/${session.id}/readings`;
  const fed = await post<{ session: Session }>(platform, path, { readings });
  return fed.session;
}

const details = (page: Page) => page.getByRole("region", { name: /^Anomaly #\d+: Queue to/ });
const listOf = (page: Page) => page.getByRole("table", { name: "Anomalies" });

test("an anomaly is explained, with its series, score and the detectors' opinions", async ({
  page,
  platform,
  open,
  expectAccessible,
}) => {
  await feedSpike(platform, "Queue to explain");
  await open("/analytics/anomalies?filter=queue%20to%20explain");
  await listOf(page)
    .getByRole("row", { name: /Queue to explain/ })
    .click();
  await expect(details(page)).toContainText("Queue to explain rose to 60");
  await expect(page.getByRole("figure", { name: /^Queue to explain/ })).toBeVisible();
  await expect(page.getByRole("figure", { name: /^Score in deviations/ })).toBeVisible();
  const opinions = page.getByRole("table", { name: "Opinions" });
  await expect(opinions.getByRole("row", { name: /Robust z-score/ })).toContainText("alarm");
  await expectAccessible();
});

test("a label raises the threshold, and a reset sets it back", async ({ page, platform, open }) => {
  const { series } = await feedSpike(platform, "Queue to label");
  await open("/analytics/anomalies?filter=queue%20to%20label");
  await listOf(page)
    .getByRole("row", { name: /Queue to label/ })
    .click();
  await details(page).getByRole("textbox", { name: "Note" }).fill("A load test");
  await details(page).getByRole("button", { name: "False alarm" }).click();
  await expect(
    listOf(page).getByRole("row", { name: /Queue to label.*false alarm/ }),
  ).toBeVisible();
  const adjusted = page
    .getByRole("table", { name: "Adjusted thresholds" })
    .getByRole("row", { name: new RegExp(series[0]!) });
  await expect(adjusted).toContainText("× ");
  await adjusted.getByRole("button", { name: `Reset ${series[0]}` }).click();
  await expect(adjusted).toContainText("as it was");
});

test("the keyboard alone labels, and the label is taken back", async ({ page, platform, open }) => {
  await feedSpike(platform, "Queue to key");
  await open("/analytics/anomalies?filter=queue%20to%20key");
  await listOf(page)
    .getByRole("row", { name: /Queue to key/ })
    .click();
  await expect(details(page)).toContainText("Queue to key rose");
  await page.keyboard.press("Shift+T");
  const button = details(page).getByRole("button", { name: "True alarm" });
  await expect(button).toHaveAttribute("aria-pressed", "true");
  await details(page).getByRole("button", { name: "Take the label back" }).click();
  await expect(button).toHaveAttribute("aria-pressed", "false");
});

test("an anomaly that is not known says so", async ({ page, open }) => {
  await open("/analytics/anomalies?anomaly=999999999");
  await expect(page.getByText(/Anomaly 999999999 is not known/)).toBeVisible();
});

test("one's own series is judged by every detector, labelled and scored", async ({
  page,
  open,
  expectAccessible,
}) => {
  await open("/analytics/anomalies?tab=own");
  const own = page.getByRole("region", { name: "Judge your own series" });
  const values = Array.from({ length: 200 }, (_, i) => (i === 180 ? 50 : 10 + ((i * 7) % 5)));
  await own.getByRole("textbox", { name: "Values" }).fill(values.join("\n"));
  await own.getByRole("textbox", { name: "Known anomalies" }).fill("176-186");
  await own.getByRole("button", { name: "Find anomalies" }).click();
  const detectors = own.getByRole("table", { name: "Detectors" });
  await expect(detectors.getByRole("row")).toHaveCount(13);
  await expect(detectors.getByRole("row", { name: /^Combined/ })).toContainText("1 of 1");
  await detectors.getByRole("row", { name: /^Robust z-score/ }).click();
  await expect(own.getByRole("figure", { name: /^Values and scores of Robust z/ })).toBeVisible();
  const alarms = own.getByRole("table", { name: "Alarms" });
  await expect(alarms.getByRole("row", { name: /^181/ })).toContainText("far from the median");
  await expectAccessible();
});

test("wrong input is refused at its field", async ({ page, open }) => {
  await open("/analytics/anomalies?tab=own");
  const own = page.getByRole("region", { name: "Judge your own series" });
  await own.getByRole("textbox", { name: "Values" }).fill("1\n2\nmany");
  await own.getByRole("button", { name: "Find anomalies" }).click();
  await expect(own).toContainText("Line 3: “many” is not a number.");
});

test("sessions are listed, and ended", async ({ page, platform, open }) => {
  const { id } = await feedSpike(platform, "Queue to end");
  await open("/analytics/anomalies?tab=own");
  const row = page.getByRole("table", { name: "Sessions" }).getByRole("row", { name: id });
  await expect(row).toContainText("watching");
  await row.getByRole("button", { name: `End ${id}` }).click();
  await expect(row).toHaveCount(0);
});
