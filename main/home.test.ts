import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { claimHome } from "./home.ts";
import { StartupError } from "./startup-error.ts";

const owner = { pid: 4_242, url: "http://localhost:3000" };
let base: string;
let folder: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "home-"));
  folder = join(base, "data");
});
afterEach(() => rmSync(base, { recursive: true }));

const claim = () => claimHome(folder, owner, "the-token");

function refusal(): string {
  try {
    claim().release();
  } catch (error) {
    if (error instanceof StartupError) return error.message;
    throw error;
  }
  throw new Error("The folder was given.");
}

describe("claimHome", () => {
  it("makes the folder, tells who runs, and lets the owner alone read it", () => {
    const home = claim();
    const modes = ["", "token", "instance.json"].map(
      (name) => statSync(join(folder, name)).mode & 0o777,
    );
    expect(modes).toEqual([0o700, 0o600, 0o600]);
    expect(readFileSync(join(folder, "token"), "utf8")).toBe("the-token\n");
    expect(JSON.parse(readFileSync(join(folder, "instance.json"), "utf8"))).toEqual(owner);
    home.release();
  });

  it("leaves no temporary file", () => {
    const home = claim();
    const own = readdirSync(folder).filter((name) => !name.startsWith("instance.lock"));
    expect(own.toSorted()).toEqual(["instance.json", "token"]);
    home.release();
  });

  it("a second platform is refused, and learns where the first one is", () => {
    const home = claim();
    expect(refusal()).toBe(
      `The platform is already running with the data folder ${folder} as process 4242, at http://localhost:3000. Use that one, or start a second with --home DIR and --port-base N.`,
    );
    // The first one's files are still its own.
    expect(readFileSync(join(folder, "token"), "utf8")).toBe("the-token\n");
    home.release();
  });

  it("the refusal does without what is just being written", () => {
    const home = claim();
    rmSync(join(folder, "instance.json"));
    expect(refusal()).toBe(
      `The platform is already running with the data folder ${folder}. Use that one, or start a second with --home DIR and --port-base N.`,
    );
    home.release();
  });

  it("a released folder holds no token, and the next platform gets it", () => {
    claim().release();
    expect(["token", "instance.json"].filter((name) => existsSync(join(folder, name)))).toEqual([]);
    const next = claimHome(folder, { ...owner, pid: 7 }, "another");
    expect(readFileSync(join(folder, "token"), "utf8")).toBe("another\n");
    next.release();
  });

  it("takes over what a process left that was killed", () => {
    mkdirSync(folder);
    writeFileSync(join(folder, "token"), "stale\n", { mode: 0o644 });
    writeFileSync(join(folder, "instance.json"), "{ torn");
    const home = claim();
    expect(readFileSync(join(folder, "token"), "utf8")).toBe("the-token\n");
    expect(statSync(join(folder, "token")).mode & 0o777).toBe(0o600);
    home.release();
  });

  it("two folders are two platforms", () => {
    const homes = [claim(), claimHome(join(base, "other"), owner, "t")];
    const tokens = [folder, join(base, "other")].map((each) =>
      readFileSync(join(each, "token"), "utf8"),
    );
    expect(tokens).toEqual(["the-token\n", "t\n"]);
    homes.forEach((home) => home.release());
  });
});

describe("a folder that cannot be had is one sentence that says what to do", () => {
  it("a file in its place", () => {
    writeFileSync(folder, "");
    expect(refusal()).toBe(
      `The data folder ${folder} cannot be written (EEXIST). Choose another with --home DIR (or DEMO_HOME), or run with --ephemeral.`,
    );
  });

  it("a file in its path", () => {
    writeFileSync(folder, "");
    folder = join(folder, "deeper");
    expect(refusal()).toMatch(/^The data folder .* cannot be written \(ENOTDIR\)\. Choose .*\.$/);
  });

  it("a lock file that is something else", () => {
    mkdirSync(folder);
    writeFileSync(join(folder, "instance.lock"), "garbage ".repeat(500));
    expect(refusal()).toMatch(
      /^The lock file .*instance\.lock cannot be used \(.*\)\. Remove it, or choose .*\.$/,
    );
    expect(existsSync(join(folder, "token"))).toBe(false);
  });
});
