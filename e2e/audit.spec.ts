/** The audit log: an action appears, its root goes to the ledger, and the ledger bears it out. */
import { expect, test } from "./fixtures.ts";

for (const theme of ["dark", "light"] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });

    test("lists what an operator did, and verifies it against the ledger", async ({
      page,
      open,
      platform,
      request,
      expectAccessible,
    }) => {
      const locked = await request.post(platform.url("/api/blockchain/wallets/vault/lock"), {
        data: {},
      });
      expect(locked.ok()).toBe(true);
      await open("/audit");
      const actions = page.getByRole("region", { name: "Actions" });
      await expect(actions.getByText("blockchain.wallets.lock").first()).toBeVisible();
      await page.getByRole("button", { name: "Anchor new entries" }).click();
      await expect(page.getByRole("button", { name: "Anchor new entries" })).toBeEnabled();
      await page.getByRole("button", { name: "Verify against the ledger" }).click();
      await expect(page.getByLabel("Verdict")).toContainText(/every entry: \d+ under \d+/);
      await expectAccessible();
    });
  });
}
