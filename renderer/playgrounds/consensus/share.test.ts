import { describe, expect, it } from "vitest";
import { decodeRun, encodeRun } from "./share.ts";

describe("a run in a link", () => {
  it("comes back as it was, in characters that any address takes", async () => {
    const document = { text: "ü ".repeat(500), list: [1, 2, { deep: null }] };
    const fragment = await encodeRun(document);
    expect(fragment).toMatch(/^run=[\w-]+$/);
    expect(JSON.parse((await decodeRun(`#${fragment}`, 10_000)) ?? "")).toEqual(document);
  });

  it("is absent from other fragments", async () => {
    expect(await decodeRun("", 100)).toBeNull();
    expect(await decodeRun("#nodes", 100)).toBeNull();
  });

  it("is refused when it is damaged or unpacks to too much", async () => {
    const fragment = await encodeRun({ text: "x".repeat(100_000) });
    expect(fragment.length).toBeLessThan(500);
    await expect(decodeRun(fragment, 1000)).rejects.toThrow("damaged");
    await expect(decodeRun("run=AAAA", 1000)).rejects.toThrow("damaged");
    await expect(decodeRun("run=%%%", 1000)).rejects.toThrow("damaged");
  });
});
