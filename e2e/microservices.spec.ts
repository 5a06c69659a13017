/** The microservices dashboard: each of its panels, live over real pods. */
import { expect, test } from "./fixtures.ts";

const deployment = "shop";

test.beforeEach(async ({ page, open }) => {
  await open("/microservices");
  await expect(page.getByRole("heading", { name: "Microservices", level: 1 })).toBeVisible();
});

test.describe.configure({ mode: "serial" });

test("orchestration creates, scales and restarts a deployment", async ({ page }) => {
  const panel = page.getByRole("region", { name: "Orchestration" });
  const form = panel.getByRole("form", { name: "Create a deployment" });
  await form.getByRole("textbox", { name: "Name" }).fill(deployment);
  await form.getByRole("textbox", { name: "Replicas" }).fill("2");
  await form.getByRole("button", { name: "Create deployment" }).click();
  const row = page
    .getByRole("table", { name: "Deployments" })
    .getByRole("row", { name: deployment });
  await expect(row).toContainText("2/2", { timeout: 8_000 });

  await panel.getByRole("combobox", { name: "Deployment", exact: true }).click();
  await page.getByRole("option", { name: deployment }).click();
  await panel.getByRole("textbox", { name: "Replicas" }).nth(1).fill("3");
  await panel.getByRole("button", { name: `Scale ${deployment}` }).click();
  await expect(row).toContainText("3/3", { timeout: 8_000 });
});

test("deployment status shows ready pods, image and condition", async ({
  page,
  expectAccessible,
}) => {
  const row = page
    .getByRole("region", { name: "Deployment status" })
    .getByRole("row", { name: deployment });
  await expect(row).toContainText("available");
  await expect(row).toContainText("3/3");
  await expect(row).toContainText("nginx:latest");
  await expect(row).toContainText("NewReplicaSetAvailable");
  await expectAccessible();
});

test("a pod's drawer shows conditions and logs, and a killed pod is replaced", async ({ page }) => {
  const pods = page.getByRole("region", { name: "Pods", exact: true });
  const first = pods.getByRole("button", { name: new RegExp(`^Open ${deployment}-`) }).first();
  const name = (await first.textContent()) ?? "";
  await first.click();
  const drawer = page.getByRole("dialog", { name: `Pod ${name}` });
  await expect(drawer.getByRole("region", { name: "Conditions" })).toContainText(
    "PodScheduledTrue",
  );
  await expect(drawer.getByRole("region", { name: "Probes" })).toContainText("HTTP 200");
  await expect(drawer.getByLabel(`Log of ${name}`)).toContainText("GET /");
  await expect(page).toHaveURL(new RegExp(`pod=${name}`));
  await drawer.getByRole("button", { name: "Kill container" }).click();
  await expect(drawer).toContainText("exit code 137", { timeout: 8_000 });
  await drawer.getByRole("button", { name: "Kill pod" }).click();
  await expect(drawer).toBeHidden();
  await expect(pods.getByRole("button", { name: `Open ${name}` })).toHaveCount(0);
  await expect(pods.getByRole("button", { name: new RegExp(`^Open ${deployment}-`) })).toHaveCount(
    3,
  );
});

test("the service registry lists pods and takes a registered instance in and out", async ({
  page,
}) => {
  const panel = page.getByRole("region", { name: "Service registry" });
  await expect(panel.getByRole("row", { name: new RegExp(`^${deployment} `) })).toHaveCount(3);
  const form = panel.getByRole("form", { name: "Register an instance" });
  await form.getByRole("textbox", { name: "Instance id" }).fill("user-7");
  await form.getByRole("textbox", { name: "Port" }).fill("1");
  await form.getByRole("button", { name: "Register instance" }).click();
  const row = panel.getByRole("row", { name: /user-7/ });
  await expect(row).toContainText("critical", { timeout: 8_000 });
  await row.getByRole("button", { name: "Deregister user-7" }).click();
  await expect(row).toHaveCount(0, { timeout: 8_000 });
});

test("the API gateway sends a request on trial and measures it", async ({ page }) => {
  const panel = page.getByRole("region", { name: "API gateway" });
  const form = panel.getByRole("form", { name: "Try a route" });
  await form.getByRole("combobox", { name: "Service" }).click();
  await page.getByRole("option", { name: deployment }).click();
  await form.getByRole("textbox", { name: "Path" }).fill("/robots.txt");
  await form.getByRole("button", { name: "Send GET" }).click();
  const answer = form.getByLabel("Answer of the route");
  await expect(answer).toContainText("Status 200");
  await expect(answer).toContainText("User-agent: *");
  await expect(
    panel.getByRole("figure", { name: new RegExp(`Latency of ${deployment}: \\d+ requests`) }),
  ).toBeVisible();
});

test("the service mesh shows the measured connection as graph and as list", async ({ page }) => {
  const panel = page.getByRole("region", { name: "Service mesh" });
  await expect(panel.getByRole("group", { name: /Graph of the service mesh/ })).toContainText(
    deployment,
  );
  await panel.getByText("List").click();
  const row = panel
    .getByRole("table", { name: "Connections of the mesh" })
    .getByRole("row", { name: new RegExp(`gateway ${deployment}`) });
  await expect(row).toBeVisible();
  await expect(page).toHaveURL(/view=list/);
});

test("events say what the controllers did", async ({ page }) => {
  const panel = page.getByRole("region", { name: "Events" });
  await panel.getByRole("textbox").fill(`deployment/${deployment}`);
  await expect(panel.getByRole("table")).toContainText("ScalingReplicaSet");
});

test("a deployment is deleted by typing its name", async ({ page }) => {
  const panel = page.getByRole("region", { name: "Orchestration" });
  await panel.getByRole("combobox", { name: "Deployment", exact: true }).click();
  await page.getByRole("option", { name: deployment }).click();
  await panel.getByRole("button", { name: `Delete ${deployment}…` }).click();
  const dialog = page.getByRole("dialog", { name: `Delete ${deployment} with all its pods?` });
  const confirm = dialog.getByRole("button", { name: `Delete ${deployment}` });
  await expect(confirm).toBeDisabled();
  await dialog.getByRole("textbox").fill(deployment);
  await confirm.click();
  await expect(
    page.getByRole("table", { name: "Deployments" }).getByRole("row", { name: deployment }),
  ).toHaveCount(0, { timeout: 8_000 });
});
