/** The thread that holds the compiler; the blockchain thread only hands out the work. */
import { serveJobs } from "../../../service/job-protocol.ts";
import { compile, type CompileOrder, type CompileStage } from "./compile.ts";
import { loadSolc, type SolcBinding } from "./soljson.ts";
import { type CompilationSummary, summaryOf } from "./summary.ts";

/** The whole goes as text, which the blockchain thread only has to store. */
export interface CompileOutcome {
  readonly summary: CompilationSummary;
  /** A `Compilation`. */
  readonly json: string;
}

let loading: Promise<SolcBinding> | undefined;

serveJobs<CompileOrder, CompileOutcome, CompileStage>(async (order, report) => {
  if (loading === undefined) report("loading the compiler");
  const solc = await (loading ??= loadSolc());
  report("compiling");
  const compilation = compile(solc, order);
  return { summary: summaryOf(compilation), json: JSON.stringify(compilation) };
});
