/** The contracts workshop: written, compiled, deployed, called, debugged, profiled and tested. */
import { expect, test } from "./fixtures.ts";

const path = "/blockchain/contracts";
const broken = `// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import "hardhat/console.sol";
contract Tally {
  event Added(address who, uint256 total);
  uint256 public total;
  constructor(uint256 start) { total = start; }
  function add(uint256 amount) external {
    require(amount < 100, "too much");
    uint256 sum = total + amount;
    total = sum
    console.log("total is %d", total);
    emit Added(msg.sender, total);
  }
}
`;

test("a contract is written, mended, deployed, called and debugged", async ({
  page,
  open,
  expectAccessible,
}) => {
  // The compiler and several runs of the machine, on one that may be busy.
  test.setTimeout(120_000);
  await open(path);
  const verdict = page.getByLabel("Verdict");
  const editor = page.getByRole("textbox", { name: "Source of Counter.sol" });
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(broken);
  await page.keyboard.press("ControlOrMeta+Enter");
  await expect(verdict).toContainText("1 error", { timeout: 30_000 });
  const problems = page.getByRole("list", { name: "Errors and warnings" });
  await expect(problems).toContainText("Expected ';'");
  await problems.getByRole("button", { name: /Counter\.sol:1[12]:/ }).click();
  await expect(editor).toBeFocused();

  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(broken.replace("total = sum\n", "total = sum;\n"));
  await expect(verdict).toContainText("Changed since");
  await page.getByRole("button", { name: "Compile", exact: true }).click();
  await expect(verdict).toContainText("Compiled", { timeout: 30_000 });

  const deploy = page.getByRole("form", { name: "Deploy Tally" });
  await deploy.getByLabel(/^start/).fill("-1");
  await deploy.getByRole("button", { name: "Deploy Tally" }).click();
  await expect(deploy).toContainText("This is below 0, outside of uint256.");
  await deploy.getByLabel(/^start/).fill("5");
  await deploy.getByRole("button", { name: "Deploy Tally" }).click();
  await expect(page).toHaveURL(/contract=0x/, { timeout: 20_000 });
  await expect(page.getByRole("table", { name: "State variables" })).toContainText("5");

  const call = async (name: string) => {
    await page.locator("summary").filter({ hasText: name }).click();
    return page.getByRole("form", { name: name.replace(/\(.*/, ""), exact: true });
  };
  const total = await call("total()");
  await total.getByRole("button", { name: "Call total" }).click();
  await expect(total.getByRole("table", { name: "Result" })).toContainText("5");

  const add = await call("add(uint256)");
  await add.getByLabel(/^amount/).fill("7");
  await add.getByRole("button", { name: "Send add" }).click();
  await expect(add.getByRole("list", { name: "Events" })).toContainText("Added");
  await expect(add.getByRole("list", { name: "Console" })).toContainText("total is 12");
  await expect(page.getByRole("table", { name: "State variables" })).toContainText("12");
  await expectAccessible();

  // A failure is told before it is sent, with the line that it comes from.
  await add.getByLabel(/^amount/).fill("100");
  await add.getByRole("button", { name: "Send add" }).click();
  const trace = add.getByRole("group", { name: "Stack trace" });
  await expect(trace).toContainText("too much");
  await expect(trace).toContainText("Tally.add (Counter.sol:9");
  await expect(add.getByRole("button", { name: "Send although it fails" })).toBeVisible();

  // The transaction that went well is debugged, forwards, backwards and to a breakpoint.
  await page.getByRole("tab", { name: "Activity" }).click();
  await page
    .getByRole("region", { name: "Result of Tally.add(7)" })
    .getByRole("button", { name: "Debug" })
    .click();
  await expect(page).toHaveURL(/debug=0x[0-9a-f]{64}/);
  const steps = page.getByRole("group", { name: "Steps" });
  await expect(steps).toBeVisible();
  const source = page.getByRole("textbox", { name: "Source of Counter.sol, as it runs" });
  await expect(source).toBeVisible();
  await page.locator(".cm-lineNumbers .cm-gutterElement", { hasText: /^11$/ }).click();
  await expect(page.getByRole("region", { name: "Breakpoints" })).toContainText("Counter.sol:11");
  const at = page.getByText(/Tally, Counter\.sol:\d+; next/);
  await page.keyboard.press("F5");
  await expect(at).toContainText("Counter.sol:11");
  await expect(page.getByRole("table", { name: "Local variables" })).toContainText("amount7");
  await expect(page.getByRole("region", { name: "Call stack" })).toContainText("amount: 7");
  await page.keyboard.press("F10");
  await expect(at).toContainText("Counter.sol:12");
  const state = page.getByRole("table", { name: "State variables before the step" });
  await expect(state).toContainText("12 changed");
  await steps.getByRole("button", { name: "◀ Over back" }).click();
  await expect(at).toContainText("Counter.sol:11");
  await expect(state).toContainText("5 changed");
  await steps.getByRole("button", { name: "Continue ▶▶" }).click();
  await expect(at).not.toContainText("Counter.sol:11");
  await page.keyboard.press("Shift+F5");
  await expect(at).toContainText("Counter.sol:11");
  await expectAccessible();

  // A link opens the same.
  await page.reload();
  await expect(page.getByRole("group", { name: "Steps" })).toBeVisible({ timeout: 20_000 });
  await expect(source).toBeVisible();
  await page.getByRole("button", { name: "End debugging" }).click();
  await expect(page).not.toHaveURL(/debug=/);
});

test("a template is tested, and its gas is shown by line", async ({
  page,
  open,
  expectAccessible,
}) => {
  test.setTimeout(90_000);
  await open(`${path}?template=erc20&tab=tests`);
  await expect(page.getByRole("textbox", { name: "Source of Token.sol" })).toContainText("ERC-20");
  await page.getByRole("button", { name: "Run all tests" }).click();
  const tests = page.getByRole("list", { name: "Tests" });
  await expect(page.getByText(/\d+ passed, 0 failed$/)).toBeVisible({ timeout: 60_000 });
  const again = tests.getByRole("button", { name: /^Run again test/ }).first();
  await again.click();
  await expect(again).toBeEnabled({ timeout: 30_000 });
  await expectAccessible();
  await page.getByRole("tab", { name: "Gas" }).click();
  await expect(page.getByRole("table", { name: "Gas by line" })).toContainText("Token.sol:");
  await expect(page.locator(".cm-heat .heat").first()).toBeVisible();
});

test("a workspace is saved, renamed, versioned and deleted", async ({ page, open }) => {
  await open(path);
  await page.getByRole("button", { name: "Save workspace" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Mine");
  await page.getByRole("dialog").getByRole("button", { name: "Save workspace" }).click();
  await expect(page).toHaveURL(/workspace=/);
  await page.getByRole("button", { name: "Add file" }).click();
  await page.getByLabel("Name of the file").fill("lib/Other.sol");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("button", { name: "Save version" }).click();
  await expect(page.getByLabel("Version")).toHaveValue("2");
  await page.getByRole("button", { name: "Rename", exact: true }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Ours");
  await page.getByRole("button", { name: "Rename workspace" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  await page.reload();
  await expect(page.getByRole("button", { name: "lib/Other.sol" })).toBeVisible();
  await page.getByLabel("Version").selectOption("1");
  await expect(page.getByRole("button", { name: "lib/Other.sol" })).toBeHidden();
  await page.getByRole("button", { name: "Delete", exact: true }).click();
  await page.getByLabel("Type Ours to confirm").fill("Ours");
  await page.getByRole("button", { name: "Delete workspace" }).click();
  await expect(page).not.toHaveURL(/workspace=/);
});
