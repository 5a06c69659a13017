/** The rail: groups fold, stay folded, and never hide where one is. */
import { expect, test } from "./fixtures.ts";

test("groups fold and are remembered; the group of the page is open", async ({
  page,
  open,
  expectAccessible,
}) => {
  await open("/components");
  const main = page.getByRole("navigation", { name: "Main" });
  const cluster = main.getByRole("button", { name: /^Cluster/ });
  await expect(cluster).toHaveAttribute("aria-expanded", "false");
  await expect(main.getByRole("link", { name: "Pods" })).toHaveCount(0);
  await cluster.click();
  await expect(main.getByRole("link", { name: "Pods" })).toBeVisible();
  await main.getByRole("button", { name: "Systems" }).click();
  await expect(main.getByRole("link", { name: "Edge" })).toHaveCount(0);
  await expectAccessible();
  await page.reload();
  await expect(main.getByRole("link", { name: "Pods" })).toBeVisible();
  await expect(main.getByRole("link", { name: "Edge" })).toHaveCount(0);
  await open("/edge");
  await expect(main.getByRole("link", { name: "Edge" })).toHaveAttribute("aria-current", "page");
});
