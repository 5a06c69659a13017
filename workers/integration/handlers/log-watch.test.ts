import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LogRecord } from "../../service/records.ts";
import { logWatchLimits } from "../limits.ts";
import { openTelemetryDatabase } from "../telemetry-database.ts";
import { TelemetryStore } from "../telemetry-store.ts";
import { LogWatch } from "./log-watch.ts";

const record = (message: string, level: LogRecord["level"] = "info"): LogRecord => ({
  at: 1,
  level,
  subsystem: "gateway",
  message,
  traceId: null,
  attributes: {},
});

let store: TelemetryStore;
let watch: LogWatch;
beforeEach(() => {
  store = new TelemetryStore(openTelemetryDatabase(null, 0));
  watch = new LogWatch(store.database);
});
afterEach(() => store.close());

function add(...logs: LogRecord[]): void {
  store.add([], logs, 0);
  watch.wake();
}

describe("watching the log", () => {
  it("begins after what is stored and sends each later record once", async () => {
    add(record("before"));
    const events = watch.watch({}, undefined);
    expect((await events.next()).value).toEqual({ logs: [], newest: 1, skipped: false });
    const next = events.next();
    add(record("one"), record("two"));
    expect((await next).value).toMatchObject({
      logs: [
        { id: 3, message: "two" },
        { id: 2, message: "one" },
      ],
      newest: 3,
      skipped: false,
    });
    // Stored while nobody waited: the next pull finds it without another wake.
    add(record("three"));
    expect((await events.next()).value).toMatchObject({ logs: [{ message: "three" }] });
  });

  it("keeps still about records that do not pass the filter", async () => {
    const events = watch.watch({ level: "warn" }, undefined);
    await events.next();
    const next = events.next();
    add(record("quiet"));
    add(record("loud", "error"));
    expect((await next).value).toMatchObject({ logs: [{ message: "loud" }], newest: 2 });
  });

  it("tells a slow reader that it has missed some", async () => {
    const events = watch.watch({}, undefined);
    await events.next();
    add(...Array.from({ length: logWatchLimits.batchMax + 5 }, (_, n) => record(`record ${n}`)));
    const { value } = await events.next();
    expect(value).toMatchObject({ skipped: true, newest: logWatchLimits.batchMax + 5 });
  });

  it("ends with its reader", async () => {
    const reader = new AbortController();
    const events = watch.watch({}, reader.signal);
    await events.next();
    const next = events.next();
    reader.abort();
    expect(await next).toEqual({ done: true, value: undefined });
  });
});
