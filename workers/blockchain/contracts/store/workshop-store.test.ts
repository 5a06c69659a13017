import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultSettings, type Hex } from "../artefact.ts";
import type { CompilationSummary } from "../compiler/summary.ts";
import { storeLimits } from "../limits.ts";
import { openWorkshopDatabase } from "./workshop-database.ts";
import { type Deployment, StoreRefused, WorkshopStore } from "./workshop-store.ts";

const idOf = (number: number): Hex => `0x${String(number).padStart(64, "0")}`;
const summary = (number: number, contracts: CompilationSummary["contracts"] = []) => ({
  id: idOf(number),
  compiler: "0.8.37",
  settings: defaultSettings,
  files: ["A.sol"],
  diagnostics: [],
  contracts,
});
const contract = {
  file: "A.sol",
  name: "A",
  abi: [],
  codeBytes: 1,
  creationBytes: 1,
  libraries: [],
  tests: 0,
};
const deployment = (compilation: Hex): Deployment => ({
  chain: 1,
  address: `0x${"aB".repeat(20)}`,
  compilation,
  contract: "A",
  arguments: "0x",
  transactionHash: null,
  match: "exact",
  notedAt: 5,
});

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "contracts-"));
});
afterEach(() => rmSync(home, { recursive: true }));
const open = (where: string | null = null) => new WorkshopStore(openWorkshopDatabase(where, 0));

describe("the store of contracts", () => {
  it("keeps everything over a restart", () => {
    const store = open(home);
    const content = { sources: { "A.sol": "contract A {}" }, settings: defaultSettings };
    store.createWorkspace("one", "Mine", content, 7);
    store.putCompilation(summary(1, [contract]), "{}", 8);
    store.putDeployment(deployment(idOf(1)));
    store.close();
    const again = open(home);
    expect(again.workspaces()).toEqual([
      { id: "one", name: "Mine", version: 1, createdAt: 7, savedAt: 7 },
    ]);
    expect(again.content("one")).toEqual({ version: 1, savedAt: 7, ...content });
    expect(again.summary(idOf(1))).toMatchObject({ compiledAt: 8, files: ["A.sol"] });
    const address = `0x${"ab".repeat(20)}`;
    expect(again.deployment(1, address.toUpperCase().replace("0X", "0x"))).toEqual({
      ...deployment(idOf(1)),
      address,
    });
    expect(again.deployment(2, address)).toBeUndefined();
    expect(again.deleteDeployment(1, address)).toBe(true);
    again.close();
  });

  it("renames a workspace as it is saved, save to a name that another has", () => {
    const store = open();
    const content = { sources: {}, settings: defaultSettings };
    store.createWorkspace("one", "Mine", content, 1);
    store.createWorkspace("two", "Yours", content, 2);
    const taken = () => store.saveWorkspace("one", { ...content, name: "Yours" }, 3);
    expect(taken).toThrow(StoreRefused);
    store.saveWorkspace("one", { ...content, name: "Ours" }, 4);
    expect(store.saveWorkspace("one", { ...content, name: "Ours" }, 5)).toMatchObject({
      name: "Ours",
      version: 3,
    });
    store.close();
  });

  it("drops compilations that were not used for longest, and none that is deployed", () => {
    const store = open();
    for (let number = 0; number < storeLimits.compilationsMax; number++) {
      store.putCompilation(summary(number, number % 2 === 0 ? [contract] : []), "{}", number);
      if (number === 0) store.putDeployment(deployment(idOf(0)));
    }
    // Used again, so that the one after it goes first.
    expect(store.compilationJson(idOf(1))).toBe("{}");
    store.putCompilation(summary(1_000), "{}", 1);
    store.putCompilation(summary(1_001), "{}", 1);
    store.putCompilation(summary(1_002), "{}", 1);
    expect([0, 1, 2, 3, 4].map((number) => store.summary(idOf(number)) !== undefined)).toEqual([
      true,
      true,
      false,
      false,
      true,
    ]);
    // Only what has contracts can be running: the deployed one first, then the newest.
    expect(store.searched(3)).toEqual([idOf(0), idOf(198), idOf(196)]);
    store.close();
  });

  it("has room for so many workspaces", () => {
    const store = open();
    const content = { sources: {}, settings: defaultSettings };
    for (let number = 0; number < storeLimits.workspacesMax; number++) {
      store.createWorkspace(String(number), String(number), content, number);
    }
    expect(() => store.createWorkspace("more", "more", content, 0)).toThrow(StoreRefused);
    store.close();
  });
});
