/** Versions, aliases, deletions and files, with models that are really read and tried. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openModelFiles } from "./model-files.ts";
import { registryLimits } from "./models-limits.ts";
import { ModelRegistry } from "./registry.ts";
import { RegistryTable } from "./registry-table.ts";
import { inspectModel } from "./run-graph.ts";
import { acrossRows, adder, classifier, temporaryHome } from "./testdata/served-models.ts";

const open: ModelRegistry[] = [];
const homes: string[] = [];

function start(home: string | null = null, clock = { nowMs: 1_000_000 }) {
  const registry = new ModelRegistry(new RegistryTable(home, clock.nowMs), openModelFiles(home), {
    now: () => clock.nowMs,
    // In the test's own thread; those of serving are tried where they serve.
    inspect: (bytes) => Promise.resolve().then(() => inspectModel(bytes)),
  });
  open.push(registry);
  return { registry, clock };
}

function newHome(): string {
  const home = temporaryHome();
  homes.push(home);
  return home;
}

afterEach(() => {
  for (const registry of open.splice(0)) registry.close();
  for (const home of homes.splice(0)) rmSync(home, { recursive: true });
});

const first = (targets: readonly { version: number }[]) => targets[0]!.version;

describe("a version", () => {
  it("is what its file says, numbered and never changed", async () => {
    const { registry } = start();
    const { bytes } = classifier(1);
    const row = await registry.add({
      name: "iris",
      bytes,
      lineage: { kind: "training", job: "job-1" },
    });
    expect(row).toMatchObject({
      version: 1,
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      lineage: { kind: "training", job: "job-1", dataset: null },
      inspection: { parameters: 15, batching: { allowed: true } },
    });
    expect(row.inspection.inputs).toEqual([{ name: "input", type: "float", shape: ["N", 4] }]);
    expect((await registry.add({ name: "iris", bytes })).version).toBe(2);
    expect(await registry.file(row)).toEqual(bytes);
    // The same file is kept once.
    expect(registry.bytes()).toBe(bytes.length);
  });

  it("whose rows depend on each other is not put into batches", async () => {
    const { registry } = start();
    const { inspection } = await registry.add({ name: "centred", bytes: acrossRows() });
    expect(inspection.batching.allowed).toBe(false);
    expect(inspection.batching.reason).toContain("other numbers than each alone");
  });

  it.each([
    [
      "of an unknown operator",
      adder(1, [{ name: "evil", operator: "Evil", outputs: ["y"] }]),
      'Node 1 (Evil "evil")',
    ],
    [
      "that fails when it is run",
      adder(1, [
        { name: "cut", operator: "Reshape", inputs: ["output0", "constant"], outputs: ["y"] },
      ]),
      'Node 1 (Reshape "cut")',
    ],
    ["of text", new TextEncoder().encode("<!doctype html>"), "not an ONNX model"],
    ["of nothing", new Uint8Array(), "no graph"],
  ])("%s is refused by name", async (_, bytes, detail) => {
    const { registry } = start();
    await expect(registry.add({ name: "bad", bytes })).rejects.toThrow(detail);
    expect(registry.models()).toEqual([]);
    expect(registry.bytes()).toBe(0);
  });

  it("beyond the bytes let in is refused before it is read", async () => {
    const { registry } = start();
    const bytes = new Uint8Array(registryLimits.fileBytesMax + 1);
    await expect(registry.add({ name: "big", bytes })).rejects.toMatchObject({
      code: "MODEL_REFUSED",
    });
  });
});

describe("an alias", () => {
  const withTwo = async () => {
    const started = start();
    for (const seed of [1, 2])
      await started.registry.add({ name: "iris", bytes: classifier(seed).bytes });
    return started;
  };
  const wish = (version: number, shadow: number | null = null) => ({
    model: "iris",
    alias: "champion",
    targets: [{ version, weight: 1 }],
    shadow,
  });

  it("is what a request without a version goes to; before it, the newest", async () => {
    const { registry } = await withTwo();
    expect(registry.resolve("iris", undefined, first).row.version).toBe(2);
    registry.setAlias(wish(1));
    expect(registry.resolve("iris", undefined, first).row.version).toBe(1);
    expect(registry.resolve("iris", "2", first).row.version).toBe(2);
    expect(() => registry.resolve("iris", "challenger", first)).toThrow('"challenger"');
    expect(() => registry.resolve("rose", undefined, first)).toThrow('no model "rose"');
  });

  it("moves only from where the mover saw it", async () => {
    const { registry } = await withTwo();
    expect(registry.setAlias(wish(1), 0).revision).toBe(1);
    expect(registry.setAlias(wish(2), 1).revision).toBe(2);
    expect(() => registry.setAlias(wish(1), 1)).toThrow("has revision 2, not 1");
    expect(registry.resolve("iris", "champion", first).row.version).toBe(2);
  });

  it("points at versions that are there, with a weight above zero", async () => {
    const { registry } = await withTwo();
    expect(() => registry.setAlias(wish(3))).toThrow("no version 3");
    expect(() => registry.setAlias(wish(1, 9))).toThrow("no version 9");
    const none = { ...wish(1), targets: [{ version: 1, weight: 0 }] };
    expect(() => registry.setAlias(none)).toThrow("weight above 0");
    expect(registry.aliases("iris")).toEqual([]);
  });

  it("goes with the version it needs, and comes back with it", async () => {
    const { registry } = await withTwo();
    registry.setAlias({
      model: "iris",
      alias: "canary",
      targets: [
        { version: 1, weight: 9 },
        { version: 2, weight: 1 },
      ],
      shadow: null,
    });
    registry.setAlias(wish(2, 1));
    const before = structuredClone(registry.aliases("iris"));
    const deletion = registry.remove("iris", 2);
    expect(deletion.versions).toEqual([2]);
    expect(registry.aliases("iris")).toMatchObject([
      { alias: "canary", targets: [{ version: 1, weight: 9 }] },
    ]);
    registry.undo(deletion.id);
    expect(registry.aliases("iris")).toEqual(before);
    expect(registry.versions("iris").map(({ version }) => version)).toEqual([2, 1]);
  });
});

describe("a deletion", () => {
  it("of a model can be undone for a while; its numbers are not given again", async () => {
    const { registry, clock } = start();
    const { bytes } = classifier(1);
    await registry.add({ name: "iris", bytes });
    const { id } = registry.remove("iris");
    expect(registry.models()).toEqual([]);
    expect((await registry.add({ name: "iris", bytes })).version).toBe(2);
    registry.undo(id);
    expect(registry.versions("iris").map(({ version }) => version)).toEqual([2, 1]);
    const late = registry.remove("iris", 1);
    clock.nowMs += registryLimits.undoMs;
    expect(() => registry.undo(late.id)).toThrow("no deletion");
  });

  it("is for good after that, with the file that nothing else needs", async () => {
    const home = newHome();
    const { registry, clock } = start(home);
    const shared = await registry.add({ name: "a", bytes: adder(1) });
    await registry.add({ name: "b", bytes: adder(1) });
    const alone = await registry.add({ name: "a", bytes: adder(2) });
    registry.remove("a");
    clock.nowMs += registryLimits.undoMs;
    await registry.purge();
    expect(readdirSync(join(home, "models"))).toEqual([`${shared.sha256}.onnx`]);
    expect(alone.sha256).not.toBe(shared.sha256);
    expect(registry.bytes()).toBe(shared.bytes);
  });
});

describe("after a restart", () => {
  it("everything is there: versions, aliases, deletions, files", async () => {
    const home = newHome();
    const before = start(home);
    await before.registry.add({
      name: "iris",
      bytes: adder(1),
      tags: { owner: "me" },
      labels: ["x"],
    });
    await before.registry.add({
      name: "iris",
      bytes: adder(2),
      reference: { "input0[0]": [1, 2] },
    });
    before.registry.setAlias({
      model: "iris",
      alias: "champion",
      targets: [{ version: 1, weight: 1 }],
      shadow: 2,
    });
    const rows = before.registry.versions("iris");
    const { id } = before.registry.remove("iris", 2);
    open.pop()!.close();
    const after = start(home);
    after.registry.undo(id);
    expect(after.registry.versions("iris")).toEqual(rows);
    expect(after.registry.aliases("iris")).toMatchObject([{ alias: "champion", shadow: 2 }]);
    expect(after.registry.reference(rows[0]!)).toEqual({ "input0[0]": [1, 2] });
    expect(await after.registry.file(rows[1]!)).toEqual(adder(1));
  });

  it("a file that was changed on disk is set aside and said to be lost", async () => {
    const home = newHome();
    const { registry } = start(home);
    const row = await registry.add({ name: "iris", bytes: adder(1) });
    const path = join(home, "models", `${row.sha256}.onnx`);
    writeFileSync(
      path,
      readFileSync(path).map((byte, at) => (at === 9 ? byte ^ 1 : byte)),
    );
    await expect(registry.file(row)).rejects.toMatchObject({ code: "MODEL_FILE_LOST" });
    expect(readdirSync(join(home, "models"))).toEqual([`${row.sha256}.onnx.damaged`]);
  });
});
