/** The edge dashboard, one test for each of its panels. */
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

const panel = (page: Page, name: string) => page.getByRole("region", { name, exact: true });

async function classifySample(page: Page, digit: string, client: string): Promise<void> {
  await page.getByRole("combobox", { name: "Client in" }).click();
  await page.getByRole("option", { name: client, exact: true }).click();
  await page.getByRole("button", { name: `First sample of a ${digit}` }).click();
  await page.getByRole("button", { name: "Send request" }).click();
}

test("node distribution: the map and its list open a node, which fails and recovers", async ({
  page,
  open,
}) => {
  await open("/edge");
  await panel(page, "Node distribution")
    .getByRole("button", { name: /^Johannesburg/ })
    .click();
  const drawer = page.getByRole("dialog");
  await drawer.getByRole("button", { name: "Fail node" }).click();
  await expect(drawer.getByRole("button", { name: "Recover node" })).toBeVisible();
  await expect(page.getByLabel("Verdict")).toContainText("7 of");
  await drawer.getByRole("button", { name: "Recover node" }).click();
  await expect(drawer.getByRole("button", { name: "Fail node" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("radiogroup", { name: "View of the nodes" }).getByText("List").click();
  await expect(page).toHaveURL(/view=list/);
  await expect(page.getByRole("table", { name: "Edge nodes" })).toContainText("edge-johannesburg");
});

test("a request is answered, with its node, reason and times", async ({ page, open }) => {
  await open("/edge");
  await classifySample(page, "7", "Tokyo");
  const answer = panel(page, "Answer");
  await expect(answer.getByRole("status").first()).toContainText(/7 with .* Tokyo/);
  await expect(answer).toContainText("Network, modelled and not waited for");
  await expect(answer.getByRole("table", { name: "Candidates" })).toContainText("edge-tokyo");
  await expect(panel(page, "Recent routes")).toContainText("edge-tokyo");
});

test("a drawn digit is sent as an image of its own", async ({ page, open }) => {
  await open("/edge");
  const pad = page.getByRole("img", { name: /Drawing area/ });
  // Panels above the pad fill while the page loads, so each place is found when it is needed.
  const side = (await pad.boundingBox())!.width;
  await pad.hover({ position: { x: side / 2, y: 25 } });
  await page.mouse.down();
  for (const share of [0.3, 0.5, 0.7, 0.85]) {
    await pad.hover({ position: { x: side / 2, y: side * share } });
  }
  await page.mouse.up();
  await page.getByRole("button", { name: "Send request" }).click();
  await expect(panel(page, "Answer").getByRole("status").first()).toContainText(
    /\d with [\d.]+\s?%/,
  );
});

test("nothing drawn and wrong numbers are refused beside the field", async ({ page, open }) => {
  await open("/edge");
  await page.getByRole("button", { name: "Send request" }).click();
  await expect(page.getByRole("alert")).toContainText("Draw a digit");
  await page.getByRole("combobox", { name: "What" }).click();
  await page.getByRole("option", { name: "Statistics" }).click();
  await page.getByRole("textbox", { name: "Numbers" }).fill("1, two");
  await page.getByRole("button", { name: "Send request" }).click();
  await expect(panel(page, "Send a request")).toContainText("Every entry must be a number");
});

test("resource usage, load balancing and caches show what nodes did", async ({ page, open }) => {
  await open("/edge");
  await classifySample(page, "4", "Sao Paulo");
  await expect(panel(page, "Answer")).toContainText("Sao Paulo");
  await page.getByRole("button", { name: "Send request" }).click();
  await expect(panel(page, "Answer").getByRole("status").first()).toContainText("from its cache");
  const rowIn = (name: string) =>
    panel(page, name).getByRole("row").filter({ hasText: "edge-sao-paulo" });
  await expect(rowIn("Resource usage")).toContainText("KiB of 4 GiB");
  await expect(rowIn("Cache performance")).toContainText("%");
  await expect(
    panel(page, "Load balancing").getByRole("listitem").filter({ hasText: "Sao Paulo" }),
  ).not.toContainText("0 · 0 %");
});

test("AI model status: accuracy from the training record, latency as measured", async ({
  page,
  open,
}) => {
  await open("/edge");
  await classifySample(page, "2", "London");
  const models = panel(page, "AI model status");
  await expect(models).toContainText(/9\d\.\d\d % of 1,996/);
  await expect(models).toContainText(/Inference p50 · p90 · p99[\d.]+ (µs|ms)/);
});

test.describe("adding nodes", () => {
  test.use({ allowedConsoleErrors: [/400 \(Bad Request\).*add-node/] });

  test("a node is added, and an unknown place asks for coordinates", async ({ page, open }) => {
    await open("/edge");
    const add = panel(page, "Add a node");
    await add.getByRole("combobox", { name: "Location" }).fill("Atlantis");
    await add.getByRole("button", { name: "Add node" }).click();
    await expect(add).toContainText("EDGE_PLACE_UNKNOWN");
    await add.getByRole("textbox", { name: "Latitude" }).fill("31");
    await add.getByRole("textbox", { name: "Longitude" }).fill("-24");
    await add.getByRole("button", { name: "Add node" }).click();
    await expect(add.getByRole("status")).toContainText("Atlantis stands at the coordinates");
    await panel(page, "Node distribution")
      .getByRole("button", { name: /^Atlantis/ })
      .click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove node" }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
  });
});
