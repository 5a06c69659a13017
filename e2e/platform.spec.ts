/** Living with the platform: its state is live, threads can be broken, stopped and started. */
import type { PlatformState } from "../workers/service/contract.ts";
import { expect, test } from "./fixtures.ts";

test.describe.configure({ mode: "serial" });

test("the overview shows what the API says", async ({ page, open, platform, request }) => {
  await open("/");
  const state = (await (await request.get(platform.url("/api/platform"))).json()) as PlatformState;
  const count = state.threads.length;
  await expect(page.getByLabel("Verdict")).toContainText(`${count} of ${count} threads ready`);
  const figures = page.getByRole("list", { name: "Figures" }).getByRole("listitem");
  await expect(figures).toHaveCount(5);
  await expect(figures.filter({ hasText: "Resident memory" })).toContainText(/\d+ ?MiB/);
  for (const { title } of state.threads) {
    await expect(
      page.getByRole("contentinfo", { name: "Threads" }).getByRole("button", { name: title }),
    ).toContainText("ready");
  }
});

test("the overview is live, and can be paused", async ({ page, open }) => {
  await open("/");
  const uptime = () => page.getByLabel("Verdict").textContent();
  const first = await uptime();
  await expect.poll(uptime).not.toBe(first);
  await page.getByRole("button", { name: "Pause live updates" }).click();
  const paused = await uptime();
  await page.waitForTimeout(2_500);
  expect(await uptime()).toBe(paused);
  await page.getByRole("button", { name: "Resume live updates" }).click();
  await expect.poll(uptime).not.toBe(paused);
});

test("each chart has its numbers as a table", async ({ page, open }) => {
  await open("/");
  const panel = page.getByRole("region", { name: "CPU, share of one core" });
  await panel.getByRole("button", { name: /table/i }).click();
  await expect(panel.getByRole("table")).toContainText("Gateway");
});

test("a stretch drawn over one chart zooms all of them, stays in the address, and is undone", async ({
  page,
  open,
}) => {
  await open("/?window=1m");
  const plot = page.getByRole("figure", { name: /^CPU/ }).locator("svg.recharts-surface").last();
  // Enough readings to draw over: each second brings one.
  await expect
    .poll(() => page.locator("figure path.recharts-curve").first().getAttribute("d"))
    .toMatch(/L.*L.*L.*L/);
  const { width, height } = (await plot.boundingBox())!;
  await plot.hover({ position: { x: width * 0.5, y: height / 2 } });
  await page.mouse.down();
  await plot.hover({ position: { x: width - 20, y: height / 2 } });
  await page.mouse.up();
  await expect(page).toHaveURL(/zoom=\d+-\d+/);
  const reset = page.getByRole("button", { name: /^Show all: / });
  await expect(reset).toHaveCount(4);
  await page.reload();
  await expect(reset).toHaveCount(4);
  await page.getByRole("button", { name: "Zoom in: Memory, heap and external" }).click();
  await reset.first().click();
  await expect(page).not.toHaveURL(/zoom/);
  await expect(reset).toHaveCount(0);
});

test("the topology can be read as a list", async ({ page, open }) => {
  await open("/");
  await page.getByRole("radiogroup", { name: "View of the topology" }).getByText("List").click();
  const threads = page.getByRole("list", { name: "Threads of the topology" });
  await expect(threads).toContainText("Quantum");
});

test("a thread broken on purpose comes back, and the screen tells the story", async ({
  page,
  open,
}) => {
  await open("/components?thread=quantum");
  const drawer = page.getByRole("dialog", { name: "Quantum thread" });
  await expect(drawer.getByText("ready", { exact: true }).first()).toBeVisible();
  await drawer.getByRole("button", { name: /crash/i }).click();
  await expect(page.getByRole("status", { name: "Experiment" }).first()).toBeVisible();
  await expect(drawer.getByLabel("Last exit")).toContainText("Crashed on purpose");
  await expect(drawer.getByText("ready", { exact: true }).first()).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(drawer).toHaveCount(0);
  await expect(page).toHaveURL(/\/components$/);
});

test("a thread is stopped and started from the strip below every page", async ({ page, open }) => {
  await open("/settings");
  const strip = page.getByRole("contentinfo", { name: "Threads" });
  const quantum = strip.getByRole("button", { name: "Quantum" });
  await quantum.click();
  await page.getByRole("menuitem", { name: /^Stop/ }).click();
  await expect(quantum).toContainText("stopped");
  await open("/quantum");
  await expect(page.getByText(/Quantum.*(stopped|not running)/i).first()).toBeVisible();
  await quantum.click();
  await page.getByRole("menuitem", { name: /^Start/ }).click();
  await expect(quantum).toContainText("ready");
});

test.describe("while the serving thread restarts", () => {
  test.use({ allowedConsoleErrors: [/Failed to load resource|ERR_|net::/] });

  test("the page finds its way back by itself", async ({ page, open, platform, request }) => {
    test.skip(platform.host === "electron", "The window has no ports of its own.");
    await open("/");
    await expect(page.getByLabel("Verdict")).toContainText("threads ready");
    const order = await request.post(
      platform.url("/api/platform/threads/gateway/fault", "integration"),
      { data: { kind: "exit" } },
    );
    expect(order.ok()).toBe(true);
    const gateway = page
      .getByRole("contentinfo", { name: "Threads" })
      .getByRole("button", { name: "Gateway" });
    await expect(gateway).toContainText(/[1-9] restart/, { timeout: 15_000 });
    await expect(gateway).toContainText("ready");
  });
});
