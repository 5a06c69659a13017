/** The consensus monitor: each panel over the live group, and its experiments. */
import { expect, test } from "./fixtures.ts";

test.beforeEach(async ({ request, platform }) => {
  const heal = platform.url("/api/consensus/heal", "integration");
  expect((await request.post(heal, { data: {} })).status()).toBe(200);
});
test.afterEach(async ({ request, platform }) => {
  await request.post(platform.url("/api/consensus/heal", "integration"), { data: {} });
});

const verdict = /3 of 3 nodes agree, node \d leads term \d+/;

test("the nodes panel shows who leads and whom each votes for", async ({ page, open }) => {
  await open("/consensus");
  await expect(page.getByLabel("Verdict")).toContainText(verdict);
  const nodes = page.getByRole("region", { name: "Nodes" });
  await expect(nodes.getByRole("cell", { name: "leader" })).toHaveCount(1);
  await expect(nodes.getByRole("cell", { name: "follower" })).toHaveCount(2);
});

test("a proposal is agreed on and appears in the logs and events", async ({ page, open }) => {
  await open("/consensus");
  const propose = page.getByRole("region", { name: "Propose" });
  await propose.getByRole("textbox", { name: "Command" }).fill("from the browser");
  await propose.getByRole("button", { name: "Propose command" }).click();
  await expect(propose).toContainText(/Agreed at index \d+ in term \d+/);
  await expect(page.getByRole("region", { name: "Events" })).toContainText("from the browser");
  const logs = page.getByRole("region", { name: "Logs" });
  await expect(
    logs.getByRole("listitem", { name: /command, term \d+, committed/ }).first(),
  ).toBeVisible();
});

test("a crashed node shows, carries a banner, and is healed", async ({ page, open }) => {
  await open("/consensus");
  await expect(page.getByLabel("Verdict")).toContainText(verdict);
  await page.getByRole("button", { name: "Crash node 2" }).click();
  const banner = page.getByRole("status", { name: "Experiment" });
  await expect(banner).toContainText("crashed: node 2");
  await expect(page.getByRole("button", { name: "Restart node 2" })).toBeVisible();
  await banner.getByRole("button", { name: "Heal the group" }).click();
  await expect(banner).toBeHidden();
  await expect(page.getByLabel("Verdict")).toContainText(verdict, { timeout: 8_000 });
});

test("a partition of all nodes leaves no quorum", async ({ page, open }) => {
  await open("/consensus");
  await page.getByRole("button", { name: "Isolate every node" }).click();
  await expect(page.getByLabel("Verdict")).toContainText("No quorum");
  await page.getByRole("button", { name: "Heal the group" }).click();
  await expect(page.getByLabel("Verdict")).toContainText(verdict, { timeout: 8_000 });
});
