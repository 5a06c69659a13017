/** The cluster's screens: lists, drawer, YAML, scaling, deletion and chaos over a sample cluster. */
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { type SampleCluster, serveSampleCluster } from "./sample-cluster-pages.ts";

const size = { nodes: 9, deployments: 12, podsPerDeployment: 10, namespaces: 3, events: 60 };
let cluster: SampleCluster;
const opened: SampleCluster[] = [];

test.beforeEach(async ({ page }) => {
  cluster = await serveSampleCluster(page, size);
  opened.push(cluster);
});
// Where there is no browser to test in, none was opened.
test.afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

/** A row of the list of pods by its place, from 0. */
const rowAt = (page: Page, place: number) =>
  page.getByRole("table", { name: "Pods" }).locator(`[data-row="${place}"]`);

for (const colorScheme of ["dark", "light"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });
    for (const path of [
      "/cluster",
      "/cluster/workloads?open=deployments.apps/team-1/web",
      "/cluster/rollouts/team-1/web",
      "/cluster/pods",
      "/cluster/pods?open=pods/team-1/web-7f5d-0001&tab=yaml",
      "/cluster/nodes?open=nodes//node-1",
      "/cluster/events",
      "/cluster/topology",
      "/cluster/chaos",
    ]) {
      test(`${path} is accessible`, async ({ page, open, expectAccessible }) => {
        await open(path);
        await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
        await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
        await expectAccessible();
      });
    }
  });
}

test("the overview says what is wrong and where", async ({ page, open }) => {
  await open("/cluster");
  await expect(page.getByLabel("Verdict")).toContainText("2 pods failing");
  await expect(page.getByRole("region", { name: "Zones" })).toContainText("zone-a");
});

test("pods are filtered, opened and followed by keyboard", async ({ page, open }) => {
  await open("/cluster/pods");
  await page.getByRole("textbox", { name: "Filter pods" }).fill("status:crash");
  const table = page.getByRole("table", { name: "Pods" });
  await expect(table).toHaveAttribute("aria-rowcount", "3");
  await expect(page).toHaveURL(/filter=status/);
  await rowAt(page, 0).focus();
  await page.keyboard.press("j");
  await expect(rowAt(page, 1)).toBeFocused();
  const name = (await rowAt(page, 1).locator("td").nth(2).textContent()) ?? "";
  await page.keyboard.press("l");
  const drawer = page.getByRole("dialog", { name: `pod ${name}` });
  await expect(drawer.getByRole("region", { name: `Log of ${name}` })).toContainText("line 50");
  await drawer.getByRole("tab", { name: "Shell" }).click();
  await drawer.getByRole("textbox", { name: "Command" }).fill("echo 'a b'");
  await page.keyboard.press("Enter");
  await expect(drawer.getByRole("log")).toContainText("exit code 0");
  await page.keyboard.press("Escape");
  await expect(drawer).toBeHidden();
});

test("a change in the cluster reaches the row that shows it", async ({ page, open }) => {
  await open("/cluster/pods?filter=web-7f5d-0001");
  await expect(rowAt(page, 0)).toContainText("Running");
  const { store } = cluster.host;
  const pod = store.require("pods", "team-1", "web-7f5d-0001");
  store.setStatus(pod, {
    ...pod.status,
    phase: "Failed",
    reason: "Evicted",
    containerStatuses: [],
  });
  await expect(rowAt(page, 0)).toContainText("Evicted");
});

test("many pods are deleted after typing how many", async ({ page, open }) => {
  await open("/cluster/pods?namespace=team-1");
  const before = cluster.host.store.countOf("pods");
  await rowAt(page, 0).getByRole("checkbox").click();
  await rowAt(page, 2)
    .getByRole("checkbox")
    .click({ modifiers: ["Shift"] });
  await page.getByRole("button", { name: "Delete 3 pods…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete 3 objects?" });
  const confirm = dialog.getByRole("button", { name: "Delete 3 objects" });
  await expect(confirm).toBeDisabled();
  await dialog.getByRole("textbox").fill("delete 3");
  await confirm.click();
  await expect(dialog).toBeHidden();
  await expect
    .poll(() => cluster.host.requests.filter(({ method }) => method === "DELETE").length)
    .toBe(3);
  expect(before).toBe(120);
});

test("YAML is tried with its difference, refused by line, and applied", async ({ page, open }) => {
  await open("/cluster/workloads?open=deployments.apps/team-1/web&tab=yaml");
  const editor = page.getByRole("textbox", { name: "YAML of web" });
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  const yaml = (replicas: number) =>
    `apiVersion: apps/v1\nkind: Deployment\nmetadata:\nname: web\nnamespace: team-1\n`.replace(
      "metadata:\nname: web\nnamespace: team-1\n",
      `metadata: {name: web, namespace: team-1}\nspec: {replicas: ${replicas}}\n`,
    );
  await page.keyboard.insertText(yaml(-1));
  await page.getByRole("button", { name: "Try without keeping" }).click();
  await expect(page.getByRole("alert")).toContainText("Line 4: spec.replicas");
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(yaml(4));
  await page.getByRole("button", { name: "Try without keeping" }).click();
  const changes = page.getByRole("region", { name: "Changes of web" });
  await expect(changes).toContainText("-   replicas: 10");
  await expect(changes).toContainText("+   replicas: 4");
  const replicas = () =>
    cluster.host.store.require("deployments.apps", "team-1", "web").spec?.replicas;
  expect(replicas()).toBe(10);
  await page.getByRole("button", { name: "Apply", exact: true }).click();
  await expect.poll(replicas).toBe(4);
});

test("a workload is scaled beside its row, and its rollout opened", async ({ page, open }) => {
  await open("/cluster/workloads?filter=web");
  await page.getByRole("table", { name: "Workloads" }).getByText("web", { exact: true }).click();
  const controls = page.getByRole("region", { name: "Controls of web" });
  await controls.getByRole("textbox", { name: "Replicas" }).fill("12");
  await controls.getByRole("button", { name: "Scale web" }).click();
  await expect(page.getByRole("row", { name: /web/ })).toContainText("/12");
  await controls.getByRole("link", { name: "Watch its rollout" }).click();
  await expect(page.getByRole("heading", { name: "Rollout of web" })).toBeVisible();
  await page.getByRole("button", { name: "Pause rollout" }).click();
  await expect(page.getByLabel("Verdict")).toContainText("paused");
});

test("a node is drained, and its pods are gone", async ({ page, open }) => {
  await open("/cluster/nodes?open=nodes//node-1");
  await page.getByRole("button", { name: "Drain node-1" }).click();
  await expect(page.getByRole("region", { name: "Drains" })).toContainText("node/node-1 drained");
  await expect(page.getByRole("row", { name: /node-1 / })).toContainText("cordoned");
});

test("chaos breaks a zone and restores it, with a banner in between", async ({ page, open }) => {
  await open("/cluster/chaos");
  const form = page.getByRole("form", { name: "Zone outage" });
  await form.getByRole("combobox", { name: "Zone" }).click();
  await page.getByRole("option", { name: "zone-b" }).click();
  await expect(form).toContainText("Stops 3 nodes");
  await form.getByRole("button", { name: "Cut zone-b off" }).click();
  const banner = page.getByRole("region", { name: "Experiments under way" });
  await expect(banner).toContainText("zone-b");
  await expect(banner).toContainText(/4 min \d+ s left/);
  await banner.getByRole("button", { name: "Restore all" }).click();
  await expect(banner).toBeHidden();
});

test("chaos names whom it hits before a pod picked from the list is killed", async ({
  page,
  open,
}) => {
  await open("/cluster/chaos");
  const form = page.getByRole("form", { name: "Kill a pod" });
  await form.getByRole("textbox", { name: "Filter Pods to kill" }).fill("zone:zone-a web");
  const first = form.getByRole("table", { name: "Pods to kill" }).locator('[data-row="0"]');
  const name = (await first.locator("td").nth(1).textContent()) ?? "";
  await expect(form.getByRole("button", { name: "Kill pod" })).toBeDisabled();
  await first.focus();
  await page.keyboard.press("Enter");
  await expect(form).toContainText("Hits 1 pod of 1 workload");
  const before = cluster.host.store.countOf("pods");
  await form.getByRole("button", { name: `Kill ${name}` }).click();
  await expect.poll(() => cluster.host.store.countOf("pods")).toBe(before - 1);
  await expect(form.getByRole("button", { name: "Kill pod" })).toBeDisabled();
});

test("chaos slows a service of the mesh for a time, and each fault has its own undo", async ({
  page,
  open,
}) => {
  await open("/cluster/chaos");
  await page.getByRole("combobox", { name: "Faults last" }).click();
  await page.getByRole("option", { name: "1 minute" }).click();
  const form = page.getByRole("form", { name: "Traffic" });
  await form.getByRole("combobox", { name: "Service" }).fill("team-1/web");
  await page.getByRole("option", { name: "team-1/web", exact: true }).click();
  await expect(form).toContainText(/Hits \d+ pods/);
  await form.getByRole("button", { name: "Slow team-1/web" }).click();
  const banner = page.getByRole("region", { name: "Experiments under way" });
  await expect(banner).toContainText(/\d+ s left/);
  await banner.getByRole("button", { name: "Restore team-1/web" }).click();
  await expect(banner).toBeHidden();
});
