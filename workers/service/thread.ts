/** What every worker runs: load what all subsystems share, then become the one it is told to be. */
import "./boot.ts";
import { workerData } from "node:worker_threads";
import { awaitBirth, type StandbyData } from "./lifecycle.ts";

const birth = awaitBirth();
const { preload } = (workerData ?? {}) as Partial<StandbyData>;
if (preload !== undefined) await import(preload);
const { entry } = await birth;
await import(entry);
