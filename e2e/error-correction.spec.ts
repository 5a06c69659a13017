/** The error-correction page: errors are clicked, the decoder answers, curves are sampled. */
import { expect, test } from "./fixtures.ts";

const path = "/playgrounds/error-correction";

test("an injected error is corrected, and two in a line are not", async ({ page, open }) => {
  await open(path);
  const code = page.getByRole("group", { name: /Rotated surface code, 9 qubits/ });
  await code.getByRole("button", { name: "Qubit 4: no error" }).click();
  await expect(page.getByLabel("Verdict")).toContainText("1 error, corrected");
  await expect(
    code.getByRole("button", { name: /Qubit 4: error X, corrected by X/ }),
  ).toBeVisible();
  await expect(page.getByText("✓ done")).toHaveCount(1);
  await expect(page).toHaveURL(/errors=X4/);

  // One more in the same line: the shorter way out is on the other side.
  const answer = page.getByRole("region", { name: "What the decoder answers" });
  for (const other of [1, 3, 5, 7]) {
    const [first, second] = [4, other].toSorted((a, b) => a - b);
    await page.getByLabel("Errors", { exact: true }).fill(`X${first} X${second}`);
    await page.getByLabel("Errors", { exact: true }).press("Enter");
    await expect(answer).toContainText(`X${first} X${second}`);
    if ((await answer.textContent())?.includes("logical error") === true) break;
  }
  await expect(page.getByLabel("Verdict")).toContainText("completes a logical error");
  await expect(page.getByText("✓ done")).toHaveCount(2);

  // The address is the state.
  await page.reload();
  await expect(page.getByLabel("Verdict")).toContainText("2 errors");
  await page.getByRole("button", { name: "Remove all errors" }).click();
  await expect(page.getByLabel("Verdict")).toContainText("No errors");
});

test("works from the keyboard, and larger codes correct more", async ({
  page,
  open,
  expectAccessible,
}) => {
  await open(`${path}?distance=5`);
  const code = page.getByRole("group", { name: /Rotated surface code, 25 qubits, distance 5/ });
  await code.getByRole("button", { name: "Qubit 0: no error" }).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Enter");
  await expect(page.getByLabel("Verdict")).toContainText("2 errors, corrected");
  await expectAccessible();
  await page.getByLabel("Errors", { exact: true }).fill("X99");
  await page.getByLabel("Errors", { exact: true }).press("Enter");
  await expect(page.getByText("There is no qubit 99: they go up to 24.")).toBeVisible();
});

test("every code is drawn, decoded and accessible", async ({ page, open, expectAccessible }) => {
  await open(path);
  for (const [name, qubits] of [
    ["Repetition code", 3],
    ["Five-qubit code", 5],
    ["Steane code", 7],
    ["Shor code", 9],
    ["Toric code", 18],
  ] as const) {
    await page.getByLabel("Code", { exact: true }).selectOption({ label: name });
    const code = page.getByRole("group", { name: new RegExp(`${name}, ${qubits} qubits`) });
    await code.getByRole("button", { name: /Qubit 1: no error/ }).click();
    await expect(page.getByLabel("Verdict")).toContainText("1 error, corrected");
  }
  await expectAccessible();
});

test("the curves are sampled in sight and can be stopped", async ({ page, open }) => {
  await open(path);
  await page.getByLabel("Code", { exact: true }).selectOption({ label: "Repetition code" });
  await page.getByLabel("Noise").selectOption({ label: "Qubits alone" });
  await page.getByRole("button", { name: "Sample distances 3, 5, 7, 9" }).click();
  await expect(page.getByLabel("Logical error per round by distance")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Sample distances/ })).toBeVisible({
    timeout: 60_000,
  });
  // Four distances at six probabilities, and the header.
  const points = page.getByRole("table", { name: "Points of the curves" });
  await expect(points).toHaveAttribute("aria-rowcount", "25");
  await page.getByLabel("Code", { exact: true }).selectOption({ label: "Rotated surface code" });
  await page.getByRole("button", { name: "Sample distances 3, 5, 7, 9" }).click();
  await page.getByRole("button", { name: "Stop sampling" }).click();
  await expect(page.getByRole("button", { name: /^Sample distances/ })).toBeVisible();
});
