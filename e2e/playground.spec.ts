/** The consensus playground: break a run, read the verdict, go back, share it, write an algorithm. */
import { readFile } from "node:fs/promises";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";

const path = "/playgrounds/consensus";
const verdict = (page: Page) => page.getByLabel("Verdict");
const nodeButton = (page: Page, id: number) =>
  page.getByRole("button", { name: new RegExp(`^Node ${id} .*(term|empty)`) });

/** Goes to a moment, as the slider does. */
async function seek(page: Page, timeMs: number): Promise<void> {
  await page.getByRole("slider", { name: "Moment of the run" }).fill(String(timeMs));
  await expect(page.getByLabel("Virtual time")).toContainText((timeMs / 1000).toFixed(3));
}

test("a leader is cut off, another leads, and the healed run is linearizable", async ({
  page,
  open,
}) => {
  await open(path);
  await seek(page, 2000);
  await expect(verdict(page)).toContainText("Node 2 leads term 1; 5 of 5 agree; linearizable");
  await page.getByRole("button", { name: "Cut off the leader" }).click();
  await expect(page.getByText("Cut off: node 2.")).toBeVisible();
  await seek(page, 4000);
  await expect(verdict(page)).toContainText(/Node [1345] leads term \d+; 4 of 5 agree/);
  await page.getByRole("button", { name: "Heal the network" }).click();
  await page.getByLabel("Speed").selectOption("10");
  await page.getByRole("button", { name: "Play", exact: true }).click();
  await expect(verdict(page)).toContainText(/Node \d leads term \d+; 5 of 5 agree/);
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  await expect(verdict(page)).toContainText("linearizable so far");
  await page.getByRole("tab", { name: "History" }).click();
  await expect(page.getByText(/One order of them/)).toBeVisible();
});

test("by keyboard: crash, step back, step on, undo", async ({ page, open }) => {
  await open(path);
  await seek(page, 1000);
  const node = nodeButton(page, 3);
  await node.focus();
  await page.keyboard.press("c");
  await expect(node).toContainText("crashed");
  const interventions = page.getByRole("list", { name: "Interventions" });
  await expect(interventions).toContainText("crash node 3");
  await page.keyboard.press(",");
  await expect(node).toContainText("follower");
  await page.keyboard.press(".");
  await expect(node).toContainText("crashed");
  await node.press("Enter");
  await page.getByRole("button", { name: "Restart node 3" }).press("Enter");
  await expect(interventions).toContainText("restart node 3");
  await page.getByRole("button", { name: "Undo" }).press("Enter");
  await expect(interventions).not.toContainText("restart node 3");
  await expect(node).toContainText("crashed");
});

test("nodes are selected with Shift and partitioned, from the menu, and by dragging", async ({
  page,
  open,
}) => {
  await open(path);
  await seek(page, 1000);
  await nodeButton(page, 1).click();
  await nodeButton(page, 4).click({ modifiers: ["Shift"] });
  await page.getByRole("button", { name: "Partition selected" }).click();
  await expect(page.getByText("Cut off: node 1, 4.")).toBeVisible();
  await nodeButton(page, 5).click({ button: "right" });
  await page.getByRole("menuitem", { name: /Pause node 5/ }).click();
  await expect(nodeButton(page, 5)).toContainText("paused");
  await page.getByRole("button", { name: "Heal the network" }).click();
  await expect(page.getByText("Every node reaches every other.")).toBeVisible();
  const from = await nodeButton(page, 3).boundingBox();
  const to = await page.getByText("Cut off: drag nodes here").boundingBox();
  if (from === null || to === null) throw new Error("the ring is not on the screen");
  await page.mouse.move(from.x + 40, from.y + 20);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y + 80, { steps: 8 });
  await page.mouse.move(to.x + to.width, to.y + 120, { steps: 4 });
  await page.mouse.up();
  await expect(page.getByText("Cut off: node 3.")).toBeVisible();
});

test("a shared link opens the same run at the same moment", async ({ page, open }) => {
  await open(path);
  await seek(page, 1500);
  await page.getByRole("button", { name: "Cut off the leader" }).click();
  await expect(page).toHaveURL(/#run=/);
  await seek(page, 3210);
  await expect(page).toHaveURL(/t=3210/);
  const said = await verdict(page).textContent();
  const address = new URL(page.url());
  await page.getByRole("button", { name: "Start over" }).click();
  await expect(page.getByLabel("Virtual time")).toContainText("0.000");
  await expect(page).not.toHaveURL(/#run=/);
  await open(address.pathname + address.search + address.hash);
  await expect(page.getByLabel("Virtual time")).toContainText("3.210");
  await expect(page.getByRole("list", { name: "Interventions" })).toContainText("cut off 2");
  await expect(verdict(page)).toHaveText(said ?? "");
});

test("a damaged link or file is refused in words, and a run is open all the same", async ({
  page,
  open,
}) => {
  await open(`${path}#run=AAAA`);
  await expect(page.getByRole("alert")).toContainText("The link is damaged");
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
  await page.getByLabel("Run file").setInputFiles({
    name: "run.json",
    mimeType: "application/json",
    buffer: Buffer.from('{\n  "version": 1,\n  "seed" 4\n}'),
  });
  await expect(page.getByRole("alert")).toContainText("damaged at line 3");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Share" }).click();
  await page.getByRole("menuitem", { name: "Save the run as a file" }).click();
  const saved = JSON.parse(await readFile(await (await saving).path(), "utf8"));
  saved.interventions.push({ kind: "crash", node: 4, atMs: 500 });
  await page.getByLabel("Run file").setInputFiles({
    name: "run.json",
    mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify(saved)),
  });
  await expect(page.getByRole("alert")).toHaveCount(0);
  await expect(page.getByRole("list", { name: "Interventions" })).toContainText("crash node 4");
});

test("a lesson is walked through", async ({ page, open }) => {
  await open(`${path}?tab=lessons`);
  await page.getByRole("button", { name: "Open the lesson figure 8 of the raft paper" }).click();
  const lesson = page.getByRole("article", { name: /Figure 8/ });
  for (let step = 1; step <= 4; step++) {
    await page.getByRole("button", { name: "Next step" }).click();
    await expect(page.getByText(`Figure 8 of the Raft paper, ${step} of 6.`)).toBeVisible();
  }
  await expect(lesson.locator("[aria-current=step]")).toContainText("(c)");
  await expect(verdict(page)).toContainText(/Node \d leads term \d+; 3 of 5 agree/);
  await lesson.getByRole("button", { name: "Show the answer" }).click();
  await expect(lesson).toContainText("section 5.4.1");
});

test("an algorithm is written and tried with many seeds; the first that fails is opened", async ({
  page,
  open,
}) => {
  await open(`${path}?tab=algorithm`);
  await page.getByLabel("Template").selectOption("forgetful");
  await page.getByRole("button", { name: "Compile and run" }).click();
  await expect(page.getByText("This is what runs.")).toBeVisible();
  await seek(page, 2000);
  await expect(verdict(page)).toContainText("Node 1 leads term 1; 5 of 5 agree");
  await page.getByRole("button", { name: "Test 1,000 seeds" }).click();
  await page.getByRole("button", { name: /Open the run of seed \d+/ }).click();
  await expect(verdict(page)).toContainText("Agreement:");
  await page.getByRole("tab", { name: "Checks" }).click();
  await expect(
    page.getByRole("list", { name: "Invariants, checked after every event" }),
  ).toContainText("violated");
});

const spinning = `import { ConsensusManager } from "consensus";
export default class Spin extends ConsensusManager<unknown, string> {
  algorithm = "spin";
  id: number;
  constructor(id: number) { super(); this.id = id; }
  onStart(context) { context.setTimer("tick", 100 * this.id); }
  onMessage() {}
  onTimer() { while (this.id === 3); }
  onSynced() {}
  propose() { return { accepted: false, reason: "not-leader", leader: null }; }
  status() {
    const none = { term: 0, leader: null, commitIndex: 0, lastIndex: 0, halted: null };
    return { algorithm: "spin", id: this.id, role: "spinner", ...none };
  }
  membership() { return { voters: [], outgoing: [], learners: [] }; }
}
`;

async function write(page: Page, source: string): Promise<void> {
  const editor = page.getByRole("textbox", { name: "Source of your algorithm" });
  await editor.press("Control+a");
  await page.keyboard.insertText(source);
}

test.describe("an algorithm with a mistake", () => {
  // The compiler's refusal is an answer of the API.
  test.use({ allowedConsoleErrors: [/422 \(Unprocessable/] });

  test("does not compile, with the line, or hangs and is stopped with its event", async ({
    page,
    open,
  }) => {
    await open(`${path}?tab=algorithm`);
    await write(page, "let a = 1;\nlet b = ;\n");
    await page.getByRole("button", { name: "Compile and run" }).click();
    await expect(page.getByRole("alert")).toContainText("Line 2, column 9: Expression expected.");
    await write(page, spinning);
    await page.getByRole("button", { name: "Compile and run" }).click();
    await expect(page.getByText("This is what runs.")).toBeVisible();
    await page.getByRole("slider", { name: "Moment of the run" }).fill("2000");
    await expect(verdict(page)).toContainText(
      /The process does not come back from timer at node 3, at event \d+/,
      { timeout: 20_000 },
    );
    await page.getByRole("tab", { name: "Events" }).click();
    const events = page.getByRole("table", { name: "Events of the run" });
    await expect(events).toContainText("2 timer tick");
    await page.getByRole("button", { name: "Step back one event" }).click();
    await expect(nodeButton(page, 1)).toContainText("spinner");
  });
});

test("code from a link is shown before it runs", async ({ page, open }) => {
  await open(`${path}?tab=algorithm`);
  await page.getByRole("button", { name: "Compile and run" }).click();
  await expect(page).toHaveURL(/#run=/);
  const { pathname, search, hash } = new URL(page.url());
  await page
    .getByRole("navigation", { name: "Main" })
    .getByRole("link", { name: "Settings" })
    .click();
  await open(pathname + search + hash);
  await expect(page.getByLabel("Source of the algorithm")).toContainText("class MyAlgorithm");
  await expect(page.getByRole("button", { name: "Play", exact: true })).toHaveCount(0);
  await page.getByRole("button", { name: "Run this algorithm" }).click();
  await expect(page.getByRole("button", { name: "Play", exact: true })).toBeVisible();
});

test("two algorithms are compared on the same faults, and a fork is kept", async ({
  page,
  open,
}) => {
  await open(`${path}?lesson=figure-8&t=2500&tab=compare`);
  await page.getByLabel("Compare with").selectOption({
    label: "Broken Raft: an entry of an earlier term is committed by counting its copies",
  });
  const broken = page.getByRole("region", { name: /Broken Raft/ });
  await expect(broken).toContainText(/completeness|safety|Agreement/i);
  await expect(page.getByRole("region", { name: "Raft of the paper" })).toContainText(
    /Node \d leads term \d+; 3 of 5 agree/,
  );
  await page.getByRole("button", { name: "Fork the run here" }).click();
  await seek(page, 500);
  await page.getByRole("button", { name: "Go to fork 1" }).click();
  await expect(page.getByLabel("Virtual time")).toContainText("2.500");
});

test("an algorithm reaches nothing outside its thread", async ({ page, open }) => {
  await open(`${path}?tab=algorithm`);
  const tries = [
    'fetch("/api/integration/status")',
    "globalThis.postMessage(1)",
    "Object.getPrototypeOf(Object.getPrototypeOf(globalThis)).fetch('/')",
    "new Worker('/assets/x.js')",
    "Date.now()",
  ];
  await write(
    page,
    spinning
      .replaceAll("Spin", "Curious")
      .replace(
        "while (this.id === 3);",
        `[${tries.map((one) => `() => ${one}`).join()}][this.id - 1]?.();`,
      ),
  );
  await page.getByRole("button", { name: "Compile and run" }).click();
  await expect(page.getByText("This is what runs.")).toBeVisible();
  await seek(page, 2000);
  await page.getByRole("tab", { name: "Checks" }).click();
  const problems = page.getByRole("list", { name: "Problems of the run" });
  for (const [place, remedy] of [
    "fetch is not part of a deterministic run: use context.send(to, message)",
    "postMessage is not part of a deterministic run: use context.send(to, message)",
    "fetch is not part",
    "Worker is not part of a deterministic run: a node is one process",
    "Date.now is not part of a deterministic run: use context.now()",
  ].entries()) {
    await expect(problems).toContainText(`node ${place + 1} is stopped: ${remedy}`);
  }
});

const tabsOf = {
  dark: ["Nodes", "Events", "Sequence", "Your algorithm"],
  light: ["History", "Checks", "Lessons", "Forks and compare"],
};
for (const theme of ["dark", "light"] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });

    test("the tabs are accessible", async ({ page, open, expectAccessible }) => {
      await open(`${path}?lesson=lost-quorum&t=3900`);
      await nodeButton(page, 3).click();
      for (const tab of tabsOf[theme]) {
        await page.getByRole("tab", { name: tab, exact: true }).click();
        await expect(page.getByRole("status", { name: "Loading" })).toHaveCount(0);
        await expectAccessible();
      }
    });
  });
}
