/** What every worker runs: load what all subsystems share, then become the one it is told to be. */
import "./boot.ts";
import { awaitBirth } from "./lifecycle.ts";

const { entry } = await awaitBirth();
await import(entry);
