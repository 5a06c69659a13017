/** The thread that reads tables, searches for models and asks them. */
import { performance } from "node:perf_hooks";
import { serveJobs } from "../service/job-protocol.ts";
import type { ThreadOrder, ThreadOutcome, ThreadProgress } from "./automl/thread-orders.ts";
import { TableThread } from "./automl/table-thread.ts";

const thread = new TableThread(() => performance.now());

serveJobs<ThreadOrder, ThreadOutcome, ThreadProgress>((order, report, ask) =>
  thread.carryOut(order, report, ask),
);
