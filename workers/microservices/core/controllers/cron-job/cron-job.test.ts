import type { CronJobSpec } from "kubernetes-types/batch/v1";
import { describe, expect, it } from "vitest";
import { GarbageCollector } from "../garbage-collector.ts";
import { JobController } from "../job/job-controller.ts";
import { SteppedCluster, template } from "../testing/stepped-cluster.ts";
import { CronJobController } from "./cron-job-controller.ts";

const minuteMs = 60_000;

function runCron(spec: Partial<CronJobSpec> = {}): SteppedCluster {
  const cluster = SteppedCluster.with(({ store, events, podControl }) => [
    new CronJobController(store, events),
    new JobController(store, events, podControl),
    new GarbageCollector(store),
  ]);
  cluster.apply({
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "tick", namespace: "default" },
    spec: {
      schedule: "*/5 * * * *",
      jobTemplate: { spec: { backoffLimit: 0, template: template({ app: "tick" }) } },
      ...spec,
    },
  });
  return cluster;
}

const statusOf = (cluster: SteppedCluster) =>
  cluster.store.require("cronjobs.batch", "default", "tick").status ?? {};
const jobs = (cluster: SteppedCluster) =>
  [...cluster.store.all("jobs.batch")].map(({ metadata }) => metadata.name);
const nameAt = (cluster: SteppedCluster, minutes: number) =>
  `tick-${cluster.now / minuteMs + minutes}`;

function finishAll(cluster: SteppedCluster, exitCode = 0): void {
  for (const pod of Array.from(cluster.store.all("pods"))) {
    if (pod.status?.phase === "Pending") cluster.finish(pod, exitCode);
  }
}

describe("a cron job", () => {
  it("makes a job at each of its times, named by the minute", () => {
    const cluster = runCron();
    const expected = [nameAt(cluster, 5), nameAt(cluster, 10)];
    cluster.advance(5 * minuteMs - 1);
    expect(jobs(cluster)).toEqual([]);
    cluster.advance(1);
    expect(statusOf(cluster)).toMatchObject({ active: [{ kind: "Job", name: expected[0] }] });
    expect(timeOf(statusOf(cluster).lastScheduleTime)).toBe(cluster.now);
    cluster.advance(5 * minuteMs);
    expect(jobs(cluster)).toEqual(expected);
    expect(statusOf(cluster).active).toHaveLength(2);
    finishAll(cluster);
    expect(statusOf(cluster).active).toBeUndefined();
    expect(timeOf(statusOf(cluster).lastSuccessfulTime)).toBe(cluster.now);
    expect(cluster.messages("SawCompletedJob")).toContain(
      `Saw completed job: ${expected[0]}, condition: Complete`,
    );
  });

  it("with Forbid starts none while one runs, and then the one that was missed", () => {
    const cluster = runCron({ concurrencyPolicy: "Forbid" });
    cluster.advance(12 * minuteMs);
    expect(jobs(cluster)).toHaveLength(1);
    expect(cluster.messages("JobAlreadyActive")).toHaveLength(1);
    const missed = nameAt(cluster, -2);
    finishAll(cluster);
    expect(jobs(cluster)).toContain(missed);
  });

  it("with Replace ends the running job for the new one", () => {
    const cluster = runCron({ concurrencyPolicy: "Replace" });
    cluster.advance(5 * minuteMs);
    const [first] = jobs(cluster);
    cluster.advance(5 * minuteMs);
    expect(jobs(cluster)).toEqual([nameAt(cluster, 0)]);
    expect(cluster.messages("SuccessfulDelete")).toContain(`Deleted job ${first}`);
    expect(cluster.store.countOf("pods")).toBe(1);
  });

  it("does nothing while it is suspended, and makes up the last time when resumed", () => {
    const cluster = runCron({ suspend: true });
    cluster.advance(23 * minuteMs);
    expect(jobs(cluster)).toEqual([]);
    cluster.respec("cronjobs.batch", "tick", { suspend: false });
    expect(jobs(cluster)).toEqual([nameAt(cluster, -3)]);
  });

  it("leaves out a start that is past its deadline", () => {
    const cluster = runCron({ suspend: true, startingDeadlineSeconds: 60 });
    cluster.advance(23 * minuteMs);
    cluster.respec("cronjobs.batch", "tick", { suspend: false });
    expect(jobs(cluster)).toEqual([]);
    cluster.advance(2 * minuteMs);
    expect(jobs(cluster)).toEqual([nameAt(cluster, 0)]);
  });

  it("warns of more than a hundred missed times", () => {
    const cluster = runCron({ suspend: true, schedule: "* * * * *" });
    cluster.advance(101 * minuteMs);
    cluster.respec("cronjobs.batch", "tick", { suspend: false });
    expect(cluster.messages("TooManyMissedTimes")).toEqual([
      "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew",
    ]);
    expect(jobs(cluster)).toHaveLength(1);
  });

  it("keeps the last three successful jobs and the last failed one", () => {
    const cluster = runCron();
    for (let run = 0; run < 10; run++) {
      cluster.advance(5 * minuteMs);
      finishAll(cluster, run % 2);
    }
    const endings = [...cluster.store.all("jobs.batch")].map(
      ({ status }) => status?.conditions?.at(-1)?.type,
    );
    expect(endings.filter((type) => type === "Complete")).toHaveLength(3);
    expect(endings.filter((type) => type === "Failed")).toHaveLength(1);
    expect(cluster.store.countOf("pods")).toBe(4);
  });

  it("keeps to the clock of its time zone", () => {
    const cluster = runCron({ schedule: "0 9 * * *", timeZone: "Asia/Kolkata" });
    cluster.advance(24 * 60 * minuteMs);
    expect(statusOf(cluster).lastScheduleTime).toBe("2026-01-01T03:30:00Z");
  });

  it("says what is wrong with a schedule or a zone", () => {
    const cluster = runCron({ schedule: "every day", timeZone: "UTC" });
    cluster.respec("cronjobs.batch", "tick", { schedule: "@daily", timeZone: "Mars/Olympus" });
    expect(cluster.messages("UnparseableSchedule")[0]).toMatch(
      /^unparseable schedule: "every day" : /,
    );
    expect(cluster.messages("UnknownTimeZone")[0]).toMatch(/^invalid timeZone: "Mars\/Olympus": /);
  });
});

const timeOf = (text: string | undefined): number => Date.parse(text ?? "");
