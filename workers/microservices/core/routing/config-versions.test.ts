import { describe, expect, it } from "vitest";
import { parseGatewayConfig } from "../../contract.ts";
import { routingLimits } from "../../limits.ts";
import { ConfigVersions } from "./config-versions.ts";

const named = (name: string) => parseGatewayConfig({ routes: [{ name, to: [{ service: "s" }] }] });

describe("versions of the configuration", () => {
  it("are found by their number for as long as the history names them", () => {
    const versions = new ConfigVersions();
    const count = routingLimits.versionsMax + 3;
    for (let turn = 1; turn <= count; turn++) versions.apply(named(`r${turn}`), "", turn);
    expect(versions.find(count)?.routes[0]?.name).toBe(`r${count}`);
    for (const { version } of versions.history) {
      expect(versions.find(version)).toEqual(named(`r${version}`));
    }
    expect(versions.find(count - routingLimits.versionsMax)).toBeUndefined();
    expect(versions.find(count + 1)).toBeUndefined();
  });

  it("are found after an undo, too, which is a version of its own", () => {
    const versions = new ConfigVersions();
    versions.apply(named("one"), "", 1);
    versions.apply(named("two"), "", 2);
    versions.undo(3);
    expect(versions.find(3)).toEqual(named("one"));
    expect(versions.find(2)).toEqual(named("two"));
  });
});
