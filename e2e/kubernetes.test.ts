/** The cluster through its Kubernetes API in the running platform, with the clients that people use. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Kubectl,
  kubectls,
} from "../workers/microservices/protocols/kubernetes/testing/kubectl.ts";
import { type Client, LongCommand, runSession } from "./kubectl-session.ts";
import { operations, rollouts } from "./kubectl-steps.ts";
import { type PlatformProcess, startPlatformProcess } from "./platform-process.ts";

const only = "--only=microservices,integration,gateway";
const found = kubectls();
/** Of those between: their commands are tried one by one beside the Kubernetes API itself. */
const shortLength = 12;
const isWhole = (kubectl: Kubectl) => kubectl === found[0] || kubectl === found.at(-1);

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function clientOf(kubectl: Kubectl, platform: PlatformProcess): Client {
  const home = mkdtempSync(join(tmpdir(), "kubectl-"));
  folders.push(home);
  writeFileSync(join(home, "config"), "");
  return { kubectl, server: platform.url("", 5), home };
}

describe.skipIf(found.length === 0)("kubectl", () => {
  it("is asked for more than eighty commands", () => {
    expect(rollouts.length + operations.length).toBeGreaterThan(80);
  });

  it.each(found)("$name works with real pods", { timeout: 120_000 }, async (kubectl) => {
    const platform = await startPlatformProcess(["--ephemeral", only]);
    const client = clientOf(kubectl, platform);
    const steps = isWhole(kubectl) ? [...rollouts, ...operations] : rollouts.slice(0, shortLength);
    const failures = await runSession(client, steps);
    await platform.stopCleanly();
    expect(failures).toEqual([]);
  });
});

describe.skipIf(found.length === 0).each([found[0]!, found.at(-1)!])(
  "what goes on, with $name",
  (kubectl) => {
    let platform: PlatformProcess;
    let client: Client;
    beforeAll(async () => {
      platform = await startPlatformProcess(["--ephemeral", only]);
      client = clientOf(kubectl, platform);
      const steps = [
        { args: "create deployment site --image=nginx --port=80 --replicas=2", shows: /created/ },
        {
          args: "run ticker --image=busybox --restart=Never -- sh -c 'for i in 1 2 3 4 5; do echo tick $i; sleep 0.2; done'",
          shows: /created/,
        },
        { args: "rollout status deployment/site --timeout=20s", shows: /successfully/ },
      ];
      const failures = await runSession(client, steps);
      if (failures.length > 0) throw new Error(JSON.stringify(failures));
    });
    afterAll(async () => {
      await platform.stopCleanly();
    });

    it("logs -f ends when the container does, with every line", async () => {
      const logs = new LongCommand(client, "logs -f ticker");
      expect(await logs.ended()).toBe(0);
      expect(logs.output).toBe("tick 1\ntick 2\ntick 3\ntick 4\ntick 5\n");
      const done = { args: "get pod ticker", shows: /0\/1 +Completed/, until: true };
      expect(await runSession(client, [done])).toEqual([]);
    });

    it("port-forward carries requests to a pod, and many at once", async () => {
      const forward = new LongCommand(client, "port-forward deployment/site :80");
      const [, port] = await forward.shown(/Forwarding from 127\.0\.0\.1:(\d+)/);
      const pages = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const answer = await fetch(`http://127.0.0.1:${port}/`);
          return answer.text();
        }),
      );
      for (const page of pages) expect(page).toContain("Welcome to nginx!");
      await forward.stop();
    });

    it("get --watch tells of each pod that comes and goes", async () => {
      const watch = new LongCommand(client, "get pods -l app=site --watch");
      await watch.shown(/(?:site-\S+ +1\/1 +Running[^]*){2}/);
      const scaled = { args: "scale deployment/site --replicas=3", shows: /scaled/ };
      expect(await runSession(client, [scaled])).toEqual([]);
      await watch.shown(/0\/1 +ContainerCreating[^]*1\/1 +Running/);
      await watch.stop();
    });
  },
);
