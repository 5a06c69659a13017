import fc from "fast-check";
import type { JobSpec } from "kubernetes-types/batch/v1";
import { describe, expect, it } from "vitest";
import { SteppedCluster, template } from "../testing/stepped-cluster.ts";
import { formatIndexes, parseIndexes } from "./completion-indexes.ts";
import { JobController } from "./job-controller.ts";
import { JobExpiry } from "./job-expiry.ts";
import { GarbageCollector } from "../garbage-collector.ts";

const makeCluster = () =>
  SteppedCluster.with(({ store, events, podControl }) => [
    new JobController(store, events, podControl),
    new JobExpiry(store),
    new GarbageCollector(store),
  ]);

const jobOf = (spec: Partial<JobSpec>) => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "pi", namespace: "default" },
  spec: { template: template({ app: "pi" }, { restartPolicy: "Never" }), ...spec },
});

const runJob = (spec: Partial<JobSpec>) => {
  const cluster = makeCluster();
  cluster.apply(jobOf(spec));
  return cluster;
};

const statusOf = (cluster: SteppedCluster) =>
  cluster.store.require("jobs.batch", "default", "pi").status ?? {};
const activePods = (cluster: SteppedCluster) =>
  cluster
    .podsOf("pi")
    .filter(
      ({ status, metadata }) =>
        status?.phase !== "Succeeded" && status?.phase !== "Failed" && !metadata.deletionTimestamp,
    );
const conditions = (cluster: SteppedCluster) =>
  statusOf(cluster).conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
const messages = (cluster: SteppedCluster, reason: string) => cluster.messages(reason);

describe("a job", () => {
  it("makes up a selector by its uid, and labels its pods with it", () => {
    const cluster = runJob({});
    const { metadata, spec } = cluster.store.require("jobs.batch", "default", "pi");
    expect(spec?.selector).toEqual({
      matchLabels: { "batch.kubernetes.io/controller-uid": metadata.uid },
    });
    expect(cluster.podsOf("pi").map((pod) => pod.metadata.labels)).toEqual([
      {
        app: "pi",
        "batch.kubernetes.io/controller-uid": metadata.uid,
        "batch.kubernetes.io/job-name": "pi",
        "controller-uid": metadata.uid,
        "job-name": "pi",
      },
    ]);
  });

  it("runs at most `parallelism` pods, and no more than completions are missing", () => {
    const cluster = runJob({ completions: 5, parallelism: 2 });
    const running: number[] = [];
    for (let step = 0; step < 10 && activePods(cluster).length > 0; step++) {
      running.push(activePods(cluster).length);
      cluster.finish(activePods(cluster)[0]!);
    }
    expect(running).toEqual([2, 2, 2, 2, 1]);
    const status = statusOf(cluster);
    expect(status).toMatchObject({ succeeded: 5, active: 0, failed: 0, ready: 0 });
    expect(status.completionTime).toBeDefined();
    expect(conditions(cluster)).toEqual([
      "SuccessCriteriaMet=True CompletionsReached",
      "Complete=True CompletionsReached",
    ]);
    expect(messages(cluster, "Completed")).toEqual(["Job completed"]);
    expect(cluster.podsOf("pi").every((pod) => !pod.metadata.finalizers?.length)).toBe(true);
  });

  it("counts ready pods, and a finished pod once, also when it is deleted later", () => {
    const cluster = runJob({ completions: 2, parallelism: 2 });
    const [first, second] = cluster.podsOf("pi");
    cluster.startAll([first!, second!]);
    expect(statusOf(cluster)).toMatchObject({ active: 2, ready: 2 });
    cluster.finish(first!);
    cluster.store.delete("pods", "default", first!.metadata.name);
    cluster.settle();
    expect(cluster.store.get("pods", "default", first!.metadata.name)).toBeUndefined();
    expect(statusOf(cluster)).toMatchObject({ active: 1, ready: 1, succeeded: 1 });
  });

  it("pauses 10 s after a failure and twice as long after each further one, six minutes at most", () => {
    const cluster = runJob({ backoffLimit: 8 });
    const pauses: number[] = [];
    for (let failures = 0; failures < 8; failures++) {
      cluster.finish(activePods(cluster)[0]!, 1);
      expect(activePods(cluster)).toEqual([]);
      let seconds = 0;
      for (; activePods(cluster).length === 0 && seconds < 1_000; seconds++) cluster.advance(1_000);
      pauses.push(seconds);
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 320, 360, 360]);
    expect(statusOf(cluster).failed).toBe(8);
    cluster.finish(activePods(cluster)[0]!, 1);
    cluster.advance(3_600_000);
    expect(statusOf(cluster)).toMatchObject({ failed: 9, active: 0 });
    expect(conditions(cluster)).toEqual([
      "FailureTarget=True BackoffLimitExceeded",
      "Failed=True BackoffLimitExceeded",
    ]);
    expect(messages(cluster, "BackoffLimitExceeded")).toEqual([
      "Job has reached the specified backoff limit",
    ]);
  });

  it("begins the pauses anew after a success", () => {
    const cluster = runJob({ completions: 3, backoffLimit: 6 });
    cluster.finish(activePods(cluster)[0]!, 1);
    cluster.advance(10_000);
    cluster.finish(activePods(cluster)[0]!, 1);
    cluster.advance(20_000);
    cluster.finish(activePods(cluster)[0]!);
    cluster.advance(1_000);
    cluster.finish(activePods(cluster)[0]!, 1);
    cluster.advance(9_000);
    expect(activePods(cluster)).toEqual([]);
    cluster.advance(1_000);
    expect(activePods(cluster)).toHaveLength(1);
  });

  it("counts restarts against the limit where pods restart on failure", () => {
    const cluster = runJob({
      backoffLimit: 2,
      template: template({}, { restartPolicy: "OnFailure" }),
    });
    const restart = (restartCount: number) => {
      const pod = cluster.podsOf("pi")[0]!;
      const container = { name: "main", image: "", imageID: "", ready: true, restartCount };
      cluster.store.setStatus(pod, { ...pod.status, containerStatuses: [container] });
      cluster.settle();
    };
    cluster.start(cluster.podsOf("pi")[0]!);
    restart(1);
    expect(conditions(cluster)).toBeUndefined();
    restart(2);
    expect(conditions(cluster)).toEqual(["FailureTarget=True BackoffLimitExceeded"]);
    expect(statusOf(cluster)).toMatchObject({ active: 0, terminating: 1, failed: 1 });
    cluster.reap();
    expect(conditions(cluster)).toContain("Failed=True BackoffLimitExceeded");
  });

  it("ends its pods when its deadline is over, and fails when they are gone", () => {
    const cluster = runJob({ activeDeadlineSeconds: 100, parallelism: 2, completions: 2 });
    cluster.startAll(cluster.podsOf("pi"));
    cluster.advance(99_000);
    expect(statusOf(cluster)).toMatchObject({ active: 2 });
    cluster.advance(1_000);
    expect(conditions(cluster)).toEqual(["FailureTarget=True DeadlineExceeded"]);
    expect(statusOf(cluster)).toMatchObject({ active: 0, terminating: 2, failed: 2 });
    cluster.reap();
    expect(cluster.podsOf("pi")).toEqual([]);
    expect(conditions(cluster)).toContain("Failed=True DeadlineExceeded");
    expect(messages(cluster, "DeadlineExceeded")).toEqual([
      "Job was active longer than specified deadline",
    ]);
  });

  it("ends its pods without counting them when it is suspended, and starts anew when resumed", () => {
    const cluster = runJob({ parallelism: 2, completions: 2, activeDeadlineSeconds: 100 });
    const started = statusOf(cluster).startTime;
    cluster.startAll(cluster.podsOf("pi"));
    cluster.respec("jobs.batch", "pi", { suspend: true });
    cluster.reap();
    expect(statusOf(cluster)).toMatchObject({ active: 0, failed: 0 });
    expect(conditions(cluster)).toEqual(["Suspended=True JobSuspended"]);
    cluster.advance(200_000);
    cluster.respec("jobs.batch", "pi", { suspend: false });
    expect(conditions(cluster)).toEqual(["Suspended=False JobResumed"]);
    expect(activePods(cluster)).toHaveLength(2);
    expect(Date.parse(statusOf(cluster).startTime!) - Date.parse(started!)).toBe(200_000);
    expect([...messages(cluster, "Suspended"), ...messages(cluster, "Resumed")]).toEqual([
      "Job suspended",
      "Job resumed",
    ]);
  });

  it("has no start time while it was never resumed", () => {
    const cluster = runJob({ suspend: true });
    expect(statusOf(cluster).startTime).toBeUndefined();
    expect(cluster.podsOf("pi")).toEqual([]);
  });

  it("as a work queue makes no further pods after the first success", () => {
    const cluster = runJob({ parallelism: 3 });
    const pods = cluster.podsOf("pi");
    expect(pods).toHaveLength(3);
    cluster.finish(pods[0]!);
    expect(activePods(cluster)).toHaveLength(2);
    expect(conditions(cluster)).toBeUndefined();
    cluster.finish(pods[1]!);
    cluster.finish(pods[2]!);
    expect(conditions(cluster)).toContain("Complete=True CompletionsReached");
  });

  it("is deleted with its pods when its time after the end is over", () => {
    const cluster = runJob({ ttlSecondsAfterFinished: 60 });
    cluster.finish(cluster.podsOf("pi")[0]!);
    cluster.advance(59_000);
    expect(cluster.store.countOf("jobs.batch")).toBe(1);
    cluster.advance(1_000);
    expect(cluster.store.countOf("jobs.batch")).toBe(0);
    expect(cluster.store.countOf("pods")).toBe(0);
  });

  it("lets its pods go when it is deleted, so that they end with it", () => {
    const cluster = runJob({ parallelism: 2, completions: 2 });
    cluster.store.delete("jobs.batch", "default", "pi");
    cluster.settle();
    expect(cluster.store.countOf("pods")).toBe(0);
  });
});

describe("the pod failure policy of a job", () => {
  const policy = (action: string, rule: object) => ({ rules: [{ action, ...rule }] }) as never;

  it("fails it at once for an exit code", () => {
    const onExitCodes = { containerName: "main", operator: "In", values: [42] };
    const cluster = runJob({ podFailurePolicy: policy("FailJob", { onExitCodes }) });
    const [pod] = cluster.podsOf("pi");
    cluster.finish(pod!, 42);
    const failed = statusOf(cluster).conditions?.find(({ type }) => type === "Failed");
    expect(failed).toMatchObject({
      reason: "PodFailurePolicy",
      message: `Container main for pod default/${pod!.metadata.name} failed with exit code 42 matching FailJob rule at index 0`,
    });
  });

  it("ignores disruptions", () => {
    const onPodConditions = [{ type: "DisruptionTarget", status: "True" }];
    const cluster = runJob({
      backoffLimit: 0,
      podFailurePolicy: policy("Ignore", { onPodConditions }),
    });
    cluster.finish(cluster.podsOf("pi")[0]!, 1, { conditions: onPodConditions });
    expect(statusOf(cluster)).toMatchObject({ active: 1, failed: 0 });
    cluster.finish(activePods(cluster)[0]!, 1);
    expect(conditions(cluster)).toContain("Failed=True BackoffLimitExceeded");
  });

  it("replaces a deleted pod only when it is over", () => {
    const cluster = runJob({ podReplacementPolicy: "Failed" });
    const [pod] = cluster.podsOf("pi");
    cluster.start(pod!);
    cluster.store.delete("pods", "default", pod!.metadata.name);
    cluster.advance(60_000);
    expect(statusOf(cluster)).toMatchObject({ active: 0, terminating: 1, failed: 0 });
    cluster.reap();
    cluster.advance(10_000);
    expect(statusOf(cluster)).toMatchObject({ active: 1, terminating: 0, failed: 1 });
  });
});

describe("an indexed job", () => {
  const indexed = { completionMode: "Indexed", completions: 4, parallelism: 3 };
  const indexOf = (cluster: SteppedCluster) =>
    activePods(cluster).map(
      ({ metadata }) => metadata.annotations?.["batch.kubernetes.io/job-completion-index"],
    );

  it("gives each pod an index, a hostname and JOB_COMPLETION_INDEX", () => {
    const cluster = runJob(indexed);
    expect(indexOf(cluster)).toEqual(["0", "1", "2"]);
    const pod = cluster.podsOf("pi")[1]!;
    expect(pod.metadata.name).toMatch(/^pi-1-[a-z0-9]{5}$/);
    expect(pod.spec).toMatchObject({ hostname: "pi-1" });
    expect(pod.spec?.containers[0]?.env).toEqual([
      {
        name: "JOB_COMPLETION_INDEX",
        valueFrom: {
          fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" },
        },
      },
    ]);
  });

  it("is complete with one success of every index", () => {
    const cluster = runJob(indexed);
    cluster.finish(activePods(cluster)[2]!);
    cluster.finish(activePods(cluster)[0]!);
    expect(statusOf(cluster).completedIndexes).toBe("0,2");
    cluster.finish(activePods(cluster).at(-1)!, 1);
    cluster.advance(10_000);
    expect(indexOf(cluster)).toEqual(["1", "3"]);
    cluster.finish(activePods(cluster)[0]!);
    cluster.finish(activePods(cluster)[0]!);
    expect(statusOf(cluster)).toMatchObject({ completedIndexes: "0-3", succeeded: 4, failed: 1 });
    expect(conditions(cluster)).toContain("Complete=True CompletionsReached");
  });

  it("writes indexes so that they read back the same, whatever they are", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(40)), (list) => {
        const text = formatIndexes(new Set(list));
        expect([...parseIndexes(text, 41)].toSorted((a, b) => a - b)).toEqual(
          list.toSorted((a, b) => a - b),
        );
      }),
    );
    expect(formatIndexes(new Set([7, 1, 3, 4, 5, 9, 8]))).toBe("1,3-5,7-9");
  });
});
