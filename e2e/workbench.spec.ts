/** Doing things: searching on the simulator, the API console, the palette, the keyboard. */
import { expect, test } from "./fixtures.ts";

test("a quantum search answers with what the simulator measured", async ({ page, open }) => {
  await open("/quantum");
  await page.getByRole("textbox", { name: "Target" }).fill("cherry");
  await page.getByRole("textbox", { name: "Iterations" }).fill("5");
  await page.getByRole("button", { name: "Run search" }).click();
  const result = page.getByRole("region", { name: "Simulated and closed form" });
  // One of four: theta = pi/6, so sin^2(11 pi/6) = 1/4 after five iterations.
  await expect(result).toContainText("Simulated success probability0.25");
  await expect(page.getByRole("list", { name: "Figures" })).toContainText("2 qubits, 1 marked");
  await expect(page).toHaveURL(/target=cherry/);
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Target" })).toHaveValue("cherry");
});

test("a wrong search is refused beside its field", async ({ page, open }) => {
  await open("/quantum");
  await page.getByRole("textbox", { name: "Iterations" }).fill("many");
  await page.getByRole("button", { name: "Run search" }).click();
  await expect(page.getByRole("textbox", { name: "Iterations" })).toHaveAttribute(
    "aria-invalid",
    "true",
  );
});

test("the API console sends an example and shows the answer", async ({ page, open }) => {
  await open("/console?op=integration.quantumSearch");
  await page.getByRole("button", { name: "Send" }).click();
  const response = page.getByRole("region", { name: "Response" });
  await expect(response).toContainText("200");
  await expect(response).toContainText("successProbability");
  await expect(page.getByRole("region", { name: "History" })).toContainText(
    "/api/distributed/quantum-search",
  );
});

test("the API console keeps a stream open until it is told to stop", async ({ page, open }) => {
  await open("/console?op=platform.watch");
  await page.getByRole("button", { name: "Send" }).click();
  const response = page.getByRole("region", { name: "Response" });
  await expect(response).toContainText("readyAfterMs", { timeout: 5_000 });
  await page.getByRole("button", { name: /Cancel|Stop/ }).click();
  await expect(page.getByRole("button", { name: "Send" })).toBeEnabled();
});

test.describe("a refused request", () => {
  test.use({ allowedConsoleErrors: [/status of 40[01]/] });

  test("shows the problem with its remedy", async ({ page, open }) => {
    await open("/console?op=platform.signIn");
    await page.getByRole("button", { name: "Send" }).click();
    const response = page.getByRole("region", { name: "Response" });
    await expect(response).toContainText(/CODE_INVALID|INPUT_INVALID/);
    await expect(response).toContainText("remedy");
  });
});

test("the command palette reaches every page by keyboard alone", async ({ page, open }) => {
  await open("/");
  await expect(page.getByRole("heading", { name: "System", level: 1 })).toBeVisible();
  await page.keyboard.press("Control+K");
  const search = page.getByRole("textbox", { name: "Search commands" });
  await search.fill("API reference");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "API reference", level: 1 })).toBeVisible();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("1");
  await expect(page.getByRole("heading", { name: "System", level: 1 })).toBeVisible();
});

test("the theme follows the choice and stays", async ({ page, open }) => {
  await open("/settings");
  const theme = page.getByRole("radiogroup", { name: "Theme" });
  await theme.getByText("Light").click();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "light");
  await page.reload();
  await expect(page.locator("html")).toHaveAttribute("data-mantine-color-scheme", "light");
});

test("the API reference describes an operation and leads to the console", async ({
  page,
  open,
}) => {
  await open("/docs");
  const search = page.getByRole("textbox", { name: "Search the reference" });
  await search.fill("quantum-search");
  const operation = page.getByRole("region", { name: "POST /api/distributed/quantum-search" });
  await expect(operation).toBeVisible();
  await expect(operation).not.toContainText("Grover iterations to apply");
  await operation.getByText("Fields and answers").click();
  await expect(operation).toContainText("Grover iterations to apply");
  await operation.getByText("Fields and answers").click();
  await expect(operation).not.toContainText("Grover iterations to apply");
  await page.getByRole("link", { name: "POST /api/distributed/quantum-search" }).click();
  await expect(operation).toContainText("Grover iterations to apply");
  await page
    .getByRole("link", { name: /console/i })
    .last()
    .click();
  await expect(page.getByRole("heading", { name: "API console", level: 1 })).toBeVisible();
});
