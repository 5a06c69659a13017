/**
 * Every screen opens and logs no error. All ports serve the same pages from the same files: the first
 * port loads each page in both themes, tests its accessibility and that it fits the smallest and the largest
 * window; on the other ports one goes from page to page.
 */
import type { Page } from "@playwright/test";
import { pages } from "../renderer/app/pages.ts";
import { subsystems } from "../workers/service/contract.ts";
import { expect, test } from "./fixtures.ts";

const ports = subsystems.filter(({ portOffset }) => portOffset !== null);
const themes = ["dark", "light"] as const;
const sizes = [
  { width: 1024, height: 640 },
  { width: 3840, height: 2160 },
] as const;
/** For a page among many in one test. */
const pageTimeoutMs = 10_000;

const first = ports[0]!;
const others = ports.slice(1);

for (const theme of themes) {
  test.describe(`the port of ${first.id}, ${theme}`, () => {
    test.use({ colorScheme: theme });

    for (const { path, title } of pages) {
      test(`opens ${title}`, async ({ page, platform, expectAccessible }) => {
        test.skip(platform.host === "electron", "The window has no ports of its own.");
        await page.goto(platform.url(path, first.id));
        await expectToBeOpen(page, title);
        await expectAccessible();
        if (theme === "dark") await expectToFit(page);
      });
    }
  });
}

for (const { id } of others) {
  for (const theme of themes) {
    test.describe(`the port of ${id}, ${theme}`, () => {
      test.use({ colorScheme: theme });

      test("opens every page", async ({ page, platform }) => {
        test.skip(platform.host === "electron", "The window has no ports of its own.");
        test.setTimeout(pages.length * pageTimeoutMs);
        await page.goto(platform.url("/settings", id));
        for (const { path, title } of pages) {
          // As a link does: without loading everything anew.
          await page.evaluate((to) => history.pushState(null, "", to), path);
          await expectToBeOpen(page, title);
        }
      });
    });
  }
}

for (const { id, dashboard } of ports) {
  test(`the port of ${id} opens on its own dashboard`, async ({ page, platform }) => {
    test.skip(platform.host === "electron", "The window has no ports of its own.");
    await page.goto(platform.url("/", id));
    await expect(page).toHaveURL(platform.url(dashboard, id));
    await expect(page.locator("html")).toHaveAttribute("data-subsystem", id);
  });
}

test("an address that no page has says so and leads back", async ({ page, open }) => {
  await open("/no-such-page");
  await expect(page.getByRole("heading", { name: "Page not found" })).toBeVisible();
  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: /System/ })
    .click();
  await expect(page.getByRole("heading", { name: "System", level: 1 })).toBeVisible();
});

test("pages fit small and large windows", async ({ page, open, platform }) => {
  test.skip(platform.host !== "electron", "Seen when each page was opened.");
  // One after the other, on a machine that may be busy.
  test.setTimeout(pages.length * pageTimeoutMs);
  for (const { path } of pages) {
    await open(path);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expectToFit(page);
  }
});

async function expectToBeOpen(page: Page, title: string): Promise<void> {
  await expect(page.getByRole("heading", { name: title, level: 1 })).toBeVisible();
  await expect(page).toHaveTitle(new RegExp(`^${title}`));
  await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
}

async function expectToFit(page: Page): Promise<void> {
  for (const size of sizes) {
    await page.setViewportSize(size);
    const overflow = () =>
      page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
    await expect.poll(overflow, `${page.url()} at ${size.width} px`).toBeLessThanOrEqual(0);
  }
}
