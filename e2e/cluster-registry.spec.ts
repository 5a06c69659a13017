/** The page of the service registry: real instances of this test, checked by the platform. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

const service = "registry-page";
let server: Server;
let port = 0;
let status = 200;

test.beforeAll(async () => {
  server = createServer((_request, response) => response.writeHead(status).end());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
});
test.afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const rowOf = (page: Page, id: string) =>
  page.getByRole("table", { name: "Registered instances" }).getByRole("row", { name: id });

async function register(page: Page, id: string, tags: string, metadata: string): Promise<void> {
  const form = page.getByRole("form", { name: "Register an instance" });
  await form.getByRole("textbox", { name: "Service" }).fill(service);
  await form.getByRole("textbox", { name: "Instance id" }).fill(id);
  await form.getByRole("textbox", { name: "Port" }).fill(String(port));
  await form.getByRole("textbox", { name: "Tags" }).fill(tags);
  await form.getByRole("textbox", { name: "Metadata" }).fill(metadata);
  await form.getByRole("combobox", { name: "Check" }).click();
  await page.getByRole("option", { name: "HTTP request" }).click();
  await form.getByRole("textbox", { name: "Every, s" }).fill("1");
  await form.getByRole("button", { name: "Register instance" }).click();
}

test("an instance is registered, filtered, resolved, fails, and is taken out and back", async ({
  page,
  open,
  expectAccessible,
}) => {
  test.setTimeout(60_000);
  status = 200;
  await open("/cluster/registry");
  await register(page, "one", "eu, stable", "version=1");
  await expect(rowOf(page, "one")).toContainText("passing");
  await register(page, "two", "eu, canary", "version=2, team=a");
  await expect(rowOf(page, "two")).toContainText("passing");
  await expect(rowOf(page, "two")).toContainText("team=a");

  const filter = page.getByRole("textbox", { name: "Filter Registered instances" });
  await filter.fill(`service:${service} tags:canary metadata:version=2`);
  await expect(rowOf(page, "two")).toBeVisible();
  await expect(rowOf(page, "one")).toHaveCount(0);
  await filter.fill(`service:${service}`);
  await expect(page).toHaveURL(/filter=service/);

  // A DNS name from the drawer, opened by keyboard, goes into the box below.
  await rowOf(page, "one").focus();
  await page.keyboard.press("Enter");
  const drawer = page.getByRole("dialog", { name: `Instance ${service}/one` });
  await expect(drawer).toContainText("GET / every 1 s");
  const name = `${service}.default.svc.cluster.local`;
  await expectAccessible();
  await drawer.getByRole("button", { name: `Resolve ${name}` }).click();
  const answer = page.getByLabel(`Answer to ${name}`);
  await expect(answer).toContainText("2 addresses");
  await expect(answer).toContainText(`:${port}`);

  status = 500;
  await expect(rowOf(page, "one")).toContainText("critical", { timeout: 15_000 });
  await expect(rowOf(page, "one")).toContainText("500");
  await expect(page.getByLabel("Verdict")).toContainText("critical");
  await expect(answer).toContainText("0 addresses");
  status = 200;
  await expect(rowOf(page, "one")).toContainText("passing", { timeout: 15_000 });

  await rowOf(page, "two").click();
  await page.getByRole("button", { name: "Deregister two" }).click();
  await expect(rowOf(page, "two")).toHaveCount(0);
  await page.getByRole("button", { name: "Register it again" }).click();
  await expect(rowOf(page, "two")).toContainText("team=a");
});

test("a registration is undone", async ({ page, open }) => {
  await open("/cluster/registry");
  await register(page, "three", "", "");
  await expect(rowOf(page, "three")).toBeVisible();
  await page.getByRole("button", { name: "Deregister it again" }).click();
  await expect(rowOf(page, "three")).toHaveCount(0);
});

test.describe("refusals", () => {
  test.use({ allowedConsoleErrors: [/api\/services\/(resolve|register)/] });

  test("what is refused and what does not resolve says why", async ({
    page,
    open,
    expectAccessible,
  }) => {
    await open("/cluster/registry?name=nobody.nowhere");
    await expect(page.getByRole("region", { name: "What resolves" })).toContainText(
      "No service answers to nobody.nowhere",
    );
    const form = page.getByRole("form", { name: "Register an instance" });
    await form.getByRole("textbox", { name: "Host" }).fill("example.com");
    await form.getByRole("button", { name: "Register instance" }).click();
    await expect(form.getByRole("alert")).toContainText("HOST_NOT_LOCAL");
    await form.getByRole("textbox", { name: "Metadata" }).fill("version");
    await expect(form).toContainText("Write key=value");
    await expect(form.getByRole("button", { name: "Register instance" })).toBeDisabled();
    await expectAccessible();
  });
});

test("of five thousand instances only those in view are drawn, and a filter finds the few", async ({
  page,
  open,
}) => {
  const found = Array.from({ length: 5_000 }, (_, at) => ({
    service: `service-${at % 250}`,
    id: `instance-${at}`,
    host: "127.0.0.1",
    port: 1_024 + at,
    source: "registered",
    health: at % 100 === 0 ? "critical" : "passing",
    healthSince: 1_000,
    detail: "HTTP 200",
    circuit: "closed",
    ttlSeconds: 60,
    check: null,
    tags: [`zone-${at % 3}`],
    metadata: { version: String(at % 7) },
  }));
  const body = `event: message\ndata: ${JSON.stringify({ instances: found })}\n\n`;
  await page.route("**/api/services/watch", (route) =>
    route.fulfill({ contentType: "text/event-stream", body }),
  );
  await open("/cluster/registry");
  const table = page.getByRole("table", { name: "Registered instances" });
  await expect(table).toHaveAttribute("aria-rowcount", "5001");
  // Only those in view are in the document.
  expect(await table.getByRole("row").count()).toBeLessThan(80);
  await page
    .getByRole("textbox", { name: "Filter Registered instances" })
    .fill("health:critical tags:zone-1");
  await expect(table).toHaveAttribute("aria-rowcount", "18");
});
