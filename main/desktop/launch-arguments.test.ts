import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readLaunchArguments } from "./launch-arguments.ts";
import { profileFolder } from "./profile.ts";

describe("readLaunchArguments", () => {
  it("leaves our flags, whatever Chromium and the system add", () => {
    const given = ["--no-sandbox", "--only=quantum", "--inspect=0", "demo://x", "--port-base", "9"];
    const expected = { flags: ["--only=quantum", "--port-base", "9"], deepLink: "demo://x" };
    expect(readLaunchArguments(["electron", ".", ...given], false)).toEqual(expected);
    expect(readLaunchArguments(["demo-control-center", ...given], true)).toEqual(expected);
  });

  it("hides no flag that is merely like one of Chromium's", () => {
    const given = ["--no-sandboxes", "--language", "--user"];
    expect(readLaunchArguments(["app", ...given], true).flags).toEqual(given);
  });
});

describe("profileFolder", () => {
  const env = { XDG_DATA_HOME: "/data", APPDATA: "/data" };
  const options = { ephemeral: false, home: "/somewhere", portBase: 3000 };

  it("is one for each data folder, whatever the ports", () => {
    const folder = join("/somewhere", "desktop");
    expect(profileFolder(options, env, "/user")).toBe(folder);
    expect(profileFolder({ ...options, portBase: 4000 }, env, "/user")).toBe(folder);
  });

  it("is one for each port base when nothing is kept", () => {
    const [first, second] = [3000, 4000].map((portBase) =>
      profileFolder({ ...options, ephemeral: true, portBase }, env, "/user"),
    );
    expect(first).not.toBe(second);
    expect(first).not.toContain("somewhere");
  });
});
