/** POSIX shell behaviour; where there is a real sh, the same texts are run by it, too. */
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { Shell } from "./interpreter.ts";
import { MemoryFiles } from "./memory-files.ts";
import { emptyInput, type Output } from "./pipe.ts";

async function run(source: string, files: Record<string, string> = {}) {
  const written = { stdout: "", stderr: "" };
  const output = (name: keyof typeof written): Output => ({
    write(text) {
      written[name] += text;
      return Promise.resolve();
    },
  });
  const host = {
    hostname: "pod-0",
    files: new MemoryFiles(files),
    now: () => Date.UTC(2026, 1, 3, 4, 5, 6),
    processes: () => [{ pid: 1, command: "sh" }],
    signalMain() {},
    fetch: () => Promise.reject(new Error("nobody")),
    counted() {},
  };
  const shell = new Shell(host, [["HOME", "/root"]], new AbortController().signal);
  const streams = { stdin: emptyInput, stdout: output("stdout"), stderr: output("stderr") };
  const { code } = await shell.run(source, streams);
  return { code, ...written };
}

const texts = [
  "echo one; echo two",
  "true && echo yes || echo no",
  "false && echo yes || echo no",
  "false; echo $?",
  "! false && echo negated",
  "echo 'single $HOME' \"double  $((",
  "X=5; echo \"$X\" '$X' ${X} ${Y:-none} a${X}b",
  'X="a  b"; echo $X; echo "$X"',
  "echo a b   c",
  'echo "" x',
  "echo hello | cat | cat",
  "seq 1 5 | tail -n 2",
  "seq 1 20 | head -n 3 | wc -l | grep -c 3",
  "for i in a b c; do echo $i; done",
  "for i in $(seq 1 3); do echo n$i; done | sort",
  "X=1; while [ $X != 1111 ]; do X=${X}1; echo $X; done",
  "for i in 1 2 3; do if [ $i -eq 2 ]; then continue; fi; echo $i; done",
  "for i in 1 2 3; do if [ $i = 2 ]; then break; else echo $i; fi; done",
  "if false; then echo a; elif true; then echo b; else echo c; fi",
  "(exit 3); echo $?",
  "(X=inner; echo $X); echo [$X]",
  "X=outer; echo inner | { X=changed; cat; }; echo $X",
  "echo $(echo nested $(echo deeper))",
  "echo `echo old`",
  "printf '%s-%s\\n' a b",
  "echo err >&2; echo out",
  "nosuchcommand_x 2>/dev/null; echo $?",
  "exit 7; echo never",
  "until true; do echo never; done; echo done",
  "X=1 env | grep '^X=1'; echo [$X]",
  "seq 1 30 | grep 2$; seq 1 3 | grep -v 2; seq 1 3 | grep -q 7; echo $?",
  "test -n '' || echo empty; test -z '' && echo zero",
  "echo a#b # comment",
  "echo line \\\n joined",
  "sleep 0; pwd >/dev/null; echo ok",
  "yes | head -n 2",
];

const hasShell = spawnSync("sh", ["-c", "exit 0"]).status === 0;

describe("the shell", () => {
  it.runIf(hasShell).each(texts)("does with %j what sh does", async (source) => {
    const real = spawnSync("sh", ["-c", source], { cwd: "/", encoding: "utf8", timeout: 5_000 });
    const { code, stdout } = await run(source);
    expect({ code, stdout }).toEqual({ code: real.status, stdout: real.stdout });
  });

  it("writes and reads files in memory", async () => {
    const source = "echo a > /tmp/f; echo b >> /tmp/f; cat < /tmp/f; ls /tmp; rm /tmp/f; ls /tmp";
    expect(await run(source)).toEqual({ code: 0, stdout: "a\nb\nf\n", stderr: "" });
    const missing = await run("cat /nope; echo $?; cd /nope || echo stays");
    expect(missing.stdout).toBe("1\nstays\n");
    expect(missing.stderr).toContain("No such file or directory");
  });

  it("bounds files, depth and expansions", async () => {
    const full = await run("yes 0123456789 > /tmp/f");
    expect(full).toMatchObject({ code: 1, stderr: "yes: No space left on device\n" });
    expect((await run("(".repeat(100) + "true" + ")".repeat(100))).code).toBe(2);
    expect((await run("X=$(yes)")).stderr).toContain("too large");
    expect((await run("sleep 1 &")).stderr).toContain("background jobs are not supported");
  });

  it("date prints what it is asked for", async () => {
    expect((await run("date")).stdout).toBe("Tue Feb  3 04:05:06 UTC 2026\n");
    expect((await run("date +%Y-%m-%d/%s")).stdout).toBe("2026-02-03/1770091506\n");
  });
});
