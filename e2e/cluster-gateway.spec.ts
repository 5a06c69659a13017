/** The page of the gateway: a route made, tried, balanced and rolled back over real instances. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

const service = "gateway-page";
let servers: Server[] = [];

test.describe.configure({ mode: "serial" });

test.beforeAll(async ({ platform }) => {
  servers = await Promise.all(
    ["one", "two"].map(async (id) => {
      const server = createServer((_request, response) => response.end(`I am ${id}`));
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      await post(platform.url("/api/services/register", "microservices"), {
        name: service,
        id,
        host: "localhost",
        port,
        ttlSeconds: 3_600,
      });
      return server;
    }),
  );
});
test.afterAll(async ({ platform }) => {
  const url = platform.url("/api/orchestration/gateway/config", "microservices");
  await post(url, { routes: [], policies: [] }, "PUT");
  for (const id of ["one", "two"]) {
    await post(platform.url("/api/services/deregister", "microservices"), { name: service, id });
  }
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function post(url: string, body: object, method = "POST"): Promise<void> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${url}: ${await answer.text()}`);
}

async function write(page: Page, text: string): Promise<void> {
  await page.getByRole("textbox", { name: "Configuration of the gateway" }).click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(text);
}

const config = (name: string) => `routes:
  - name: ${name}
    hosts: [page.localhost]
    path: {kind: prefix, value: /shop}
    rewrite: {path: /}
    rateLimit: {perSecond: 1000, burst: 1000}
    to: [{service: ${service}}]
policies:
  - {service: ${service}, balancer: round-robin}
`;

test("a configuration is refused by place, tried with its difference, and applied", async ({
  page,
  open,
  expectAccessible,
}) => {
  await open("/cluster/gateway");
  const panel = page.getByRole("region", { name: "Configuration" });
  await write(page, "routes:\n  - name: Shop\n");
  await expect(panel.getByRole("alert")).toContainText("routes[0].name");
  await expect(panel.getByRole("button", { name: "Apply" })).toBeDisabled();
  await write(page, config("page"));
  await panel.getByRole("button", { name: "Try without keeping" }).click();
  const outcome = panel.getByRole("region", { name: "Outcome" });
  await expect(outcome).toContainText("nothing was kept");
  await expect(outcome).toContainText("+   - name: page");
  await expect(
    page.getByRole("table", { name: "Routes of the gateway" }).getByRole("row", { name: /^page / }),
  ).toHaveCount(0);
  await panel.getByRole("textbox", { name: "Note for the history" }).fill("A page");
  await panel.getByRole("button", { name: "Apply" }).click();
  await expect(outcome).toContainText("is in force");
  const row = page
    .getByRole("table", { name: "Routes of the gateway" })
    .getByRole("row", { name: /^page / });
  await expect(row).toContainText("page.localhost");
  await expect(row).toContainText("1000/s, burst 1000");
  await expectAccessible();
});

test("a request on trial names route, backend and curl line, and is counted", async ({
  page,
  open,
}) => {
  await open("/cluster/gateway");
  const routes = page.getByRole("table", { name: "Routes of the gateway" });
  await routes.getByRole("row", { name: /^page / }).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/route=page/);
  const form = page.getByRole("form", { name: "Try a request" });
  await expect(form.getByRole("textbox", { name: "Host" })).toHaveValue("page.localhost");
  await expect(form.getByLabel("The same with curl")).toHaveText(
    /^curl -i --globoff --resolve page\.localhost:(\d+):127\.0\.0\.1 http:\/\/page\.localhost:\1\/shop$/,
  );
  const answer = form.getByLabel("Answer of the gateway");
  for (const backend of ["one", "two"]) {
    await form.getByRole("button", { name: "Send GET" }).click();
    await expect(answer).toContainText(`I am ${backend}`);
    await expect(answer).toContainText(`route page, backend ${backend}`);
  }
  await expect(routes.getByRole("row", { name: /^page / })).toContainText(/ ?2/);
  const backends = page.getByRole("table", { name: `Backends of ${service}` });
  await expect(backends.getByRole("row", { name: /^one / })).toContainText("50 %");
  await expect(backends.getByRole("row", { name: /^two / })).toContainText("in rotation");
  await form.getByRole("textbox", { name: "Host" }).fill("other.localhost");
  await form.getByRole("button", { name: "Send GET" }).click();
  await expect(answer).toContainText("no route takes it");
});

test("a version is looked at, rolled back to, and the history says so", async ({ page, open }) => {
  await open("/cluster/gateway");
  const panel = page.getByRole("region", { name: "Configuration" });
  await write(page, config("second"));
  await panel.getByRole("button", { name: "Apply" }).click();
  const routes = page.getByRole("table", { name: "Routes of the gateway" });
  await expect(routes.getByRole("row", { name: /^second / })).toBeVisible();
  const versions = page.getByRole("table", { name: "Versions of the configuration" });
  const earlier = versions.getByRole("row", { name: /A page/ });
  await earlier.getByRole("button", { name: /^Show version/ }).click();
  await expect(page.getByRole("textbox", { name: "Configuration of the gateway" })).toContainText(
    "name: page",
  );
  await panel.getByRole("button", { name: "Try without keeping" }).click();
  await expect(panel.getByRole("region", { name: "Outcome" })).toContainText("-   - name: second");
  await panel.getByRole("button", { name: "Undo edits" }).click();
  await earlier.getByRole("button", { name: /^Roll back to version/ }).click();
  await expect(routes.getByRole("row", { name: /^page / })).toBeVisible();
  await expect(versions.getByRole("row", { name: /As version/ })).toContainText("in force");
});

test.describe("two people", () => {
  test.use({ allowedConsoleErrors: [/409 \(Conflict\).*gateway\/config/] });

  test("an edit on a version that is no longer in force is not applied unseen", async ({
    page,
    open,
    platform,
  }) => {
    await open("/cluster/gateway");
    await write(page, config("mine"));
    const url = platform.url("/api/orchestration/gateway/config", "microservices");
    await post(url, { routes: [], policies: [], note: "Theirs" }, "PUT");
    const panel = page.getByRole("region", { name: "Configuration" });
    await expect(panel.getByRole("alert")).toContainText("came into force while this was edited", {
      timeout: 15_000,
    });
    await panel.getByRole("button", { name: "Apply" }).click();
    await expect(panel).toContainText("GATEWAY_CONFIG_CHANGED");
    await panel.getByRole("button", { name: /^Edit on version/ }).click();
    await panel.getByRole("button", { name: "Apply" }).click();
    await expect(
      page
        .getByRole("table", { name: "Routes of the gateway" })
        .getByRole("row", { name: /^mine / }),
    ).toBeVisible();
  });
});
