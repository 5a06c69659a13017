import { call as callProcedure } from "@orpc/server";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import type { PodsAnswer } from "../contract-cluster.ts";
import { clusterScreenLimits } from "../limits.ts";
import { controlledBy, podStatus, sampleStart, sampleStore } from "../testing/sample-cluster.ts";
import { sampleHost } from "../testing/sample-host.ts";
import { clusterPods } from "./cluster-pods.ts";
import { splitCommand } from "./cluster-pod-access.ts";
import { clusterRollout, RolloutHistory } from "./cluster-rollouts.ts";
import { clusterScreens } from "./cluster-router.ts";
import { Drains } from "./cluster-drains.ts";
import { podWords, type StoredPod } from "./cluster-words.ts";

const size = { nodes: 6, deployments: 4, podsPerDeployment: 5, namespaces: 2, events: 30 };
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function make() {
  const clock = { now: sampleStart };
  const store = sampleStore(size, clock);
  const host = sampleHost(store);
  const screens = clusterScreens(host);
  closers.push(() => screens.close());
  return { clock, store, host, router: screens.router };
}

const statusOf = (pod: unknown) => podWords(pod as StoredPod).status;

describe("the word that kubectl prints of a pod", () => {
  const spec = { containers: [{ name: "a" }], initContainers: [{ name: "i" }, { name: "j" }] };
  const meta = { name: "p", namespace: "n" };
  // The rules of printPod in kubernetes pkg/printers/internalversion/printers.go.
  it.each([
    ["Pending", { phase: "Pending" }],
    ["Evicted", { phase: "Failed", reason: "Evicted" }],
    [
      "Init:0/2",
      { phase: "Pending", initContainerStatuses: [{ restartCount: 0, state: { running: {} } }] },
    ],
    [
      "Init:CrashLoopBackOff",
      {
        phase: "Pending",
        initContainerStatuses: [
          { restartCount: 3, state: { waiting: { reason: "CrashLoopBackOff" } } },
        ],
      },
    ],
    [
      "Init:ExitCode:2",
      {
        phase: "Pending",
        initContainerStatuses: [{ restartCount: 0, state: { terminated: { exitCode: 2 } } }],
      },
    ],
    [
      "Signal:9",
      {
        phase: "Running",
        containerStatuses: [
          { restartCount: 0, state: { terminated: { exitCode: 137, signal: 9 } } },
        ],
      },
    ],
    [
      "NotReady",
      {
        phase: "Running",
        containerStatuses: [
          { restartCount: 0, ready: true, state: { running: {} } },
          { restartCount: 0, state: { terminated: { exitCode: 0, reason: "Completed" } } },
        ],
      },
    ],
  ])("is %s", (word, status) => {
    expect(statusOf({ metadata: meta, spec, status })).toBe(word);
    const ending = { ...meta, deletionTimestamp: "2026-01-01T00:00:00Z" };
    expect(statusOf({ metadata: ending, spec, status })).toBe("Terminating");
  });
});

/** What a page does with the answers: the oracle is the full list. */
function follow(rows: Map<string, string>, { full, pods, removed }: PodsAnswer): void {
  if (full) rows.clear();
  for (const key of removed) rows.delete(key);
  for (const [index, name] of pods.name.entries()) {
    rows.set(`${pods.namespace[index]}/${name}`, `${pods.status[index]} ${pods.restarts[index]}`);
  }
}

describe("the pods in columns", () => {
  it("are the same for who follows the changes and for who asks anew", () => {
    const step = fc.record({
      kind: fc.constantFrom("delete", "change", "make"),
      place: fc.nat(60),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), fc.nat(5), (steps, every) => {
        const store = sampleStore(size, { now: sampleStart });
        const host = sampleHost(store);
        const rows = new Map<string, string>();
        let { revision } = clusterPods(host, {});
        follow(rows, clusterPods(host, {}));
        for (const [index, { kind, place }] of steps.entries()) {
          const pods = [...store.all("pods")];
          const pod = pods[place % Math.max(1, pods.length)];
          if (kind === "make") {
            const name = `made-${place}`;
            if (store.get("pods", "default", name) === undefined) {
              const metadata = { name, namespace: "default" };
              store.create({ apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [] } });
            }
          } else if (pod !== undefined && kind === "delete") {
            store.delete("pods", pod.metadata.namespace, pod.metadata.name, {
              gracePeriodSeconds: 0,
            });
          } else if (pod !== undefined) {
            store.setStatus(pod, podStatus(place, place % 2 === 0));
          }
          if (index % (every + 1) === 0) {
            const answer = clusterPods(host, { since: revision });
            expect(answer.full).toBe(false);
            follow(rows, answer);
            revision = answer.revision;
          }
        }
        follow(rows, clusterPods(host, { since: revision }));
        const anew = new Map<string, string>();
        follow(anew, clusterPods(host, {}));
        expect(rows).toEqual(anew);
      }),
      { numRuns: 60 },
    );
  });

  it("come in full to who asks of another life of the thread", () => {
    const { host, store } = make();
    expect(clusterPods(host, { since: store.revision + 1 }).full).toBe(true);
    expect(clusterPods(host, { since: 0 }).full).toBe(true);
  });

  it("carry usage once for each reading", () => {
    const { host, clock } = make();
    const { usage } = clusterPods(host, {});
    expect(usage?.key).toHaveLength(20);
    const asked = { usageSince: usage!.at };
    expect(clusterPods(host, asked).usage).toBeNull();
    clock.now += 15_000;
    expect(clusterPods(host, asked).usage).not.toBeNull();
  });
});

describe("the overview", () => {
  it("says in a sentence what is wrong and where", async () => {
    const { router, store } = make();
    for (const node of store.all("nodes")) {
      if (node.metadata.labels?.["topology.kubernetes.io/zone"] !== "zone-a") continue;
      store.setStatus(node, { ...node.status, conditions: [{ type: "Ready", status: "Unknown" }] });
    }
    const overview = await callProcedure(router.overview, {});
    expect(overview.verdict).toBe("degraded");
    expect(overview.sentence).toContain("Zone zone-a is down");
    expect(overview.nodes).toMatchObject({ total: 6, ready: 4 });
    expect(overview.capacity).toMatchObject({ cpuMillicores: 32_000, pods: 440 });
    expect(overview.requests).toMatchObject({ cpuMillicores: 2_000, pods: 20 });
  });
});

describe("YAML", () => {
  const text =
    "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: team-1\nspec:\n  replicas: -2\n";

  it("tried keeps nothing and shows the object before and after", async () => {
    const { router, store } = make();
    const { revision } = store;
    const yaml = text.replace("-2", "9");
    const answer = await callProcedure(router.apply, { yaml, dryRun: true });
    expect(answer).toMatchObject({ refusal: null, problems: [] });
    const [web] = answer.applied;
    expect(parse(web!.before)).toMatchObject({ spec: { replicas: 5 } });
    expect(parse(web!.after)).toMatchObject({ spec: { replicas: 9 } });
    expect(store.revision).toBe(revision);
    await callProcedure(router.apply, { yaml, dryRun: false });
    expect(store.require("deployments.apps", "team-1", "web").spec?.replicas).toBe(9);
  });

  it("refused names the line of the field", async () => {
    const { router } = make();
    const answer = await callProcedure(router.apply, { yaml: text, dryRun: true });
    expect(answer.refusal).toContain("is invalid");
    expect(answer.problems).toEqual([expect.objectContaining({ field: "spec.replicas", line: 7 })]);
  });

  it.each([
    ["a: [1", 1],
    ["# nothing\n", 1],
    ["\n\nkind: Pod\n", 3],
  ])("that is no object is explained: %j", async (yaml, line) => {
    const { router, host } = make();
    const answer = await callProcedure(router.apply, { yaml, dryRun: false });
    expect(answer.problems[0]).toMatchObject({ line });
    expect(host.requests).toEqual([]);
  });

  it("does not expand a bomb of aliases", async () => {
    const { router } = make();
    const levels = Array.from({ length: 12 }, (_, at) =>
      at === 0
        ? "l0: &l0 [x]"
        : `l${at}: &l${at} [${Array(9)
            .fill(`*l${at - 1}`)
            .join(", ")}]`,
    );
    const answer = await callProcedure(router.apply, { yaml: levels.join("\n"), dryRun: true });
    expect(answer.problems[0]?.message).toMatch(/alias/i);
  });
});

describe("the buttons", () => {
  const web = { namespace: "team-1", name: "web" };

  it("scale, pause, restart and take back, and say it as kubectl does", async () => {
    const { router, store } = make();
    const deployment = () => store.require("deployments.apps", "team-1", "web");
    await callProcedure(router.scale, { ...web, kind: "Deployment", replicas: 7 });
    expect(deployment().spec?.replicas).toBe(7);
    expect(await callProcedure(router.pause, web)).toEqual({
      message: "deployment.apps/web paused",
    });
    await expect(callProcedure(router.undo, web)).rejects.toMatchObject({
      code: "CLUSTER_CONFLICT",
    });
    await callProcedure(router.resume, web);
    await callProcedure(router.restart, { ...web, kind: "Deployment" });
    const { annotations } = deployment().spec!.template.metadata!;
    expect(annotations).toEqual({ "kubectl.kubernetes.io/restartedAt": "2026-01-01T12:00:00Z" });
    await callProcedure(router.undo, { ...web, revision: 1 });
    expect(deployment().spec!.template.metadata).toEqual({ labels: { app: "web" } });
    await expect(callProcedure(router.undo, { ...web, revision: 8 })).rejects.toMatchObject({
      status: 404,
    });
  });

  it("delete many, and say which were refused", async () => {
    const { router, store } = make();
    const name = [...store.inNamespace("pods", "default")][0]!.metadata.name;
    const objects = [name, "gone"].map((each) => ({
      resource: "pods",
      namespace: "default",
      name: each,
    }));
    const answer = await callProcedure(router.delete, { objects });
    expect(answer).toEqual({
      deleted: 1,
      refused: [{ object: "default/gone", message: 'pods "gone" not found' }],
    });
  });

  it("drain a node, wait for a budget, and stop when told to", async () => {
    const { host, store } = make();
    const pods = [...store.podsOn("node-1")].map(({ metadata }) => metadata.name);
    host.protectedPods.add(pods[0]!);
    const drains = new Drains(host, 1);
    const drain = await drains.start("node-1");
    expect(store.require("nodes", undefined, "node-1").spec?.unschedulable).toBe(true);
    await expect
      .poll(() => drains.list().drains[0])
      .toMatchObject({
        state: "draining",
        left: [expect.stringContaining(pods[0]!)],
        sentence: expect.stringContaining("disruption budget"),
      });
    expect(drains.cancel(drain.id).state).toBe("cancelled");
    host.protectedPods.clear();
    await drains.start("node-1");
    await expect.poll(() => drains.list().drains[0]?.state).toBe("drained");
    expect([...store.podsOn("node-1")]).toEqual([]);
  });
});

describe("a command line", () => {
  it.each([
    ["ls -l '/a b'", ["ls", "-l", "/a b"]],
    [String.raw`echo "a \"q\" \n" b\ c ''`, ["echo", String.raw`a "q" \n`, "b c", ""]],
  ])("is split as a shell splits it: %s", (line, words) => {
    expect(splitCommand(line)).toEqual(words);
  });

  it("with an open quote is refused", () => {
    expect(() => splitCommand("echo 'a")).toThrow("not closed");
  });
});

describe("a rollout", () => {
  it("is remembered revision by revision, in a bounded history", () => {
    const { store, clock } = make();
    const history = new RolloutHistory(store);
    closers.push(() => history.close());
    const web = store.require("deployments.apps", "team-1", "web");
    const old = store.require("replicasets.apps", "team-1", "web-7f5d");
    const annotations = { "deployment.kubernetes.io/revision": "2" };
    const { spec, metadata } = old;
    const fresh = store.create({
      apiVersion: "apps/v1",
      kind: "ReplicaSet",
      metadata: {
        name: "web-new",
        namespace: "team-1",
        annotations,
        ...(metadata.ownerReferences && { ownerReferences: metadata.ownerReferences }),
      },
      spec,
    });
    const owner = controlledBy(fresh);
    const totals: number[] = [];
    for (const [step, pod] of [...store.ownedBy("pods", old.metadata.uid)].entries()) {
      store.create({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: `new-${step}`, namespace: "team-1", ownerReferences: [owner] },
        spec: { containers: [] },
        status: podStatus(step, step === 0),
      });
      store.delete("pods", "team-1", pod.metadata.name, { gracePeriodSeconds: 0 });
      clock.now += 2_000;
      history.sample(clock.now);
      // Nothing moved: nothing is written down.
      history.sample(clock.now);
      const [newest] = clusterRollout(store, history, {
        namespace: "team-1",
        name: "web",
      }).history.slice(-1);
      totals.push(
        newest!.sets.reduce((sum, set) => sum + set.ready + set.starting + set.ending, 0),
      );
    }
    expect(totals).toEqual([5, 5, 5, 5, 5]);
    const moments = history.of(web.metadata.uid);
    expect(moments).toHaveLength(5);
    expect(moments[0]!.sets).toEqual([
      { revision: 2, ready: 0, starting: 1, ending: 0 },
      { revision: 1, ready: 4, starting: 0, ending: 0 },
    ]);
    expect(moments[4]!.sets).toEqual([{ revision: 2, ready: 4, starting: 1, ending: 0 }]);
    const pod = store.require("pods", "team-1", "new-1");
    for (let step = 0; step <= clusterScreenLimits.momentsMax; step++) {
      const latest = store.require("pods", "team-1", pod.metadata.name);
      store.setStatus(latest, podStatus(step, step % 2 === 0));
      history.sample(clock.now + step);
    }
    expect(history.of(web.metadata.uid)).toHaveLength(clusterScreenLimits.momentsMax);
    store.delete("deployments.apps", "team-1", "web");
    expect(history.of(web.metadata.uid)).toEqual([]);
  });
});

it("logs end with the pod's lines, in batches", async () => {
  const { router, store } = make();
  const name = [...store.inNamespace("pods", "default")][0]!.metadata.name;
  const input = { namespace: "default", pod: name, tail: 3 };
  const lines: string[] = [];
  for await (const batch of await callProcedure(router.logs, input)) {
    lines.push(...batch.lines.map(({ text }) => text));
  }
  expect(lines).toEqual([48, 49, 50].map((line) => `default/${name} line ${line}`));
});
