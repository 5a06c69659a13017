/** The thread that holds the compiler; the blockchain thread only hands out the work. */
import { serveJobs } from "../../../service/job-protocol.ts";
import type { Compilation } from "../artefact.ts";
import { compile, type CompileOrder, type CompileStage } from "./compile.ts";
import { loadSolc, type SolcBinding } from "./soljson.ts";

let loading: Promise<SolcBinding> | undefined;

serveJobs<CompileOrder, Compilation, CompileStage>(async (order, report) => {
  if (loading === undefined) report("loading the compiler");
  const solc = await (loading ??= loadSolc());
  report("compiling");
  return compile(solc, order);
});
