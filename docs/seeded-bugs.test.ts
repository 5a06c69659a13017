import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkRun } from "../workers/consensus/check-run.ts";
import { seededBugs } from "../workers/consensus/seeded-bugs.ts";
import { seededBugsFile, seededBugsPage } from "./seeded-bugs.ts";

const page = readFileSync(seededBugsFile, "utf8");
const seeds = [...page.matchAll(/\| (\d+) \|$/gm)].map(([, seed]) => Number(seed));

describe("consensus/seeded-bugs.md", () => {
  it("is current: node docs/seeded-bugs.ts", () => {
    expect(page).toBe(seededBugsPage(seeds));
  });

  it.each(seededBugs.map((bug, place) => ({ ...bug, seed: seeds[place] ?? 0 })))(
    "$algorithm: $name, with seed $seed",
    ({ seed, ...bug }) => {
      expect(seed).toBeLessThanOrEqual(bug.seedsMax);
      expect(checkRun(bug.runWith(seed)), "run node docs/seeded-bugs.ts").not.toBeNull();
    },
  );
});
