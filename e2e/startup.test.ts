/** What can go wrong at the start: one clear sentence and a non-zero exit code. */
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runToEnd, startPlatformProcess } from "./platform-process.ts";
import { findPortBase } from "./ports.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "demo-startup-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** One line with a full stop, no stack. */
const sentence = /^[A-Z][^\n]+\.\n$/;

describe("a start that cannot succeed", () => {
  it("names a busy port and how to choose another", async () => {
    const portBase = await findPortBase();
    const stranger = createServer().listen(portBase + 7, "127.0.0.1");
    await once(stranger, "listening");
    const { exitCode, output } = await runToEnd(["--ephemeral", `--port-base=${portBase}`]);
    stranger.close();
    expect(output).toMatch(sentence);
    expect(output).toContain(`Port ${portBase + 7} is already in use`);
    expect(output).toContain("--port-base");
    expect(exitCode).toBe(1);
  });

  it("names a data folder that cannot be written", async () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    const { exitCode, output } = await runToEnd([`--home=${file}`]);
    expect(output).toMatch(sentence);
    expect(output).toContain(`The data folder ${file} cannot be written`);
    expect(output).toContain("--ephemeral");
    expect(exitCode).toBe(1);
  });

  it("tells a second instance where the first one is", async () => {
    const first = await startPlatformProcess([`--home=${folder}`]);
    const second = await runToEnd([`--home=${folder}`, `--port-base=${await findPortBase()}`]);
    expect(second.output).toMatch(sentence);
    expect(second.output).toContain(`as process ${first.child.pid}`);
    expect(second.output).toContain(`http://localhost:${first.portBase}`);
    expect(second.exitCode).toBe(1);
    expect(await first.stop()).toBe(0);
  });

  it("moves a damaged database aside, says so, and starts anew the next time", async () => {
    writeFileSync(join(folder, "telemetry.db"), "This is no database, whatever its name says.");
    const { exitCode, output } = await runToEnd([
      `--home=${folder}`,
      `--port-base=${await findPortBase()}`,
    ]);
    expect(output).toMatch(sentence);
    expect(output).toContain("telemetry.db is damaged");
    expect(exitCode).toBe(1);
    const aside = readdirSync(folder).filter((name) => name.startsWith("telemetry.db.damaged-"));
    expect(aside).toHaveLength(1);
    expect(output).toContain(aside[0]);
    expect(readFileSync(join(folder, aside[0] ?? ""), "utf8")).toMatch(/^This is no database/);

    const again = await startPlatformProcess([`--home=${folder}`]);
    expect(await again.stop()).toBe(0);
  });
});

describe("a start that succeeds", () => {
  it("prints each thread, its port and its address", async () => {
    const platform = await startPlatformProcess();
    const { portBase } = platform;
    expect(platform.output()).toMatch(
      new RegExp(`^Integration +${portBase + 7} +http://localhost:${portBase + 7}$`, "m"),
    );
    expect(platform.output()).toMatch(/Quantum +- +through every other port/);
    expect(platform.output()).toContain(`http://localhost:${portBase}\n`);
    expect(await platform.stop()).toBe(0);
  });

  it("runs a single thread alone and says which are not part of the run", async () => {
    const platform = await startPlatformProcess(["--ephemeral", "--only=gateway"]);
    const { threads } = (await (await fetch(platform.url("/api/platform"))).json()) as {
      threads: { id: string }[];
    };
    expect(threads.map(({ id }) => id)).toEqual(["gateway"]);
    const answer = await fetch(platform.url("/api/quantum/status"));
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ code: "SUBSYSTEM_UNAVAILABLE" });
    expect(await platform.stop()).toBe(0);
  });

  it("keeps traces and logs over kill -9", async () => {
    const first = await startPlatformProcess([`--home=${folder}`]);
    const search = await fetch(first.url("/api/distributed/quantum-search"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ items: ["a", "b"], target: "b" }),
    });
    const { traceId } = (await search.json()) as { traceId: string };
    const stored = async (url: string) => {
      const { spans } = (await (await fetch(url)).json()) as { spans: { subsystem: string }[] };
      return spans.map(({ subsystem }) => subsystem).toSorted();
    };
    const whole = ["gateway", "gateway", "integration", "integration", "quantum"];
    await expect.poll(() => stored(first.url(`/api/traces/${traceId}`))).toEqual(whole);
    first.child.kill("SIGKILL");
    await once(first.child, "exit");

    const second = await startPlatformProcess([`--home=${folder}`]);
    expect(await stored(second.url(`/api/traces/${traceId}`))).toEqual(whole);
    expect(await second.stop()).toBe(0);
  });

  it("asks for sign-in when told to: the printed code works once, the token always", async () => {
    const platform = await startPlatformProcess([`--home=${folder}`, "--auth=required"]);
    expect((await fetch(platform.url("/api/platform"))).status).toBe(401);
    expect((await fetch(platform.url("/api/health"))).status).toBe(200);
    expect((await fetch(platform.url("/metrics"))).status).toBe(401);
    const tokenFile = join(folder, "token");
    expect(statSync(tokenFile).mode & 0o777).toBe(0o600);

    const code = new RegExp(`localhost:${platform.portBase}/#code=(\\S+)`).exec(platform.output());
    const signIn = () =>
      fetch(platform.url("/api/session"), {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ code: code?.[1] }),
      });
    const { token } = (await (await signIn()).json()) as { token: string };
    expect(token).toBe(readFileSync(tokenFile, "utf8").trim());
    expect((await signIn()).status).toBe(401);
    const authorized = { headers: { authorization: `Bearer ${token}` } };
    expect((await fetch(platform.url("/api/platform"), authorized)).status).toBe(200);
    expect(await platform.stop()).toBe(0);
  });
});
