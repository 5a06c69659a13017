/** The anomaly console: an anomaly of one's own telemetry is labelled, and own data are judged. */
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

test("an anomaly is explained, labelled, and the threshold follows and is set back", async ({
  page,
  platform,
  open,
  expectAccessible,
}) => {
  const { series } = await feedSpike(platform, "Queue to label");
  await open("/analytics/anomalies?filter=queue%20to%20label");
  const list = page.getByRole("table", { name: "Anomalies" });
  await list.getByRole("row", { name: /Queue to label/ }).click();
  const details = page.getByRole("region", { name: /^Anomaly #\d+: Queue to label/ });
  await expect(details).toContainText("Queue to label rose to 60");
  await expect(page.getByRole("figure", { name: /^Queue to label/ })).toBeVisible();
  await expect(page.getByRole("figure", { name: /^Score in deviations/ })).toBeVisible();
  const opinions = page.getByRole("table", { name: "Opinions" });
  await expect(opinions.getByRole("row", { name: /Robust z-score/ })).toContainText("alarm");
  await expectAccessible();

  await details.getByRole("textbox", { name: "Note" }).fill("A load test");
  await details.getByRole("button", { name: "False alarm" }).click();
  await expect(list.getByRole("row", { name: /Queue to label.*false alarm/ })).toBeVisible();
  const adjusted = page
    .getByRole("table", { name: "Adjusted thresholds" })
    .getByRole("row", { name: new RegExp(series[0]!) });
  await expect(adjusted).toContainText("× ");
  await adjusted.getByRole("button", { name: `Reset ${series[0]}` }).click();
  await expect(adjusted).toContainText("as it was");

  // The keyboard alone labels as well.
  await page.getByRole("heading", { name: "Anomalies", level: 1 }).click();
  await page.keyboard.press("Shift+T");
  await expect(details.getByRole("button", { name: "True alarm" })).toHaveAttribute(
    "aria-pressed",
    "true",
  );
  await details.getByRole("button", { name: "Take the label back" }).click();
  await expect(details.getByRole("button", { name: "Take the label back" })).toHaveCount(0);
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
