/** Each dashboard stays open while the threads that it does not need are killed one after the other. */
import { type SubsystemId, subsystemIds } from "../workers/service/contract.ts";
import { expect, type PlatformHandle, test } from "./fixtures.ts";

interface Screen {
  readonly path: string;
  /** The port that it is opened on: the page is served from there. */
  readonly served: SubsystemId;
  /** Threads whose data it shows. */
  readonly needs: readonly SubsystemId[];
  /** A panel of it that shows such data. */
  readonly panel: string;
}

const screens: readonly Screen[] = [
  { path: "/edge", served: "edge", needs: ["edge"], panel: "Resource usage" },
  {
    path: "/microservices",
    served: "microservices",
    needs: ["microservices"],
    panel: "Service registry",
  },
  { path: "/analytics", served: "analytics", needs: ["analytics"], panel: "Anomaly detection" },
  { path: "/blockchain", served: "blockchain", needs: ["blockchain"], panel: "Accounts" },
  { path: "/consensus", served: "integration", needs: ["integration"], panel: "Nodes" },
];

// The page's own asides, such as the count of alerts, may meet the thread that is away.
test.use({ allowedConsoleErrors: [/Failed to load resource.*503/] });

for (const { path, served, needs, panel } of screens) {
  test(`${path} does not notice that other threads are killed`, async ({ page, platform }) => {
    test.skip(platform.host === "electron", "The window has no ports of its own.");
    await page.goto(platform.url(path, served));
    const shown = page.getByRole("region", { name: panel });
    await expect(shown).toBeVisible();
    const heading = await page.getByRole("heading", { level: 1 }).textContent();
    for (const victim of subsystemIds) {
      if (victim === served || needs.includes(victim)) continue;
      await killed(platform, served, victim);
      await expect(shown).toBeVisible();
      await expect(page.getByRole("alert")).toHaveCount(0);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(heading ?? "");
    }
    // It still follows its own thread.
    await page.reload();
    await expect(shown).toBeVisible();
  });
}

/** Kills a thread by way of another one's port, and waits until its successor is ready. */
async function killed(
  platform: PlatformHandle,
  witness: SubsystemId,
  victim: SubsystemId,
): Promise<void> {
  const threadOf = async () => {
    const state = (await (await fetch(platform.url("/api/platform", witness))).json()) as {
      threads: { id: string; state: string; restarts: number }[];
    };
    const thread = state.threads.find(({ id }) => id === victim);
    return { state: thread?.state, restarts: thread?.restarts ?? 0 };
  };
  const { restarts } = await threadOf();
  const order = await fetch(platform.url(`/api/platform/threads/${victim}/fault`, witness), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ kind: "kill" }),
  });
  expect(order.status).toBe(200);
  await expect
    .poll(threadOf, { timeout: 10_000 })
    .toEqual({ state: "ready", restarts: restarts + 1 });
}
