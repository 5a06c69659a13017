/** The screens of the integration thread: distributed tests, traces, logs. */
import { expect, test } from "./fixtures.ts";

test.describe("distributed tests", () => {
  test("a run shows each component, its consensus and its trace", async ({ page, open }) => {
    await open("/tests");
    await page.getByRole("button", { name: "Run test" }).click();
    const components = page.getByRole("list", { name: /^Components of run/ });
    await expect(components.getByRole("listitem")).not.toHaveCount(0);
    for (const name of ["Quantum", "Analytics", "Edge", "Microservices", "Blockchain"]) {
      await expect(components.getByText(name, { exact: true })).toBeVisible();
    }
    await expect(components.getByText("ok", { exact: true }).first()).toBeVisible();
    const consensus = page.getByRole("region", { name: "Consensus on the result" });
    await expect(consensus).toContainText("agreed");
    await expect(consensus).toContainText(/Log index\d+/);
    await expect(page.getByRole("region", { name: "Aggregated result" })).toContainText("merge");
    await page.getByRole("link", { name: "Trace of this run" }).click();
    await expect(page).toHaveURL(/\/traces\?trace=/);
    await expect(page.getByRole("tree", { name: "Spans of the trace" })).toContainText(
      "quantum.search",
      { timeout: 15_000 },
    );
  });

  test("a vote without consensus, compared with an earlier run", async ({ page, open }) => {
    await open("/tests?consensus=false&aggregation=vote&type=health_check");
    const verdict = page.getByLabel("Verdict");
    await page.getByRole("button", { name: "Run test" }).click();
    await expect(verdict).toContainText(/Run \d+: \d of \d components passed/);
    const first = /Run (\d+)/.exec((await verdict.textContent()) ?? "")?.[1];
    await page.getByRole("button", { name: "Run test" }).click();
    // The second run has ended, and not only begun.
    await expect(verdict).toContainText(new RegExp(`Run (?!${first}:)\\d+: \\d of \\d components`));
    await expect(page.getByRole("region", { name: "Consensus on the result" })).toHaveCount(0);
    // The list may be drawn anew, and closed, while the second run comes into it.
    await expect(async () => {
      await page.getByRole("combobox", { name: "Compare with" }).click();
      const option = page.getByRole("option", { name: `Run ${first}, health_check` });
      await option.click({ timeout: 2_000 });
    }).toPass({ timeout: 20_000 });
    await expect(page.getByText(`mark: run ${first}`)).toBeVisible();
    await expect(page).toHaveURL(/compare=/);
    await page.reload();
    await expect(page.getByText(`mark: run ${first}`)).toBeVisible();
  });

  test("the history keeps runs and opens them", async ({ page, open }) => {
    await open("/tests?consensus=false&type=health_check");
    await page.getByRole("button", { name: "Run test" }).click();
    const history = page.getByRole("table", { name: "Test runs" });
    await history
      .getByRole("button", { name: /^Open run/ })
      .last()
      .click();
    await expect(page).toHaveURL(/run=\d+/);
  });

  test("a data flow runs and tells how it went", async ({ page, open }) => {
    await open("/tests");
    const flows = page.getByRole("list", { name: "Data flows" });
    await flows.getByRole("button", { name: "Run delays-to-statistics" }).click();
    const flow = flows.getByRole("listitem").filter({ hasText: "delays-to-statistics" });
    await expect(flow).toContainText("ok");
    await expect(flow).not.toContainText(/^0 runs/);
  });
});

test.describe("traces", () => {
  test("a request becomes a waterfall that the keyboard walks through", async ({
    page,
    open,
    platform,
    request,
    expectAccessible,
  }) => {
    const answer = await request.post(platform.url("/api/distributed/quantum-search"), {
      data: { items: ["a", "b", "c", "d"], target: "c" },
    });
    const { traceId } = (await answer.json()) as { traceId: string };
    await open(`/traces?trace=${traceId}`);
    const tree = page.getByRole("tree", { name: "Spans of the trace" });
    await expect(tree.getByRole("treeitem")).toHaveCount(5, { timeout: 15_000 });
    await expectAccessible();
    const root = tree.getByRole("treeitem").first();
    await root.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect(page).toHaveURL(/span=/);
    await expect(page.getByRole("region", { name: /^Span / })).toContainText("Parent");
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowLeft");
    await expect(root).toHaveAttribute("aria-expanded", "false");
    await expect(tree.getByRole("treeitem")).toHaveCount(1);
    await page.getByRole("link", { name: "Logs of this trace" }).click();
    await expect(page).toHaveURL(new RegExp(`/logs\\?trace=${traceId}`));
  });

  test("the table filters and leads to a trace", async ({ page, open }) => {
    await open("/traces");
    const filter = page.getByRole("textbox", { name: "Filter Traces" });
    await filter.fill("spans>=1 status:ok");
    await expect(page).toHaveURL(/filter=/);
    const table = page.getByRole("table", { name: "Traces" });
    await table.getByRole("button").nth(7).click();
    await expect(page).toHaveURL(/trace=[0-9a-f]{32}/);
    await expect(page.getByRole("tree", { name: "Spans of the trace" })).toBeVisible();
    await page.getByRole("button", { name: "Close trace" }).click();
    await expect(page).not.toHaveURL(/trace=/);
  });

  test("a trace that is not stored says why", async ({ page, open }) => {
    await open(`/traces?trace=${"0".repeat(32)}`);
    await expect(page.getByText("No span of this trace is stored.")).toBeVisible();
  });
});

test.describe("logs", () => {
  test("records arrive live, wait while paused, and open in a drawer", async ({
    page,
    open,
    platform,
    request,
    expectAccessible,
  }) => {
    await open("/logs");
    const table = page.getByRole("table", { name: "Log records" });
    await expect(table.getByRole("button", { name: /Ready/ }).first()).toBeVisible();
    await page.getByRole("button", { name: "Pause" }).and(page.locator("main button")).click();
    await request.post(platform.url("/api/platform/threads/quantum/restart"), { data: {} });
    await expect(page.getByRole("button", { name: /Resume, [1-9]\d* new/ })).toBeVisible();
    await page.getByRole("button", { name: /Resume/ }).click();
    await expect(page.getByLabel("Verdict")).toContainText("followed live");
    await table.getByRole("button", { name: /Ready/ }).first().click();
    await expect(page).toHaveURL(/record=\d+/);
    const drawer = page.getByRole("dialog", { name: /^Record \d+/ });
    await expect(drawer).toContainText("source");
    await expectAccessible();
    await page.keyboard.press("Escape");
    await expect(drawer).toHaveCount(0);
  });

  test("filters are in the address and hold after a reload", async ({ page, open }) => {
    await open("/logs?subsystem=quantum");
    const table = page.getByRole("table", { name: "Log records" });
    await expect(table).toContainText("Quantum");
    await expect(table).not.toContainText("Gateway");
    await page.getByRole("textbox", { name: "Message contains" }).fill("no such message at all");
    await expect(page).toHaveURL(/text=/);
    await expect(page.getByText("No record passes the filters.")).toBeVisible();
    await page.reload();
    await expect(page.getByRole("textbox", { name: "Message contains" })).toHaveValue(
      "no such message at all",
    );
  });

  test("records are exported as CSV", async ({ page, open }) => {
    await open("/logs");
    await expect(page.getByRole("table", { name: "Log records" })).toContainText("Ready");
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export Log records as CSV" }).click();
    expect((await download).suggestedFilename()).toBe("log-records.csv");
  });
});

test("the console's answer leads to its trace", async ({ page, open }) => {
  await open("/console?op=integration.quantumSearch");
  await page.getByRole("button", { name: "Send" }).click();
  await page
    .getByRole("region", { name: "Response" })
    .getByRole("link", { name: "Trace", exact: true })
    .click();
  await expect(page).toHaveURL(/\/traces\?trace=[0-9a-f]{32}/);
});

test("lifecycle events lead to the logs of their thread", async ({ page, open }) => {
  await open("/components?thread=quantum");
  await page.getByRole("link", { name: "Logs of Quantum" }).click();
  await expect(page).toHaveURL(/\/logs\?subsystem=quantum/);
});
