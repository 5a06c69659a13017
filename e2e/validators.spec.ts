/** The validators page: who leads, what can be broken, and that nothing acknowledged is lost. */
import { expect, test } from "./fixtures.ts";

test.beforeEach(async ({ request, platform }) => {
  const heal = platform.url("/api/blockchain/validators/heal", "blockchain");
  expect((await request.post(heal, { data: {} })).status()).toBe(200);
});
test.afterEach(async ({ request, platform }) => {
  await request.post(platform.url("/api/blockchain/validators/heal", "blockchain"), { data: {} });
});

const verdict = /3 of 3 validators agree, height [\d,]+/;

test("shows who leads, and equal heads as equal", async ({ page, open }) => {
  await open("/blockchain/validators");
  await expect(page.getByLabel("Verdict")).toContainText(verdict);
  const list = page.getByRole("table", { name: "Validators of the ledger" });
  await expect(list.getByRole("cell", { name: "leads" })).toHaveCount(1);
  await expect(list.getByRole("cell", { name: "agrees" })).toHaveCount(3);
  await expect(list.getByRole("cell", { name: /^A 0x/ })).toHaveCount(3);
});

test("crash, restart, partition, lossy links: each shows and is healed", async ({
  page,
  open,
  expectAccessible,
}) => {
  await open("/blockchain/validators");
  await expect(page.getByLabel("Verdict")).toContainText(verdict);
  const banner = page.getByRole("status", { name: "Experiment", exact: true });
  await page.getByRole("button", { name: "Crash validator 2" }).click();
  await expect(banner).toContainText("crashed: validator 2");
  await expectAccessible();
  await page.getByRole("button", { name: "Restart validator 2" }).click();
  await expect(banner).toBeHidden();

  await page.getByRole("checkbox", { name: "Validator 3" }).check();
  await page.getByRole("button", { name: "Cut this side off" }).click();
  await expect(banner).toContainText("cut: ");
  await page.getByRole("button", { name: "Isolate every validator" }).click();
  await expect(page.getByLabel("Verdict")).toContainText("No blocks");
  await page.getByRole("button", { name: "Make the links lossy" }).click();
  await expect(banner).toContainText("20");
  await page.getByRole("button", { name: "Heal all validators" }).click();
  await expect(banner).toBeHidden();
  await expect(page.getByLabel("Verdict")).toContainText(verdict);
  await expect(page.getByRole("region", { name: "Events" })).toContainText("heal");
});

test("every fault is in the command palette", async ({ page, open }) => {
  await open("/blockchain/validators");
  await expect(page.getByLabel("Verdict")).toContainText(verdict);
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/search/i).fill("Crash validator 3");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Restart validator 3" })).toBeVisible();
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder(/search/i).fill("Heal all validators");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Verdict")).toContainText(verdict);
});

test("no acknowledged transfer is lost while the leader crashes", async ({ page, open }) => {
  test.setTimeout(90_000);
  await open("/blockchain/validators");
  await expect(page.getByLabel("Verdict")).toContainText(verdict);
  const stream = page.getByRole("region", { name: "No transaction is lost" });
  await stream.getByRole("combobox", { name: "Transfers" }).selectOption("50");
  await stream.getByRole("button", { name: "Send a stream of transfers" }).click();
  // The switch is on: the leader goes down half-way.
  await expect(page.getByRole("status", { name: "Experiment", exact: true })).toContainText(
    "crashed",
  );
  const result = stream.getByRole("status", { name: "Verdict of the experiment" });
  await expect(result).toContainText("No transaction was lost: 50 of 50", { timeout: 60_000 });
});

test("without a quorum transfers wait, and go on when it heals", async ({ page, open }) => {
  test.setTimeout(90_000);
  await open("/blockchain/validators");
  await expect(page.getByLabel("Verdict")).toContainText(verdict);
  await page.getByRole("button", { name: "Isolate every validator" }).click();
  await expect(page.getByLabel("Verdict")).toContainText("No blocks");
  const stream = page.getByRole("region", { name: "No transaction is lost" });
  await stream.getByRole("combobox", { name: "Transfers" }).selectOption("50");
  await stream.getByRole("switch", { name: "Crash the leader half-way" }).uncheck({ force: true });
  await stream.getByRole("button", { name: "Send a stream of transfers" }).click();
  const acknowledged = stream.getByRole("definition").nth(2);
  await expect(stream.getByRole("definition").nth(1)).toHaveText("2");
  await expect(acknowledged).toHaveText("0");
  await page.getByRole("button", { name: "Heal all validators" }).click();
  await expect(acknowledged).not.toHaveText("0");
  await stream.getByRole("button", { name: "Stop the transfers" }).click();
  const result = stream.getByRole("status", { name: "Verdict of the experiment" });
  await expect(result).toContainText("No transaction was lost", { timeout: 30_000 });
});
