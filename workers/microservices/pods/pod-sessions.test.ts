import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { RuntimeHarness } from "./runtime-harness.ts";

describe("exec", () => {
  it("runs commands in a container: environment, files, input, codes", async () => {
    await using harness = new RuntimeHarness();
    const key = await harness.run("nginx", {
      podName: "web-0",
      environment: { GREETING: "hello world" },
      files: { "app.conf": "a=1\nb=2\n", "/usr/share/nginx/html/own.txt": "mounted" },
    });
    const exec = async (...command: string[]) => (await harness.exec(key, command)).stdout;
    expect(await exec("env")).toBe("GREETING=hello world\n");
    expect(await exec("hostname")).toBe("web-0\n");
    expect(await exec("cat", "/etc/hostname")).toBe("web-0\n");
    expect(await exec("cat", "/etc/config/app.conf")).toBe("a=1\nb=2\n");
    expect(await exec("ls", "/etc/config")).toBe("app.conf\n");
    expect(await exec("ps")).toContain("1 root      0:00 nginx\n");
    expect(await (await fetch(harness.url(key, "/own.txt"))).text()).toBe("mounted");
    expect(await exec("wget", "-qO-", "http://localhost/robots.txt")).toContain("Disallow");
    expect(await harness.exec(key, ["curl", "-s", "localhost:81"])).toMatchObject({ code: 7 });
    expect(await harness.exec(key, ["cat"], "typed\nlines")).toEqual({
      stdout: "typed\nlines",
      stderr: "",
      code: 0,
    });
    expect(await harness.exec(key, ["sh"], "X=5\necho $X\nexit 9\necho no\n")).toEqual({
      stdout: "5\n",
      stderr: "",
      code: 9,
    });
    expect(await harness.exec(key, ["nope"])).toMatchObject({ code: 127 });
    const probe = { kind: "exec", timeoutMs: 5_000 } as const;
    const { runtime } = harness;
    expect(await runtime.probe(key, { ...probe, command: ["test", "-f", "/etc/hosts"] })).toEqual({
      ok: true,
      message: "",
    });
    const failed = await runtime.probe(key, { ...probe, command: ["cat", "/nope"] });
    expect(failed).toEqual({ ok: false, message: "cat: No such file or directory" });
  });

  it("a stuck command is bounded: by a probe's timeout, by silence, by kill, by its container", async () => {
    await using harness = new RuntimeHarness({ sessionIdleMsMax: 300, sessionsPerContainerMax: 3 });
    const { runtime } = harness;
    const key = await harness.run("echo");
    const command = ["sleep", "infinity"];
    const late = await runtime.probe(key, { kind: "exec", command, timeoutMs: 50 });
    expect(late).toEqual({ ok: false, message: 'command "sleep infinity" timed out after 50 ms' });
    const silent = runtime.exec(key, command);
    expect(await silent.exitCode).toBe(137);
    const sessions = [1, 2, 3].map(() => runtime.exec(key, ["sh", "-c", "while true; do :; done"]));
    expect(() => runtime.exec(key, command)).toThrow("Too many sessions");
    // Loops leave time to the server beside them.
    expect((await fetch(harness.url(key))).status).toBe(200);
    sessions[0]?.kill();
    expect(await sessions[0]?.exitCode).toBe(137);
    runtime.kill(key);
    expect(await Promise.all(sessions.map(({ exitCode }) => exitCode))).toEqual([137, 137, 137]);
  });

  it("output waits for its reader, and input for the command", async () => {
    await using harness = new RuntimeHarness({ sessionWindowBytes: 4_096 });
    const key = await harness.run("echo");
    const session = harness.runtime.exec(key, ["yes", "no"]);
    await once(session.stdout, "readable");
    // Whatever time passes, no more waits than two windows and one piece.
    await harness.exec(key, ["sleep", "0.2"]);
    expect(session.stdout.readableLength).toBeLessThanOrEqual(3 * 4_096);
    session.kill();
    expect(await session.exitCode).toBe(137);
    const reader = harness.runtime.exec(key, ["sleep", "5"]);
    let taken = 0;
    const piece = "x".repeat(32 * 1024);
    for (let index = 0; index < 100; index += 1) reader.stdin.write(piece, () => (taken += 1));
    await harness.exec(key, ["sleep", "0.2"]);
    expect(taken).toBe(0);
    reader.kill();
    await reader.exitCode;
  });

  it("a terminal echoes, erases, interrupts and ends", async () => {
    await using harness = new RuntimeHarness();
    const key = await harness.run("busybox", { command: ["sleep", "60"] });
    const session = harness.runtime.exec(key, ["sh"], { tty: true });
    let screen = "";
    session.stdout.on("data", (chunk: Buffer) => (screen += chunk.toString()));
    const until = async (text: string) => {
      while (!screen.includes(text)) await once(session.stdout, "data");
    };
    await until("/ # ");
    session.stdin.write("echo hex\u007fy\r");
    await until("echo hex\b \by\r\nhey\r\n/ # ");
    session.stdin.write("sleep 1000\r");
    await until("sleep 1000\r\n");
    session.stdin.write("\u0003");
    await until("^C\r\n/ # ");
    session.stdin.write("cd /etc\r");
    await until("/etc # ");
    session.stdin.write("\u0004");
    expect(await session.exitCode).toBe(0);
  });

  it("kill 1 ends the container", async () => {
    await using harness = new RuntimeHarness();
    const key = await harness.run("nginx");
    await harness.exec(key, ["kill", "1"]);
    expect(await harness.exit(key)).toMatchObject({ exitCode: 0 });
    expect(() => harness.runtime.exec(key, ["true"])).toThrow("does not run");
  });
});

describe("attach and port-forward", () => {
  it("attach joins input and output of the program", async () => {
    await using harness = new RuntimeHarness();
    const key = await harness.run("busybox", { command: ["sh"], stdin: true });
    const session = harness.runtime.attach(key);
    session.stdin.write("echo joined; exit 6\n");
    const output = await session.stdout.toArray();
    expect(output.join("")).toBe("joined\n");
    expect(await session.exitCode).toBe(6);
    expect(await harness.output(key)).toBe("joined\n");
  });

  it("a program with a terminal is attached to as to a shell", async () => {
    await using harness = new RuntimeHarness();
    const key = await harness.run("busybox", { stdin: true, tty: true });
    const session = harness.runtime.attach(key);
    let screen = "";
    session.stdout.on("data", (chunk: Buffer) => (screen += chunk.toString()));
    session.stdin.write("echo seen\r");
    while (!screen.includes("echo seen\r\nseen\r\n/ # ")) await once(session.stdout, "data");
    session.stdin.write("exit 3\r");
    expect(await session.exitCode).toBe(3);
    expect(await harness.output(key)).toBe("/ # echo seen\nseen\n/ # exit 3\n");
  });

  it("a forwarded port speaks with the program; one that is closed is refused", async () => {
    await using harness = new RuntimeHarness();
    const key = await harness.run("echo", { args: ["-text=forwarded"] });
    const connection = harness.runtime.portForward(key, 5678);
    connection.end("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const answer = await connection.toArray();
    expect(answer.join("")).toMatch(/^HTTP\/1\.1 200[^]*forwarded\n$/);
    expect(() => harness.runtime.portForward(key, 80)).toThrow("connection refused");
  });
});
