import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseSimulateOptions, SimulateOptionsError } from "./simulate-options.ts";

const root = join(import.meta.dirname, "..");

function simulate(...argv: string[]): { code: number | null; out: string; err: string } {
  const script = join(import.meta.dirname, "simulate.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...argv], {
    cwd: root,
    encoding: "utf8",
  });
  return { code: status, out: stdout, err: stderr };
}

describe("npm run simulate", () => {
  it("runs seeds and says how fast", () => {
    const { code, out } = simulate("raft", "--seeds", "3");
    expect(out).toMatch(/^Raft, storm: 3 seeds clean, \d+\.\d seeds\/s, \d+ times real time;/);
    expect(code).toBe(0);
  });

  it("stops at the first seed that fails, with the line that shows it again", () => {
    const file = join(mkdtempSync(join(tmpdir(), "simulate-")), "hasty.ts");
    const room = join(root, "workers/consensus");
    writeFileSync(
      file,
      `import { MajorityVote } from ${JSON.stringify(join(room, "majority-vote.ts"))};
      export default class Hasty extends MajorityVote {
        last = 0;
        override propose(context: never, command: string) {
          this.last += 1;
          this.commit({ index: this.last, term: 1, command });
          return { accepted: true, index: this.last, term: 1 } as const;
        }
      }`,
    );
    const argv = ["--algorithm-file", file, "--nodes", "3"];
    const { code, err } = simulate(...argv, "--seeds", "5");
    expect(code).toBe(1);
    expect(err).toMatch(/invariant: agreement: at \d+ node \d commits/);
    expect(err).toContain(`npm run simulate -- ${argv.join(" ")} --seed 1 --log run.txt`);
    const log = `${file}.log`;
    const again = simulate(...argv, "--seed", "1", "--log", log);
    expect(again.err.split("\n")[0]).toBe(err.split("\n")[0]);
    expect(readFileSync(log, "utf8").split("\n").length).toBeGreaterThan(10);
  });

  it("explains what it cannot do in a sentence, with exit code 2", () => {
    const refused = (...argv: string[]): string => {
      const { code, err } = simulate(...argv);
      expect(code).toBe(2);
      expect(err).not.toContain(" at ");
      return err;
    };
    expect(refused("raft", "--byzantine", "1=equivocate")).toMatch(/assumes that no node lies/);
    expect(refused("multi-paxos", "--scenario", "turnover")).toMatch(/changes the membership/);
    expect(refused("--algorithm-file", "nowhere.ts")).toMatch(/nowhere\.ts: /);
  });
});

describe("its command line", () => {
  it.each([
    [[], /Name an algorithm: raft/],
    [["zab"], /no algorithm "zab"/],
    [["raft", "multi-paxos"], /One algorithm at a time/],
    [["raft", "--seeds", "many"], /--seeds must be a whole number/],
    [["raft", "--seeds", "0"], /at least 1/],
    [["raft", "--scenario", "sunny"], /no scenario "sunny": calm, storm/],
    [["raft", "--byzantine", "one"], /NODE=BEHAVIOUR/],
    [["raft", "--log", "x"], /add --seed/],
    [["raft", "--fast"], /--fast/],
  ])("%j", (argv, message) => {
    expect(() => parseSimulateOptions(argv)).toThrow(SimulateOptionsError);
    expect(() => parseSimulateOptions(argv)).toThrow(message);
  });

  it("takes one seed in place of a range, and liars one by one or in a list", () => {
    const options = parseSimulateOptions(
      ["pbft", "--seed", "7", "--byzantine", "1=a,2=b-c"].with(0, "raft"),
    );
    expect(options).toMatchObject({ from: 7, seeds: 1, byzantine: { 1: "a", 2: "b-c" } });
    expect(parseSimulateOptions(["raft"])).toMatchObject({
      from: 1,
      seeds: 100,
      scenario: "storm",
    });
  });
});
